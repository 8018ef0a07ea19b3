"""Weights as areas."""
