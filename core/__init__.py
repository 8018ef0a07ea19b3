"""The engine: the simulated kernel, its trace, scenarios and layouts. Imports no Qt."""
