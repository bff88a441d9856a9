"""What is measured and moved on the ground: sensors and traceability."""
