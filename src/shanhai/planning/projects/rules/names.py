# SPDX-License-Identifier: Apache-2.0
"""Pinyin initials, so that 康定中学 is found by typing kdzx."""

from __future__ import annotations

from pypinyin import Style, lazy_pinyin


def initials(name: str) -> str:
    """The first letters of the syllables of ``name``; letters and digits as they are, all in lower case."""
    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower().replace(" ", "")[:200]
