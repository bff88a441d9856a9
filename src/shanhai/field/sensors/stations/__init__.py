"""Stations, their devices and what was done to them, credentials and tokens, health."""
