"""Starting jobs, running them, and giving back what a dead worker was at."""
