"""Units with their unified social credit code."""
