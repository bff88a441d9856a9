"""MQTT: topics, the broker's accounts, ingest processes."""
