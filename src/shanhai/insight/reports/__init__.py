"""Reports: figures of the ledger and the officer's text, signed off and frozen; publicity, cases, recognitions."""
