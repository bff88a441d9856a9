"""Everything that is read about a programme, one module per subject."""
