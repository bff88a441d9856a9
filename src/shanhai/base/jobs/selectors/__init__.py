"""How jobs stand, and which workers are alive."""
