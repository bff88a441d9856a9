"""Programmes, their plans, campaigns and tasks, and the chain of the money."""
