"""Files by their content: stored once, sniffed, bounded, proving many things."""
