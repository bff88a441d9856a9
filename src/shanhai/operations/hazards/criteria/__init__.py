"""What a reading means: criteria, their combination for a site, replay. Plain Python."""
