"""Reads: they take the viewer."""
