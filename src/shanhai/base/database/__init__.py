"""What every app asks of the database: which rows a viewer sees, and how many rows are added at the least cost."""
