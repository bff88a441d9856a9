# SPDX-License-Identifier: Apache-2.0
"""What a text says of itself, and how its copy is laid out with the numbers marked in it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

# A headline, an outlet and a day stand at the beginning, or at the very end.
_HEAD, _TAIL = 800, 300
_DAY = re.compile(r"(?<!\d)(20\d\d|19\d\d)(?:年|[-/.])(1[0-2]|0?[1-9])(?:月|[-/.])(3[01]|[12]\d|0?[1-9])(?!\d)")
_OUTLET = re.compile(r"(?:来源|來源|稿源)\s*[:：]\s*([^\s|,，;；<>《》()（）]{2,30})")
_TITLE_LENGTH = range(6, 61)
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Guess:
    """What a text seems to say of itself; empty where it says nothing. To be confirmed by a person."""

    title: str = ""
    outlet: str = ""
    published_on: date | None = None


def guessed(reading: str) -> Guess:
    """The first line that may be a headline, the named outlet, and the first day at the head or else at the end.

    >>> guessed("对口支援工作综述\\n2023年4月14日 来源：甘孜日报\\n正文……")
    Guess(title='对口支援工作综述', outlet='甘孜日报', published_on=datetime.date(2023, 4, 14))
    """
    head, tail = reading[:_HEAD], reading[-_TAIL:]
    lines = (_SPACE.sub(" ", line).strip() for line in head.splitlines())
    title = next((line for line in lines if len(line) in _TITLE_LENGTH and not _OUTLET.search(line)), "")
    outlet = _OUTLET.search(head) or _OUTLET.search(tail)
    day = next((found for part in (head, tail) for found in map(_day, _DAY.finditer(part)) if found), None)
    return Guess(title, outlet[1] if outlet else "", day)


def _day(found: re.Match[str]) -> date | None:
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the copy: a number (the index of its claim), or damaged, or plain text."""

    text: str
    claim: int | None = None
    damaged: bool = False


class Copy:
    """Where characters of the original stand in the copy to read; ``runs`` are [at, start, end]."""

    def __init__(self, runs: Iterable[Sequence[int]]) -> None:
        self._runs = sorted((start, end, at) for at, start, end in runs)
        self._starts = [start for start, _end, _at in self._runs]

    def at(self, position: int) -> int | None:
        """The place in the copy of a character of the original; None for one that was cut."""
        index = bisect_right(self._starts, position) - 1
        if index < 0:
            return None
        start, end, at = self._runs[index]
        return at + position - start if position < end else None

    def stretch(self, start: int, end: int) -> tuple[int, int] | None:
        """The stretch of the copy from the first to the last character of one of the original; None where cut."""
        first, last = self.at(start), self.at(end - 1)
        return (first, last + 1) if first is not None and last is not None and first <= last else None


def laid_out(
    reading: str,
    runs: Iterable[Sequence[int]],
    claims: Sequence[tuple[int, int]],
    damage: Iterable[Sequence[int]],
) -> list[list[Piece]]:
    """The paragraphs of the copy as pieces, the ``claims`` by their index; positions are those of the original.

    Of numbers that overlap the first is marked.

    >>> laid_out("投入7亿元。", [[0, 5, 11]], [(7, 10)], [])
    [[Piece(text='投入', claim=None, damaged=False), Piece(text='7亿元', claim=0, damaged=False), \
Piece(text='。', claim=None, damaged=False)]]
    """
    copy = Copy(runs)
    marks: list[tuple[int, int, int | None]] = []
    for index, (start, end) in enumerate(claims):
        if stretch := copy.stretch(start, end):
            marks.append((*stretch, index))
    for start, end in damage:
        if stretch := copy.stretch(start, end):
            marks.append((*stretch, None))
    paragraphs: list[list[Piece]] = [[]]
    for piece in _pieces(reading, sorted(marks, key=lambda mark: (mark[0], mark[2] is None, -mark[1]))):
        # A number that a line break has split stays in one piece.
        first, *others = [piece.text] if piece.claim is not None else piece.text.split("\n")
        paragraphs[-1] += [Piece(first, piece.claim, piece.damaged)] if first else []
        for line in others:
            paragraphs.append([Piece(line, piece.claim, piece.damaged)] if line else [])
    return [paragraph for paragraph in paragraphs if any(piece.text.strip() for piece in paragraph)]


def _pieces(reading: str, marks: Iterable[tuple[int, int, int | None]]) -> Iterator[Piece]:
    done = 0
    for start, end, index in marks:
        if start < done:
            continue
        if start > done:
            yield Piece(reading[done:start])
        yield Piece(reading[start:end], index, index is None)
        done = end
    if done < len(reading):
        yield Piece(reading[done:])
