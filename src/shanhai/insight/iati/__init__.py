"""IATI: a programme in the International Aid Transparency standard, out and in, and its checks."""
