"""Writing divisions and sites."""
