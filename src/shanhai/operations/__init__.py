"""What is run with what was observed: hazards."""
