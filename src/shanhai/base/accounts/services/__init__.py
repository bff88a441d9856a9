"""Writes: users and their roles, their sessions, their letters."""
