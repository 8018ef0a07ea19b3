"""Recursion guards, one small file a policy, and the bits they live in."""
