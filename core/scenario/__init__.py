"""Scenario files, their parameters and the work they ask for."""
