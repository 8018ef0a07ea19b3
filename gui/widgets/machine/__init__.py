"""What the simulated machine holds at the cursor: pages, depot, caches, locks, unwind scripts."""
