"""Early warnings: why, since when, who must act; closed only by an action."""
