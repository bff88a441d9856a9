"""Pages: users for the administrator, one's own account, and the way in."""
