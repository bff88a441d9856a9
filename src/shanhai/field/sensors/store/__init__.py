"""Observations: taken in, judged, rolled up by the hour, kept, moved to Parquet."""
