"""What is said about a lesson's step, and what is asked."""
