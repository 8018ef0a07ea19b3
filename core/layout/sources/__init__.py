"""Readers of kernel layouts, one module a source. Each parses bytes; ``load`` opens a file."""
