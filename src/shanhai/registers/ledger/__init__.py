"""Every fen's way, in postings that are never changed."""
