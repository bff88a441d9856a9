"""Saved views: what a person looks for on a page of rows, kept under a name."""
