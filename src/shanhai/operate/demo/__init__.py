"""Loading the demonstration: published figures as they stand, everything else made up and marked so."""
