"""The texts of files and pastes: read whole, cleaned beside the original, their numbers found and checked."""
