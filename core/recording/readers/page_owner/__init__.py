"""Dumps of /sys/kernel/debug/page_owner, and its stacks."""
