"""What every app asks of the database: which rows a viewer sees, how many rows are added, what a history looks like."""
