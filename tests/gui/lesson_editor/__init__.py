"""Tests of the lesson editor."""
