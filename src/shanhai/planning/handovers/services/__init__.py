"""Writes: keyword-only, with ``by`` and ``at``."""
