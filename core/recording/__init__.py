"""Recorded files of real kernels: one module a format, and the two models they become."""
