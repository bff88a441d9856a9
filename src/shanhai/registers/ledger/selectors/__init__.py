"""Reading the ledger: sums (``balances``), rows and entries (``postings``), whether it all adds up (``integrity``)."""
