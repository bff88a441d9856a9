"""What every other layer stands on: accounts, audit, outbox."""
