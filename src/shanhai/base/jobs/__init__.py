"""Long work in the background: what it is, how far it is, how it ended."""
