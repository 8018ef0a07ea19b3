"""The recursion tree: the saves of a page event, and all levels of the run."""
