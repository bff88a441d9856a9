# SPDX-License-Identifier: Apache-2.0
"""Drawing a series as lines in a box of pixels: for old telephones, paper and slow lines, without any script."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, log10

WIDTH, HEIGHT = 720, 240
LEFT, RIGHT, TOP, BOTTOM = 8, 60, 20, 24
Ticks = tuple[tuple[float, str], ...]
Points = Sequence[tuple[int, float]]
# Beyond, and nearer to one another than this, doubles cannot be told apart on a scale: drawn at the edge, or as equal.
HUGE, TINY, APART = 1e100, 1e-100, 1e-9


@dataclass(frozen=True, slots=True)
class Drawing:
    """Paths and marks in pixels: the line, the band between least and greatest, limits with their values, ticks.

    ``beside`` are further lines on the same scale, ``bars`` one path of all bars.
    """

    line: str
    band: str
    marks: tuple[tuple[float, float], ...]
    limits: Ticks
    levels: Ticks
    times: Ticks
    width: int = WIDTH
    height: int = HEIGHT
    beside: tuple[str, ...] = ()
    bars: str = ""


def draw(
    points: Points,
    *,
    begin: int,
    end: int,
    bounds: Sequence[tuple[int, float, float]] = (),
    marked: Points = (),
    limits: Sequence[float | None] = (),
    ticks: Sequence[tuple[int, str]] = (),
    gap: int | None = None,
    beside: Sequence[Points] = (),
    bars: Sequence[tuple[int, int, float]] = (),
    scale: tuple[float, float] | None = None,
    height: int = HEIGHT,
) -> Drawing:
    """``points`` are times and values in order of time, between ``begin`` and ``end``.

    ``bounds`` are times with least and greatest values; a pause longer than ``gap`` breaks a line. A limit that lies
    far from the values is left out, so that they do not become one flat line; a mark far away stands at the edge.
    ``bars`` stand on nought from one time to another. What ``scale`` holds is on the axis whatever the values are.
    """
    values = [value for line in (points, *beside) for _time, value in line] + [0.0] * bool(bars) + [*(scale or ())]
    values += [one[2] for one in bars] or ([] if values else [0.0])
    found = (min([*values, *(one[1] for one in bounds)]), max([*values, *(one[2] for one in bounds)]))
    low, high = (min(max(one, -HUGE), HUGE) for one in found)
    if high - low <= max(TINY, APART * max(abs(low), abs(high))):
        half = max(abs(high), 1.0) * 0.05
        low, high = low - half, high + half
    room = high - low
    near = [one for one in limits if one is not None and low - 2 * room <= one <= high + 2 * room]
    steps = _levels(min([low, *near]), max([high, *near]))
    least, most = steps[0], steps[-1]

    def place(time: int, value: float) -> tuple[float, float]:
        x = LEFT + (time - begin) / max(end - begin, 1) * (WIDTH - LEFT - RIGHT)
        y = TOP + (most - min(max(value, least), most)) / (most - least) * (height - TOP - BOTTOM)
        return round(x, 1), round(y, 1)

    band = ""
    if len(bounds) > 1:
        upper = [place(time, top) for time, _low, top in bounds]
        lower = [place(time, bottom) for time, bottom, _top in reversed(bounds)]
        band = "M" + "L".join(f"{x} {y}" for x, y in (*upper, *lower)) + "Z"
    return Drawing(
        _path(points, gap, place),
        band,
        tuple(place(*one) for one in marked),
        tuple((place(begin, one)[1], shown(one)) for one in near),
        tuple((place(begin, one)[1], shown(one)) for one in steps),
        tuple((place(time, 0)[0], words) for time, words in ticks),
        height=height,
        beside=tuple(_path(one, gap, place) for one in beside),
        bars="".join(_bar(place(since, 0), place(until, value)) for since, until, value in bars),
    )


def _bar(foot: tuple[float, float], top: tuple[float, float]) -> str:
    # Half a pixel is left between two of them.
    return f"M{foot[0]} {foot[1]}V{top[1]}H{max(top[0] - 0.5, foot[0] + 0.5):.1f}V{foot[1]}Z"


def _path(points: Points, gap: int | None, place: Callable[[int, float], tuple[float, float]]) -> str:
    drawn, new = [], True
    for (time, value), (after, _next) in pairwise([*points, (0, 0.0)]):
        x, y = place(time, value)
        # A point by itself is a dot: a line of no length with round ends.
        drawn.append(f"M{x} {y}h0" if new else f"L{x} {y}")
        new = gap is not None and after - time > gap
    return "".join(drawn)


def _levels(low: float, high: float) -> list[float]:
    """Three to six round numbers from below ``low`` to above ``high``."""
    rough = (high - low) / 4
    power = 10.0 ** floor(log10(rough))
    step = next((power * factor for factor in (1, 2, 5) if power * factor >= rough), power * 10)
    first, last = floor(low / step), ceil(high / step)
    return [number * step for number in range(first, last + 1)]


def shown(value: float) -> str:
    """A number as it is read: seven digits tell all that an instrument knows, and none of what a double adds."""
    return f"{value:.7g}"
