"""The simulated kernel, one module a subsystem."""
