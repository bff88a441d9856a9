"""Pages shared by all apps, and the mount of every app's addresses."""
