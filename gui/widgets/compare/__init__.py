"""The views of the Compare workspace: lanes side by side, on one axis, and in a table."""
