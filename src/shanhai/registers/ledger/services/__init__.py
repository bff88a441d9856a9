"""Writing into the ledger (``entries``), and what that is made of (``writing``)."""
