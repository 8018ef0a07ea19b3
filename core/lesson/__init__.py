"""Lessons: steps through runs, with text, questions and where to look."""
