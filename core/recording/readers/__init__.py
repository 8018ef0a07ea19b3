"""Readers of recorded files, one module or folder a format."""
