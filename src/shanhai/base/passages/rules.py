# SPDX-License-Identifier: Apache-2.0
"""How a text is cut into what is looked up: pairs of Han characters, Latin words, numbers; all folded to one script."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from shanhai.kernel.pinyin import initials_of
from shanhai.kernel.scripts import simplified

# A passage is read as a piece and stays well below what the databases index of one row.
LONGEST = 2000
# Before the pairs of initials, so that they are no words of the text: a letter that no text here holds.
INITIAL = "ㄅ"
_RUN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+|[a-z0-9]+|[^\W_]+")
_BREAK = re.compile(r"[。！？!?\n]")


def folded(text: str) -> str:
    """The text in Simplified, half width and lower case: for looking up, never for showing."""
    return simplified(unicodedata.normalize("NFKC", text.replace("\x00", " "))).lower()


def grams(text: str, *names: str) -> str:
    """What a folded ``text`` is found by, and the names above it by their initials; parts between blanks."""
    found = [part for run in _RUN.findall(text) for part in _pairs(run)]
    initials = initials_of(*names) if any(names) else ""
    found += [INITIAL + pair for way in initials.split() for pair in _letters(way)]
    return " ".join(found)


def asked(text: str) -> list[tuple[str, list[str], list[str]]]:
    """Each word of a search: itself, folded, the parts it is found by, and those by which it is a row of initials.

    A word that has neither is left out: one Han character, a mark.
    """
    words = []
    for word in folded(text).split():
        parts = [part for run in _RUN.findall(word) for part in _pairs(run, whole=False)]
        initials = [INITIAL + pair for pair in _letters(word)] if word.isascii() and word.isalpha() else []
        if parts or initials:
            words.append((word, parts, initials))
    return words


def passages(text: str) -> Iterator[str]:
    """Stretches of at most LONGEST characters that end with a sentence where they can."""
    while len(text) > LONGEST:
        ends = [mark.end() for mark in _BREAK.finditer(text, LONGEST // 2, LONGEST)]
        at = ends[-1] if ends else LONGEST
        yield text[:at]
        text = text[at:]
    if text.strip():
        yield text


def _pairs(run: str, *, whole: bool = True) -> list[str]:
    """Han characters two by two, the last also alone when the ``whole`` of a text is cut; other runs as they are."""
    if run[0] < "\u3400" or run[0].isascii():
        return [run]
    pairs = [run[at : at + 2] for at in range(len(run) - 1)]
    return [*pairs, run[-1]] if whole else pairs


def _letters(way: str) -> list[str]:
    return [way[at : at + 2] for at in range(len(way) - 1)]
