"""Reading divisions, which are public knowledge, and sites, which are for those who work here."""
