"""What blocks the leaving batch, item by item."""
