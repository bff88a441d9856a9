"""What counties report, reconciled before anybody quotes it."""
