"""Passages: stretches of text of whatever app, found by any words in them, in either script, or by pinyin initials."""
