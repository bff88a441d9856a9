"""Projects, their stages, and the lines of money allotted to them."""
