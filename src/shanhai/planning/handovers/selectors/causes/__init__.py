"""What is open in the lower apps: a module per app, put together in ``everything``."""
