"""The files the program ships: kernels, scenarios, listings, layouts, icons."""
