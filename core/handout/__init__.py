"""A lesson to take home: its text as a page to read, and as one to print."""
