"""Pictures and films of runs, drawn by the views of the window without a window."""
