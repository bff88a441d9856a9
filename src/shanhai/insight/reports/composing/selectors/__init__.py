"""What is taken from the registry of figures, what becomes of it on paper, and the bulletins themselves."""
