"""What the simulated machine holds at a position: pages, stacks, objects, locks, unwind scripts.

One module a thing. Each builds an index over the events that concern it, once and vectorised, and
answers for any position from there; ``state.Holdings`` is all of them together.
"""
