"""Kernel profiles as data: which function calls which, and how many stack bytes each takes."""
