# SPDX-License-Identifier: Apache-2.0
"""Signs and words on a sheet, so that none covers another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import product
from typing import Any

import numpy as np

from shanhai.insight.map.sheets.values import Sign, Thing

Pair = tuple[float, float]
Room = tuple[float, float, float, float]
# Worse ones are placed first and keep their place.
_WORST = ("red", "late", "orange", "yellow", "wait", "stop", "blue", "rest", "ok", "done", None)
# Signs are so many of their sizes apart, on the mean of the field, or they are too many.
_ROOM = 4.5
_STEPS = tuple(sorted(product((0, 1, -1, 2, -2), repeat=2), key=lambda one: abs(one[0]) + abs(one[1])))


class Board:
    """What is taken of a field of that size (mm)."""

    def __init__(self, width: float, height: float) -> None:
        self._size, self._taken = (width, height), np.empty((0, 4))
        self.area = width * height

    def is_free(self, room: Room) -> bool:
        """Whether a room (left, top, right, bottom) lies in the field and nothing stands there."""
        left, top, right, bottom = room
        if left < 0 or top < 0 or right > self._size[0] or bottom > self._size[1]:
            return False
        them = self._taken
        meet = (them[:, 0] < right) & (them[:, 2] > left) & (them[:, 1] < bottom) & (them[:, 3] > top)
        return not meet.any()

    def take(self, room: Room) -> None:
        """Let nothing else stand there."""
        self._taken = np.vstack([self._taken, room])

    def first_free(self, middles: Iterable[Pair], width: float, height: float) -> Pair | None:
        """The first middle where something of that size has its room, which is taken; None where there is none."""
        for x, y in middles:
            room = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
            if self.is_free(room):
                self.take(room)
                return x, y
        return None


def signs_of(things: Sequence[Thing], board: Board, size: float) -> list[Sign]:
    """The signs of all things, those of one kind nearer than a sign together, and wider apart ones where there would be
    too many; one whose place is taken stands beside, by at most two signs each way."""
    for step in (1, 2, 3, 4, 6):
        spots: defaultdict[tuple[Any, ...], list[Thing]] = defaultdict(list)
        for one in things:
            cell = size * step
            spots[round(one.at[0] / cell), round(one.at[1] / cell), one.layer.key, one.tone].append(one)
        if len(spots) <= board.area / (_ROOM * size) ** 2:
            break
    order = {tone: number for number, tone in enumerate(_WORST)}
    signs = []
    for near in sorted(spots.values(), key=lambda near: (order[near[0].tone], near[0].layer.order)):
        x, y = (sum(one.at[axis] for one in near) / len(near) for axis in (0, 1))
        beside = board.first_free(((x + dx * size, y + dy * size) for dx, dy in _STEPS), size * 0.96, size * 0.96)
        signs.append(Sign(beside or (x, y), near, beside is not None and beside != (x, y)))
    return signs


def word_room(text: str, size: float) -> Pair:
    """The width and height of a line of letters of ``size`` mm: Chinese ones are square."""
    return sum(1.0 if ord(one) > 0x2E7F else 0.58 for one in text) * size, size * 1.15


def beside(at: Pair, room: Pair, away: float) -> Iterable[Pair]:
    """Middles for words beside a sign: right, left, above, below."""
    (x, y), (width, height) = at, room
    across, up = away + width / 2, away + height / 2
    return ((x + across, y), (x - across, y), (x, y - up), (x, y + up))


def round_about(at: Pair, room: Pair, inside: Callable[[float, float], bool]) -> Iterable[Pair]:
    """Middles for the name of an area: its own point, then nearby ones that lie inside, within four lines."""
    (x, y), height = at, room[1]
    steps = sorted(product(range(-4, 5), repeat=2), key=lambda one: one[0] ** 2 + one[1] ** 2)
    near = ((x + dx * height, y + dy * height * 0.6) for dx, dy in steps)
    return (one for one in near if one == at or inside(*one))
