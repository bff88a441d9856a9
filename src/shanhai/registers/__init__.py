"""The nouns all other apps point to: places, organisations, people, ledger, documents."""
