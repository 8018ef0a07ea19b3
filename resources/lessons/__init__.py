"""Bundled lessons; order.txt has the order in which they are shown."""
