"""Hazard sites: from a reading that moves to a person who has answered."""
