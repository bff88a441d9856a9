"""Everything that is written about a programme, one module per subject."""
