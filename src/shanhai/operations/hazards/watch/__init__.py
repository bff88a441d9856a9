"""The engine: new readings become judgements of sites."""
