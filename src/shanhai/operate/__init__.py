"""What an operator runs: serve, demo, backup, restore, bench, health."""
