"""Evidence: what has been published, the figures in it, and the facts that are made of them."""
