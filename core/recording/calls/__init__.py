"""Recorded calls and returns: balanced, timed, and made a trace."""
