"""News for the layers above: written in the transaction that made it, delivered afterwards, once or again."""
