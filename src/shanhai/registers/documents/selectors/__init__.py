"""Finding files, and reading tables from them."""
