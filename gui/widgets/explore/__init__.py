"""The views of the Explore workspace."""
