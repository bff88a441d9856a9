# SPDX-License-Identifier: Apache-2.0
"""Coordinate reference systems of answers (OGC 18-058r1): stored is CRS84; the others are reckoned from it."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
_EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
# CGCS2000 (4490) has the numbers of WGS 84: how they differ is not known, and is centimetres.
CODES = {f"{_EPSG}{code}": code for code in (4326, 4490, 3857)}
ALL = (CRS84, *CODES)
# Of degrees, a centimetre; of metres the same.
DIGITS, METRE_DIGITS = 7, 2
# The sphere of web maps, in metres.
_RADIUS = 6378137.0


def crs_named(address: str, parameter: str) -> str:
    """The address of a CRS of ours. Raises BadInput."""
    if (named := address.strip("[]").replace("https://", "http://")) in ALL:
        return named
    said = gettext_noop("%(parameter)s 只能是图层目录里列出的网址：CRS84，或者 EPSG 的 %(known)s。")
    raise BadInput(said, "map.crs_unknown", field=parameter, parameter=parameter, known=tuple(map(str, CODES.values())))


def written_in(shapes: Any, crs: str) -> Any:
    """Shapes of CRS84 in another system, with its order of axes."""
    if crs == CRS84:
        return shapely.transform(shapes, lambda at: np.round(at, DIGITS))
    if CODES[crs] == 3857:
        return shapely.transform(shapes, lambda at: np.round(_mercator(at), METRE_DIGITS))
    return shapely.transform(shapes, lambda at: np.round(at[:, ::-1], DIGITS))


def box_from(numbers: tuple[float, float, float, float], crs: str) -> tuple[float, float, float, float]:
    """A box of that system as west, south, east, north of CRS84."""
    first, second, third, fourth = numbers
    if crs == CRS84:
        return numbers
    if CODES[crs] == 3857:
        west, south, east, north = np.array(numbers) / _RADIUS
        lat = [float(np.degrees(2 * np.arctan(np.exp(one)) - np.pi / 2)) for one in (south, north)]
        return float(np.degrees(west)), lat[0], float(np.degrees(east)), lat[1]
    return second, first, fourth, third


def _mercator(at: Any) -> Any:
    east, north = np.radians(at).T
    return _RADIUS * np.column_stack((east, np.log(np.tan(np.pi / 4 + north / 2))))
