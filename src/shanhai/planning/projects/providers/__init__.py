"""What projects offer the registries: figures, menu, search, things to do, the import, the integrity check."""
