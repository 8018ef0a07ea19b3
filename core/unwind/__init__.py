"""Stack unwinders, one file each."""
