"""What programmes offer the registries: the figures of the money, published figures, lines of the menu."""
