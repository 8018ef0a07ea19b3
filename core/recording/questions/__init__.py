"""What profiles and recorded traces are asked."""
