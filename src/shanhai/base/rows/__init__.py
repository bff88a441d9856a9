"""Adding many rows of any model at once, faster than the ORM does it."""
