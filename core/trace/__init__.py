"""What happened: the columns of a trace and every question asked of them."""
