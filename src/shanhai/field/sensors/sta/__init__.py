"""OGC SensorThings API 1.1 (18-088): entities, queries, writes, batches."""
