"""Writing projects; every function takes who acts and when."""
