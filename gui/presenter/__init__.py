"""Teaching a lesson: the audience's window, the speaker's window, and what is drawn over."""
