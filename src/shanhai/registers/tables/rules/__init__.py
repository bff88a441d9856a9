"""From cells to typed rows, by a declared kind of table."""
