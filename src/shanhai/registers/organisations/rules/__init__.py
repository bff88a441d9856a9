"""Pure decisions about codes, initials and rows of organisations."""
