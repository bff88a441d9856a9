# SPDX-License-Identifier: Apache-2.0
"""Distances on the ellipsoid, and a plane about a place on which shapes are widened and compared.

The plane is azimuthal equidistant: from its middle each point has its true distance and direction. Away from the middle
it is off by a thousandth at 500 km; what people read is reckoned anew between the two nearest places.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

# WGS 84: the semi-major axis in kilometres, the flattening.
_AXIS, _FLAT = 6378.137, 1 / 298.257223563
_ECCENTRIC = _FLAT * (2 - _FLAT)
# Degrees between corners before a shape is carried over, so that its straight edges stay where they were.
_STEP, _TURNS = 0.05, 30
_STANDS_KM = 1e-6


def km_between(lon: Any, lat: Any, to_lon: Any, to_lat: Any) -> Any:
    """Kilometres along the ellipsoid, of numbers or arrays (W. D. Lambert 1942); to 10 m within 2,000 km."""
    first, second = (np.arctan((1 - _FLAT) * np.tan(np.radians(one))) for one in (lat, to_lat))
    half = np.radians(np.subtract(to_lon, lon)) / 2
    haversine = np.sin((second - first) / 2) ** 2 + np.cos(first) * np.cos(second) * np.sin(half) ** 2
    angle = 2 * np.arcsin(np.sqrt(np.clip(haversine, 0, 1)))
    middle, apart = (first + second) / 2, (second - first) / 2
    near = np.maximum(angle, 1e-12)
    along = (near - np.sin(near)) * (np.sin(middle) * np.cos(apart)) ** 2 / np.cos(near / 2) ** 2
    across = (near + np.sin(near)) * (np.cos(middle) * np.sin(apart)) ** 2 / np.sin(near / 2) ** 2
    return _AXIS * (angle - _FLAT / 2 * (along + across))


class Plane:
    """Kilometres east and north of a place of WGS 84."""

    def __init__(self, lon: float, lat: float) -> None:
        self.lon, self.lat = lon, lat
        turned = np.radians(lat)
        bent = 1 - _ECCENTRIC * np.sin(turned) ** 2
        # Kilometres to a degree at the middle, east and north.
        east = np.radians(_AXIS * np.cos(turned) / np.sqrt(bent))
        north = np.radians(_AXIS * (1 - _ECCENTRIC) / bent**1.5)
        self._degree = np.array([east, north])
        self._origin = _in_space(np.array([[lon, lat]]))[0]

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
        away = _in_space(points) - self._origin
        lon, lat = np.radians(self.lon), np.radians(self.lat)
        east = away @ [-np.sin(lon), np.cos(lon), 0]
        north = away @ [-np.sin(lat) * np.cos(lon), -np.sin(lat) * np.sin(lon), np.cos(lat)]
        length = np.hypot(east, north)
        far = km_between(self.lon, self.lat, points[:, 0], points[:, 1])
        scale = np.divide(far, length, out=np.zeros_like(far), where=length > 0)
        return np.column_stack((east * scale, north * scale))

    def from_there(self, points: Any) -> Any:
        """Kilometres as degrees: a guess, less its error, until it stands."""
        guess = points / self._degree + [self.lon, self.lat]
        for _ in range(_TURNS):
            error = self.there(guess) - points
            guess = guess - error / self._degree
            if not error.size or np.abs(error).max() < _STANDS_KM:
                break
        return guess


def widened(shape: Any, km: float) -> Any:
    """All that lies within so many kilometres of a shape, in WGS 84."""
    plane = Plane.about(shape)
    return plane.back(shapely.buffer(plane.onto(shape), km, quad_segs=32))


def km_from(shape: Any, others: Any) -> Any:
    """Kilometres from a shape to each of the others, 0 for those that it meets."""
    if not len(others):
        return np.zeros(0)
    plane = Plane.about(shape)
    lines = shapely.shortest_line(plane.onto(shape), plane.onto(others))
    ends = plane.from_there(shapely.get_coordinates(lines)).reshape(-1, 2, 2)
    return km_between(ends[:, 0, 0], ends[:, 0, 1], ends[:, 1, 0], ends[:, 1, 1])


def _in_space(points: Any) -> Any:
    """Kilometres from the centre of the earth along its three axes."""
    lon, lat = np.radians(points).T
    radius = _AXIS / np.sqrt(1 - _ECCENTRIC * np.sin(lat) ** 2)
    flat = radius * np.cos(lat)
    return np.column_stack((flat * np.cos(lon), flat * np.sin(lon), radius * (1 - _ECCENTRIC) * np.sin(lat)))


def area_km2(shape: Any) -> float:
    """Square kilometres of a shape (of lines and points 0), on the sphere of the same surface as the ellipsoid.

    Lengths along parallels and the heights between them keep their product (Lambert's cylinder of equal areas).
    """
    root = np.sqrt(_ECCENTRIC)

    def authalic(sine: Any) -> Any:
        return (1 - _ECCENTRIC) * (sine / (1 - _ECCENTRIC * sine**2) + np.arctanh(root * sine) / root)

    def laid_out(points: Any) -> Any:
        lon, lat = np.radians(points).T
        return np.column_stack((_AXIS * lon, _AXIS * authalic(np.sin(lat)) / 2))

    return float(shapely.area(shapely.transform(shapely.segmentize(shape, _STEP), laid_out)))
