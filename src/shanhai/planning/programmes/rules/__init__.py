"""What is decided here without a database: rates and their bases, and what may be written down."""
