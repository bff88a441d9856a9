"""Writes: users, their grants, their sessions."""
