"""What happened to things: events of EPCIS 2.0, and what follows from them."""
