"""Tests of handouts."""
