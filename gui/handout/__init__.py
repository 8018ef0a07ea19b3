"""A lesson as a file to take home: HTML or PDF, with pictures."""
