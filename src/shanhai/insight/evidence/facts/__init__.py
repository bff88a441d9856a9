"""Indicators, and the facts that are stated or computed of them."""
