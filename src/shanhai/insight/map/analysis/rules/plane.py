# SPDX-License-Identifier: Apache-2.0
"""Distances on the ellipsoid, and a plane about a place on which shapes are widened and compared.

The plane is azimuthal equidistant: from its middle each point has its true distance and direction. Away from the middle
it is off by a thousandth at 500 km; what people read is reckoned anew between the two nearest places.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import shapely

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop

_ELLIPSOID = "WGS84"
# Degrees between corners before a shape is carried over, so that its straight edges stay where they were.
_STEP = 0.05
# How many corners are widened, and of a line in one piece.
_MOST_OF_LINES, _MOST_OF_AREAS, _SHORT = 5_000, 20_000, 64


@cache
def _geod() -> Any:
    from pyproj import Geod  # noqa: PLC0415 - brings a database along, which few pages need

    return Geod(ellps=_ELLIPSOID)


def _proj(name: str, **of: Any) -> Any:
    from pyproj import Proj  # noqa: PLC0415 - see above

    return Proj(proj=name, ellps=_ELLIPSOID, units="km", **of)


def km_between(lon: Any, lat: Any, to_lon: Any, to_lat: Any) -> Any:
    """Kilometres along the ellipsoid, of numbers or arrays."""
    ends = np.broadcast_arrays(*(np.asarray(one, float) for one in (lon, lat, to_lon, to_lat)))
    return np.asarray(_geod().inv(*ends)[2]) / 1000


class Plane:
    """Kilometres east and north of a place of WGS 84."""

    def __init__(self, lon: float, lat: float) -> None:
        self._proj = _proj("aeqd", lon_0=lon, lat_0=lat)

    @classmethod
    def about(cls, shape: Any) -> Plane:
        """The plane about the middle of a shape."""
        west, south, east, north = shape.bounds
        return cls((west + east) / 2, (south + north) / 2)

    def onto(self, shapes: Any) -> Any:
        """Shapes carried onto the plane, their long edges with corners between."""
        return shapely.transform(shapely.segmentize(shapes, _STEP), self.there)

    def back(self, shapes: Any) -> Any:
        """Shapes of the plane in WGS 84."""
        return shapely.transform(shapes, self.from_there)

    def there(self, points: Any) -> Any:
        """Pairs of degrees as kilometres east and north."""
        return np.column_stack(self._proj(points[:, 0], points[:, 1]))

    def from_there(self, points: Any) -> Any:
        """Kilometres as degrees."""
        return np.column_stack(self._proj(points[:, 0], points[:, 1], inverse=True))


def widened(shape: Any, km: float) -> Any:
    """All that lies within so many kilometres of a shape, to a thousandth of them, in WGS 84.

    Raises BadInput for one with more corners than are widened in seconds.
    """
    plane = Plane.about(shape)
    parts = shapely.get_parts(shapely.get_parts(shapely.simplify(plane.onto(shape), km / 1000)))
    area = shapely.get_dimensions(parts) == 2
    for kind, most in ((area, _MOST_OF_AREAS), (~area, _MOST_OF_LINES)):
        count = int(shapely.get_num_coordinates(parts[kind]).sum())
        if count > most:
            said = gettext_noop(
                "图形的角点太多（%(count)s 个），算不了它周围多少公里：点和线最多 %(lines)s 个，面最多 %(areas)s 个。"
                "请在制图软件里简化后再试。"
            )
            raise BadInput(
                said, "map.too_many_corners", field="km", count=count, lines=_MOST_OF_LINES, areas=_MOST_OF_AREAS
            )
    # One by one and then together: at once, each circle is cut by all the others, in minutes and gigabytes.
    pieces = [one for part in parts for one in _short(part)]
    return plane.back(shapely.union_all(shapely.buffer(np.array(pieces, object), km, quad_segs=32)))


def _short(part: Any) -> list[Any]:
    """A line as short ones, anything else as it is."""
    at = shapely.get_coordinates(part)
    if part.geom_type != "LineString" or len(at) <= _SHORT:
        return [part]
    return [shapely.LineString(at[first : first + _SHORT + 1]) for first in range(0, len(at) - 1, _SHORT)]


def km_from(shape: Any, others: Any) -> Any:
    """Kilometres from a shape to each of the others, 0 for those that it meets."""
    if not len(others):
        return np.zeros(0)
    plane = Plane.about(shape)
    lines = shapely.shortest_line(plane.onto(shape), plane.onto(others))
    ends = plane.from_there(shapely.get_coordinates(lines)).reshape(-1, 2, 2)
    return km_between(ends[:, 0, 0], ends[:, 0, 1], ends[:, 1, 0], ends[:, 1, 1])


def area_km2(shape: Any) -> float:
    """Square kilometres of a shape (of lines and points 0), on the ellipsoid."""
    proj = _proj("cea")

    def laid_out(points: Any) -> Any:
        return np.column_stack(proj(points[:, 0], points[:, 1]))

    return float(shapely.area(shapely.transform(shapely.segmentize(shape, _STEP), laid_out)))
