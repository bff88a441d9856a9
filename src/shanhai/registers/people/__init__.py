"""The programme's own people, and only what a duty needs."""
