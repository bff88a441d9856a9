# SPDX-License-Identifier: Apache-2.0
"""Stored divisions and sites for tests, here and in the apps above."""

from __future__ import annotations

from typing import Any

import shapely

from shanhai.registers.places.models import Division, Outline, Site
from shanhai.registers.places.rules.names import looked_for
from shanhai.registers.places.rules.rows import level_of, parent_codes
from tests.cast import AT

NAMES = {
    "330000": "浙江省",
    "510000": "四川省",
    "513300": "甘孜藏族自治州",
    "513301": "康定市",
    "513322": "泸定县",
    "540000": "西藏自治区",
    "540600": "那曲市",
    "540602": "色尼区",
}


def a_division(code: str = "513301", *, box: tuple[float, float, float, float] | None = None, **kw: Any) -> Division:
    """A division with what it lies in; ``box`` (west, south, east, north) gives it a rectangular outline."""
    above = parent_codes(code)[:1]
    kw.setdefault("name", NAMES.get(code, f"第{code}号"))
    kw.setdefault("spelled", looked_for(kw["name"], kw.get("name_en", "")))
    kw.setdefault("parent", a_division(above[0]) if above else None)
    division, _ = Division.objects.get_or_create(code=code, defaults={"level": level_of(code), "changed_at": AT, **kw})
    if box is not None:
        west, south, east, north = box
        Outline.objects.create(
            division=division, wkb=shapely.to_wkb(shapely.box(*box)), west=west, south=south, east=east, north=north
        )
    return division


def a_site(name: str = "折多塘小学", *, division: Division | None = None, **kw: Any) -> Site:
    """A site in Kangding unless another division is given."""
    values = {"kind": "school", "lon": 101.85, "lat": 30.03, "altitude_m": 3300, **kw}
    return Site.objects.create(division=division or a_division(), name=name, **values)


def a_square(west: float = 101.0, south: float = 29.0, side: float = 1.0) -> dict[str, Any]:
    """A GeoJSON polygon: a square of ``side`` degrees."""
    east, north = west + side, south + side
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}
