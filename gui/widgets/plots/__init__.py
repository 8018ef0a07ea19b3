"""Plots of a run: step signals under the timeline, and small interactive ones beside it."""
