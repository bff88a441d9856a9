"""Plans and projects, and what counties report of them."""
