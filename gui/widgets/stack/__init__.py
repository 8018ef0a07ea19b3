"""The call stack as cards, and the gauge beside it."""
