"""Reads: posts and who is named for them, the roster, counts."""
