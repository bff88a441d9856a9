# SPDX-License-Identifier: Apache-2.0
"""Layers as tests need them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any

import shapely

from shanhai.kernel.maps import MapFeature, MapField, MapLayer
from shanhai.kernel.messages import message
from shanhai.kernel.registry import registries


class Made(MapLayer):
    """Features that a test gives; it can be made to fail."""

    label, geometry, everywhere = message("试验图层"), "Point", False
    fields = (
        MapField("name", message("名称")),
        MapField("level", message("等级"), "integer"),
        MapField("share", message("比例"), "number"),
        MapField("open", message("开放"), "boolean"),
        MapField("on", message("日期"), "date"),
    )

    def __init__(self, *features: MapFeature, key: str = "made", permission: str = "") -> None:
        self.key, self.permission, self.given, self.asked, self.fault = key, permission, list(features), [], None

    def features(self, *, viewer: Any) -> Any:
        self.asked.append(viewer)
        if self.fault:
            raise self.fault
        return iter(self.given)


def a_feature(id: str = "a", at: Any = (100.0, 30.0), **values: Any) -> MapFeature:
    """At a point (lon, lat), or of a shape."""
    given = {"name": id, "level": 1, "share": 0.5, "open": True, "on": "2026-11-30", **values}
    return MapFeature(id, shapely.to_wkb(shapely.Point(at) if isinstance(at, tuple) else at), tuple(given.values()))


@contextmanager
def registered(*layers: MapLayer):
    registries.layers.add(*layers)
    try:
        yield layers[0]
    finally:
        for one in layers:
            del registries.layers._items[one.key]
