"""When one can build: altitude bands with their opening and closing days."""
