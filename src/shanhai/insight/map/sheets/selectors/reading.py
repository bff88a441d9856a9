# SPDX-License-Identifier: Apache-2.0
"""What of each layer lies on a sheet. A layer that cannot be read is named, and the rest stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
import shapely
import structlog
from django.conf import settings

from shanhai.base import formats
from shanhai.insight.map.editions.services import current
from shanhai.insight.map.ogc.selectors.items import items_of
from shanhai.insight.map.ogc.values import Wanted
from shanhai.insight.map.sheets.rules.framing import Frame
from shanhai.insight.map.sheets.values import Drawn, Thing
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import DomainError
from shanhai.kernel.maps import MapLayer
from shanhai.kernel.messages import gettext_noop, message

log = structlog.get_logger("shanhai.map")
_NOT_READ = message(gettext_noop("暂时读不出来。其他图层不受影响；请告诉系统管理员。"))


def drawn_of(
    layer: MapLayer, frame: Frame, counties: Mapping[str, tuple[str, Any]], day: date, *, viewer: Actor, at: datetime
) -> Drawn:
    """Those of its features that meet the counties (names and outlines by code) and were there on the day, at most
    ``MAP_SHEET_MOST``."""
    try:
        edition = current(layer=layer, by=viewer, at=at)
        land = shapely.union_all([shape for _, shape in counties.values()])
        days = (day.isoformat(), day.isoformat())
        wanted = Wanted(settings.MAP_SHEET_MOST, box=land.bounds, outline=land, days=days)
        found = items_of(edition, layer, wanted)
    except DomainError as error:
        return Drawn(layer, (), failed=error.message)
    except Exception:
        log.exception("a layer failed", layer=layer.key)
        return Drawn(layer, (), failed=_NOT_READ)
    shapes = [shapely.intersection(one, frame.field) for one in map(frame.drawn, found.shapes)]
    held = _held(found.shapes, counties)
    things = [
        _thing(layer, shape, values, thing, county)
        for thing, shape, values, county in zip(found.ids, shapes, found.values, held, strict=True)
        if not shape.is_empty
    ]
    return Drawn(layer, things, found.matched, edition.made_at)


def _thing(layer: MapLayer, shape: Any, values: Sequence[Any], thing: str, county: str) -> Thing:
    said = {field.name: value for field, value in zip(layer.fields, values, strict=True)}
    words = {field.name: field.words for field in layer.fields}
    state = said.get(layer.toned)
    middle = shape.representative_point()
    name = " ".join(str(one) for one in (said.get("code"), said.get("name") or thing) if one)
    return Thing(
        layer,
        shape,
        (middle.x, middle.y),
        layer.tones.get(state, "rest") if layer.toned else None,
        name,
        county,
        "" if state is None else formats.word(words[layer.toned].get(state, state)),
        said.get("altitude_m"),
        said.get("located") is not False,
    )


def _held(shapes: Sequence[Any], counties: Mapping[str, tuple[str, Any]]) -> list[str]:
    """The name of the county in which each lies, "" for none of them."""
    names = [name for name, _ in counties.values()]
    tree = shapely.STRtree([shape for _, shape in counties.values()])
    held = [""] * len(shapes)
    which, where = tree.query(np.array([one.representative_point() for one in shapes], object), predicate="within")
    for thing, county in zip(which, where, strict=True):
        held[thing] = names[county]
    return held
