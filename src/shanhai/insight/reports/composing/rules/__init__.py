"""What a bulletin of each kind is made of, what its text cites, what its tables say."""
