"""Every interleaving of a scenario within a bound."""
