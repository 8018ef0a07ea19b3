"""What a struct looks like, and what one more field in it costs."""
