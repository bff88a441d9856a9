"""Reports: bulletins of the ledger's figures and the officer's text, signed off, frozen; publicity, cases, recognitions."""
