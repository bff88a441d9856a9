"""Reading projects; every function takes the viewer."""
