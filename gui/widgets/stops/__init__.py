"""The panel of the stops: the list of them, and the line that adds one."""
