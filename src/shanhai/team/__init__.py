"""The programme's own people: who is sent where, and their rules, health and honours."""
