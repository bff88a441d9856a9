"""Finding files, and telling what they are."""
