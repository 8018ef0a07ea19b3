"""Making a lesson: steps recorded from what one looks at, and the words for them."""
