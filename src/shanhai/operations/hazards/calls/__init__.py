"""Call and answer: who is told over which channel, who has answered, who is called next."""
