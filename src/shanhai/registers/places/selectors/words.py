# SPDX-License-Identifier: Apache-2.0
"""Finding a place by what people write: its code, its full or short name, its name behind its parents', with blanks."""

from __future__ import annotations

import re

from shanhai.registers.places.models import Division
from shanhai.registers.places.selectors.divisions import list_divisions

_BLANKS = re.compile(r"[\s\u3000\u200b]+")
_PEOPLES = "藏族|羌族|蒙古族|蒙古|哈萨克族|哈萨克|回族|彝族|柯尔克孜|塔吉克|维吾尔|土族|撒拉族|裕固族|东乡族|保安族"
_SUFFIX = re.compile(rf"(?:(?:{_PEOPLES})*自治(?:州|县|旗)|[县市区旗州]|地区)$")
# What a table calls the prefecture itself, for what belongs to no county.
OWN_LEVEL = ("州本级", "地区本级", "市本级", "地本级", "本级", "州直", "地直", "市直")


class PlaceWords:
    """The words for the divisions in one prefecture, and for the prefecture itself. Two queries."""

    def __init__(self, recipient: Division) -> None:
        self.names = {one.code: one.name for one in (recipient, *list_divisions(under=recipient.code))}
        self._codes: dict[str, dict[str, None]] = {}
        for code, name in self.names.items():
            for word in (code, name, *_short(name)):
                self._codes.setdefault(word, {})[code] = None
        for word in OWN_LEVEL:
            self._codes[word] = {recipient.code: None}
        # A name behind its parents': 甘孜州康定市. The longest first.
        self._before = sorted({recipient.name, *_short(recipient.name)}, key=len, reverse=True)

    def find(self, written: str) -> tuple[str, ...]:
        """The codes of the places that a word may mean: one, none, or several of which a person must choose.

        A full name outweighs a short one.
        """
        word = _BLANKS.sub("", written)
        found = self._codes.get(word, {})
        whole = tuple(code for code in found if self.names[code] == word)
        if found:
            return whole or tuple(found)
        for before in self._before:
            rest = word.removeprefix(before)
            if rest and rest != word and rest in self._codes:
                return tuple(self._codes[rest])
        return ()


def _short(name: str) -> tuple[str, ...]:
    """甘孜藏族自治州 is 甘孜州 and 甘孜; a name of one character has no short form."""
    bare = _SUFFIX.sub("", name)
    if len(bare) < 2 or bare == name:
        return ()
    return (bare, f"{bare}州") if name.endswith("自治州") else (bare,)
