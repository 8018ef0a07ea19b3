"""Where things lie in a drawing: pure arithmetic, no painter and no widget.

Lengths are device-independent pixels, y grows downward.
"""
