"""The timeline of a run: lanes of calls, its ruler and overview, and what stands around them."""
