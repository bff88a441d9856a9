"""Events of EPCIS: read from any of its forms, checked, hashed. Pure: no database, no network."""
