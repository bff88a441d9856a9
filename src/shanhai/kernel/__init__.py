"""Plain values the whole product speaks in. No Django, no input or output, no settings."""
