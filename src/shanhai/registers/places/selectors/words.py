# SPDX-License-Identifier: Apache-2.0
"""Finding a place by what people write: its code, its full or short name, its name behind its parents', with blanks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from shanhai.registers.places.models import Division, DivisionChange
from shanhai.registers.places.rules.changes import Succession
from shanhai.registers.places.selectors.divisions import list_divisions
from shanhai.registers.places.values import ENDING

_BLANKS = re.compile(r"[\s\u3000\u200b]+")
_PEOPLES = "藏族|羌族|蒙古族|蒙古|哈萨克族|哈萨克|回族|彝族|柯尔克孜|塔吉克|维吾尔|土族|撒拉族|裕固族|东乡族|保安族"
_SUFFIX = re.compile(rf"(?:(?:{_PEOPLES})*自治(?:州|县|旗)|[县市区旗州]|地区)$")
# What a table calls the prefecture itself, for what belongs to no county.
OWN_LEVEL = ("州本级", "地区本级", "市本级", "地本级", "本级", "州直", "地直", "市直")


class PlaceWords:
    """The words for the divisions in one prefecture, and for the prefecture itself. Three queries."""

    def __init__(self, recipient: Division) -> None:
        self.names = {one.code: one.name for one in (recipient, *list_divisions(under=recipient.code))}
        self._codes: dict[str, dict[str, None]] = {}
        changes = list(DivisionChange.objects.order_by("since", "pk"))
        after = Succession((one.kind, one.code_old, one.code_new) for one in changes)
        followers = {one: after.of(one.code_new) if one.kind in ENDING else () for one in changes}
        for code, name in self.names.items():
            # One that is registered still, though others have followed it, is found by what they are.
            if all(one == code or one not in self.names for one in after.of(code)):
                for word in (code, name, *_short(name)):
                    self._codes.setdefault(word, {})[code] = None
        for word in OWN_LEVEL:
            self._codes[word] = {recipient.code: None}
        self._former = self._words_of_old(followers)
        self._codes |= self._former
        # A name behind its parents': 甘孜州康定市. The longest first.
        befores = {recipient.name, *_short(recipient.name)} | {
            name
            for change, followed in followers.items()
            if recipient.code in followed
            for name in (change.name_old, *_short(change.name_old))
        }
        self._before = sorted(befores, key=len, reverse=True)

    def find(self, written: str) -> tuple[str, ...]:
        """The codes of the places that a word may mean: one, none, or several of which a person must choose.

        A full name outweighs a short one.
        """
        word = self._bare(written)
        found = self._codes.get(word, {})
        whole = tuple(code for code in found if self.names[code] == word)
        return whole or tuple(found)

    def is_former(self, written: str) -> bool:
        """Whether the word is the code or the name of a division that another has followed."""
        return self._bare(written) in self._former

    def _bare(self, written: str) -> str:
        word = _BLANKS.sub("", written)
        if word in self._codes:
            return word
        rests = (word.removeprefix(before) for before in self._before)
        return next((rest for rest in rests if rest != word and rest in self._codes), word)

    def _words_of_old(self, followers: Mapping[DivisionChange, Iterable[str]]) -> dict[str, dict[str, None]]:
        """Old codes and names with what followed them here. What is in force today has the word before them."""
        words: dict[str, dict[str, None]] = {}
        for change, followed in followers.items():
            here = dict.fromkeys(code for code in followed if code in self.names)
            for word in (change.code_old, change.name_old, *_short(change.name_old)):
                if here and word and word not in self._codes:
                    words.setdefault(word, {}).update(here)
        return words


def _short(name: str) -> tuple[str, ...]:
    """甘孜藏族自治州 is 甘孜州 and 甘孜; a name of one character has no short form."""
    bare = _SUFFIX.sub("", name)
    if len(bare) < 2 or bare == name:
        return ()
    return (bare, f"{bare}州") if name.endswith("自治州") else (bare,)
