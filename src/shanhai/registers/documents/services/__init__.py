"""Storing files, and saying what they prove."""
