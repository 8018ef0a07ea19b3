"""Flame graphs, icicles, flame charts and the sandwich of a profile."""
