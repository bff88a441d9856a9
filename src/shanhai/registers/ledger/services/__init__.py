"""Writing into the ledger: one entry (``entries``), or many at once (``bulk``)."""
