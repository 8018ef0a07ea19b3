"""Bundled task_struct layouts; README.md says how they were made."""
