"""Levels and the people who decide them: incidents, consultations, patrols, drills, shifts."""
