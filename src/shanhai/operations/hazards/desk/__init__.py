"""The duty desk, the pages of sites, the public page."""
