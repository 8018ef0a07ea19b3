"""Benches: python -m tests.bench [part of a name] measures and compares with the targets."""
