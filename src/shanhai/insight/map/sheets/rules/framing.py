# SPDX-License-Identifier: Apache-2.0
"""From the earth onto paper: where on a sheet a place falls, at which scale, and the degrees round it.

The two parallels of true scale lie a sixth of the height within the land: a length is true to a thousandth. The
numbers of WGS 84 are taken for those of CGCS2000, which differ by centimetres.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from math import ceil, floor, log10
from typing import Any

import numpy as np
import shapely

Pair = tuple[float, float]
# Beginnings of N in 1:N, and of lengths that a bar shows.
_SCALES = (1, 1.2, 1.5, 1.8, 2, 2.2, 2.5, 2.8, 3, 3.2, 3.5, 3.8, 4, 4.5, 5, 6, 7, 8, 9, 10)
_LENGTHS = (1, 2, 4, 5, 10)
_STEPS = (1 / 60, 1 / 30, 1 / 12, 1 / 6, 0.25, 0.5, 1.0, 2.0, 5.0)
# Of the field, left free round the land.
_FREE = 0.03


@dataclass(frozen=True)
class Frame:
    """A field of ``width`` by ``height`` mm that shows the earth at 1:``scale``, ``middle`` (projected metres) in its
    middle."""

    width: float
    height: float
    scale: int
    middle: Pair
    meridian: float
    parallels: Pair

    @cached_property
    def _cone(self) -> Any:
        """Lambert's conformal conic projection on the ellipsoid of CGCS2000, true to scale on its parallels."""
        from pyproj import Proj  # noqa: PLC0415 - brings a database along, which few pages need

        first, second = self.parallels
        return Proj(proj="lcc", lon_0=self.meridian, lat_0=first, lat_1=first, lat_2=second, ellps="GRS80")

    def onto(self, degrees: Any) -> Any:
        """Pairs (lon, lat) as pairs of millimetres, y downwards."""
        x, y = self._cone(degrees[:, 0], degrees[:, 1])
        per = 1000 / self.scale
        left, top = (x - self.middle[0]) * per + self.width / 2, self.height / 2 - (y - self.middle[1]) * per
        return np.column_stack([left, top])

    def drawn(self, shape: Any) -> Any:
        """A shape, or an array of shapes, of degrees in millimetres."""
        return shapely.transform(shape, self.onto)

    @cached_property
    def field(self) -> Any:
        """The field itself, in millimetres."""
        return shapely.box(0, 0, self.width, self.height)

    @cached_property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north of all that the field shows."""
        edge = np.asarray(self.field.segmentize(2).exterior.coords)
        per = self.scale / 1000
        x, y = (edge[:, 0] - self.width / 2) * per + self.middle[0], (self.height / 2 - edge[:, 1]) * per
        lon, lat = self._cone(x, y + self.middle[1], inverse=True)
        return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())


def frame_of(shapes: Sequence[Any], width: float, height: float) -> Frame:
    """The frame that holds the shapes (degrees) at the largest scale with a round number."""
    west, south, east, north = (float(one) for one in shapely.total_bounds(list(shapes)))
    sixth = (north - south) / 6
    parallels = (round((south + sixth) * 4) / 4, round((north - sixth) * 4) / 4)
    rough = Frame(width, height, 1000, (0.0, 0.0), round(west + east) / 2, parallels)
    left, top, right, bottom = shapely.total_bounds([rough.drawn(one) for one in shapes])
    # At 1:1000 a millimetre is a metre.
    room = 1 - 2 * _FREE
    scale = _up(max((right - left) / width, (bottom - top) / height) * 1000 / room, _SCALES)
    middle = ((left + right) / 2 - width / 2, height / 2 - (top + bottom) / 2)
    return Frame(width, height, int(scale), middle, rough.meridian, parallels)


def bar_of(frame: Frame, most: float) -> tuple[int, float]:
    """A round length of at most ``most`` mm: metres, and millimetres."""
    metres = most * frame.scale / 1000
    power = 10 ** floor(log10(metres))
    length = max(one for one in _LENGTHS if one * power <= metres) * power
    return int(length), length * 1000 / frame.scale


@dataclass(frozen=True, slots=True)
class Degrees:
    """Lines of whole degrees or parts of them within the field; where each meets the edge, and of how many degrees."""

    lines: Sequence[Any]
    meridians: Sequence[tuple[float, float, bool]]
    parallels: Sequence[tuple[float, float, bool]]


def degrees_of(frame: Frame) -> Degrees:
    """The graticule: four to eight lines on the longer side. Ends are (degrees, mm along the edge, far edge)."""
    west, south, east, north = frame.bounds
    step = next((one for one in _STEPS if max(east - west, north - south) / one <= 8), _STEPS[-1])
    lines, ends = [], ([], [])  # type: tuple[list[Any], tuple[list[Any], list[Any]]]
    for along, first, last in ((0, west, east), (1, south, north)):
        for number in range(ceil(first / step), floor(last / step) + 1):
            at = number * step
            pair = ((at, south - 1), (at, north + 1)) if along == 0 else ((west - 1, at), (east + 1, at))
            line = frame.drawn(shapely.LineString(pair).segmentize(0.1)).intersection(frame.field)
            if line.length:
                lines.append(line)
            far = frame.height if along == 0 else frame.width
            for x, y in chain.from_iterable(part.coords for part in shapely.get_parts(line.boundary)):
                across, beside = (y, x) if along == 0 else (x, y)
                if min(across, far - across) < 0.01:
                    ends[along].append((at, beside, across > far / 2))
    return Degrees(lines, *ends)


def degrees_said(at: float, letters: str) -> str:
    """30.5 as 30°30′N."""
    minutes = round(abs(at) * 60)
    return f"{minutes // 60}°{f'{minutes % 60:02d}′' if minutes % 60 else ''}{letters[at < 0]}"


def _up(value: float, steps: Sequence[float]) -> float:
    power = 10.0 ** floor(log10(value))
    return next(one * power for one in steps if one * power >= value * (1 - 1e-9))
