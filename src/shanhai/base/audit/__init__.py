"""The trail of who did what: append-only, hash-chained, without foreign keys so that it never holds live data back."""
