"""Writes: leaves, and the rules by which they are counted and approved."""
