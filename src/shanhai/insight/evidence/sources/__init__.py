"""What has been published and kept, and the claims found in it."""
