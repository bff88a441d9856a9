"""Rounds: say in one sentence what this app is for."""
