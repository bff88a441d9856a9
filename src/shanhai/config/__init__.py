"""Settings, addresses and the console script: the outermost layer, imported by nobody."""
