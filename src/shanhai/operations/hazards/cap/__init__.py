"""Alerts as Common Alerting Protocol 1.2: written, signed, checked, published."""
