# SPDX-License-Identifier: Apache-2.0
"""Lambert's conformal conic projection with two parallels of true scale (EPSG method 9802, IOGP 373-7-2)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import cos, log, pi, radians, sin, sqrt
from typing import Any

import numpy as np

# GRS 80, the ellipsoid of CGCS2000: half its long axis in metres, its flattening.
GRS80 = (6378137.0, 1 / 298.257222101)
# Each step of the inverse makes its error a few hundred times smaller.
_STEPS = 6


@dataclass(frozen=True)
class Lambert:
    """Degrees to metres east of ``meridian`` and north of where it meets the first of the ``parallels``."""

    meridian: float
    parallels: tuple[float, float]
    ellipsoid: tuple[float, float] = GRS80

    @cached_property
    def _e(self) -> float:
        return sqrt(self.ellipsoid[1] * (2 - self.ellipsoid[1]))

    def _t(self, lat: Any) -> Any:
        bent = self._e * np.sin(lat)
        return np.tan(pi / 4 - lat / 2) / ((1 - bent) / (1 + bent)) ** (self._e / 2)

    @cached_property
    def _cone(self) -> tuple[float, float, float]:
        """n, and a·F, and the radius of the first parallel."""
        first, second = map(radians, self.parallels)
        m1, m2 = (cos(one) / sqrt(1 - (self._e * sin(one)) ** 2) for one in (first, second))
        t1, t2 = float(self._t(first)), float(self._t(second))
        n = sin(first) if first == second else log(m1 / m2) / log(t1 / t2)
        scaled = self.ellipsoid[0] * m1 / (n * t1**n)
        return n, scaled, scaled * t1**n

    def project(self, lon: Any, lat: Any) -> tuple[Any, Any]:
        """Metres (x, y) of degrees, as arrays."""
        n, scaled, radius = self._cone
        away, turned = scaled * self._t(np.radians(lat)) ** n, n * np.radians(lon - self.meridian)
        return away * np.sin(turned), radius - away * np.cos(turned)

    def degrees(self, x: Any, y: Any) -> tuple[Any, Any]:
        """Degrees (lon, lat) of metres, as arrays."""
        n, scaled, radius = self._cone
        t = (np.hypot(x, radius - y) / scaled) ** (1 / n)
        lat = pi / 2 - 2 * np.arctan(t)
        for _ in range(_STEPS):
            bent = self._e * np.sin(lat)
            lat = pi / 2 - 2 * np.arctan(t * ((1 - bent) / (1 + bent)) ** (self._e / 2))
        return np.degrees(np.arctan2(x, radius - y) / n) + self.meridian, np.degrees(lat)
