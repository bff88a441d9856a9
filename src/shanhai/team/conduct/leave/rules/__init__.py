"""How days are counted, and who has to approve."""
