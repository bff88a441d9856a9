"""Writes: posts, nominations, secondments, teaching records."""
