"""What stands beside the flame graph of a recording."""
