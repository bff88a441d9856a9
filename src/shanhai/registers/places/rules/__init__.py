"""Pure decisions about codes, coordinates, outlines, distances and drawings."""
