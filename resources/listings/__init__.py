"""Short pseudo-listings of the simulated kernel's functions, in our own words."""
