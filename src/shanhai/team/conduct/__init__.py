"""The rules that people of the team follow: leave and return."""
