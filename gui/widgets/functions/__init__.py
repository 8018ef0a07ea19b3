"""The functions of a run, or of a part of it, as a table."""
