"""Sites, their points, thresholds and responsible chains."""
