# SPDX-License-Identifier: Apache-2.0
"""What lies in a shape or near it, by layer, as far as the viewer may see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from django.conf import settings

from shanhai.base import formats
from shanhai.insight.map.analysis.rules.plane import Plane, km_from, widened
from shanhai.insight.map.analysis.rules.telling import BANDS, in_bands, in_each
from shanhai.insight.map.analysis.values import Asked
from shanhai.insight.map.desk.selectors import (
    called,
    counties_of,
    items_in,
    lies_within,
    names_in,
    read_or_told,
)
from shanhai.insight.map.editions.selectors import layer_named, list_layers, of_app
from shanhai.insight.map.editions.services import current
from shanhai.insight.map.editions.values import Edition
from shanhai.insight.map.ogc.selectors.items import item_of, shapes_of
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import BadInput, NotVisible
from shanhai.kernel.maps import MapLayer
from shanhai.kernel.messages import Message, gettext_noop
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.registers.places.selectors import outlines_of

MOST_NEAR = 10
# Fields that mean the same in every layer that has them.
ALTITUDE, LOCATED = "altitude_m", "located"


@dataclass(frozen=True, slots=True)
class Thing:
    """A feature: what it is called, its page ("" for none), kilometres from the shape, its shape, its altitude.

    One that is not ``placed`` has no place of its own: it stands where the name of its county does.
    """

    id: str
    name: str
    url: str
    km: float
    shape: Any
    altitude: int | None = None
    placed: bool = True


@dataclass(frozen=True, slots=True)
class There:
    """What of a layer lies there: how many in all, the nearest first; ``failed`` says why they are not read.

    ``bands`` are those of altitude, where the layer has one; ``unplaced`` stand where the name of
    their county does. Of ``read`` of them more is known than their number.
    """

    layer: MapLayer
    count: int = 0
    things: Sequence[Thing] = ()
    failed: Message | str = ""
    bands: Sequence[int] = field(default_factory=tuple)
    unplaced: int = 0
    read: int = 0

    @property
    def more(self) -> int:
        """How many are not named."""
        return self.count - len(self.things)

    @property
    def by_band(self) -> Sequence[tuple[int, Message]]:
        """How many in which band."""
        return tuple(zip(self.bands, BANDS, strict=True))

    @property
    def unread(self) -> int:
        """How many are counted and no more: of so many the first of the layer alone are looked at."""
        return self.count - self.read


def list_offered(*, viewer: Actor) -> list[MapLayer]:
    """The layers whose features may lie in a shape."""
    return [one for one in list_layers(viewer=viewer) if lies_within(one)]


def list_areas(*, viewer: Actor) -> list[MapLayer]:
    """The layers in whose areas things are counted."""
    return [one for one in list_layers(viewer=viewer) if one.geometry == "MultiPolygon"]


def what_lies(asked: Asked, km: float, *, viewer: Actor, at: datetime, most: int) -> list[There]:
    """Of each layer what lies in the shape or within so many kilometres, at most ``most`` by name.

    Raises BadInput for a shape without area and no distance.
    """
    if not km and not asked.has_area:
        text = gettext_noop("点和线没有面积，里面没有东西。请填“周围多少公里”。")
        raise BadInput(text, "map.no_area", field="km")
    zone = widened(asked.shape, km) if km else asked.shape
    return [_there(layer, asked.shape, zone, viewer, at, most) for layer in list_offered(viewer=viewer)]


def _there(layer: MapLayer, shape: Any, zone: Any, viewer: Actor, at: datetime, most: int) -> There:
    limit, day = settings.MAP_PAGE_MOST, local_date(at)
    found, failed = items_in(layer, zone, viewer=viewer, at=at, day=day, most=limit)
    if found is None:
        return There(layer, failed=failed)
    far = km_from(shape, found.shapes)
    nearest = np.argsort(far, kind="stable")[:most].tolist()
    names = names_in(layer, found)
    rows = called(layer, [found.ids[at] for at in nearest], [names[at] for at in nearest], viewer=viewer)
    fields = [one.name for one in layer.fields]
    said = [dict(zip(fields, values, strict=True)) for values in found.values]
    things = [
        Thing(found.ids[at], name, url, float(far[at]), found.shapes[at], said[at].get(ALTITUDE), _placed(said[at]))
        for at, (name, url) in zip(nearest, rows, strict=True)
    ]
    unplaced = sum(not _placed(one) for one in said)
    bands = in_bands(one[ALTITUDE] for one in said) if ALTITUDE in fields else ()
    return There(layer, found.matched, things, bands=bands, unplaced=unplaced, read=len(said))


def _placed(said: Mapping[str, Any]) -> bool:
    return said.get(LOCATED) is not False


def nearest(asked: Asked, key: str, *, viewer: Actor, at: datetime) -> There:
    """The features of a layer that are nearest to the shape, wherever they are. Raises NotVisible."""
    layer = layer_named(key, viewer=viewer)
    read, failed = _read(layer, viewer, at)
    if read is None:
        return There(layer, failed=failed)
    ids, names, shapes = read
    edition, plane = current(layer=layer, by=viewer, at=at), Plane.about(asked.shape)
    chosen = np.argsort(shapely.distance(plane.onto(asked.shape), plane.onto(shapes)), kind="stable")[:MOST_NEAR]
    far = km_from(asked.shape, shapes[chosen])
    picked = sorted(zip(far.tolist(), chosen.tolist(), strict=True))
    rows = called(layer, [ids[one] for _, one in picked], [names[one] for _, one in picked], viewer=viewer)
    things = [
        Thing(ids[one], name, url, km, shapes[one], placed=_placed(_said(edition, layer, ids[one])))
        for (km, one), (name, url) in zip(picked, rows, strict=True)
    ]
    return There(layer, len(ids), things, read=len(ids))


def _said(edition: Edition, layer: MapLayer, thing: str) -> Mapping[str, Any]:
    found = item_of(edition, layer, thing)
    return dict(zip([one.name for one in layer.fields], found.values[0], strict=True))


@dataclass(frozen=True, slots=True)
class Counted:
    """How many features of a layer lie in each area of another (its name, its page), the most first; how many in none.

    ``failed`` says why a layer is not read.
    """

    layer: MapLayer
    areas: MapLayer
    rows: Sequence[tuple[str, str, int]] = ()
    outside: int = 0
    whole: int = 0
    failed: Message | str = ""


def counted_in(key: str, areas: str, *, viewer: Actor, at: datetime) -> Counted:
    """How many features of a layer lie in each feature of a layer of areas. Raises NotVisible, BadInput."""
    layer, outlines = (layer_named(one, viewer=viewer) for one in (key, areas))
    if outlines.geometry != "MultiPolygon":
        text = gettext_noop("图层“%(layer)s”不是面，里面数不了东西。请另选。")
        raise BadInput(text, field="areas", layer=outlines.label)
    shapes, failed = _read(layer, viewer, at)
    drawn, also = _read(outlines, viewer, at)
    if shapes is None or drawn is None:
        return Counted(layer, outlines, failed=failed or also)
    ids, names, _ = drawn
    counts, outside = in_each(shapes[2], drawn[2])
    chosen = [one for one in sorted(range(len(ids)), key=lambda at: -counts[at]) if counts[one]]
    rows = called(outlines, [ids[one] for one in chosen], [names[one] for one in chosen], viewer=viewer)
    told = [(name, url, counts[one]) for one, (name, url) in zip(chosen, rows, strict=True)]
    return Counted(layer, outlines, told, outside, len(shapes[0]))


def _read(
    layer: MapLayer, viewer: Actor, at: datetime
) -> tuple[tuple[list[str], list[str], Any] | None, Message | str]:
    """All that the viewer sees of a layer today: ids, names, shapes; or why not."""
    day = local_date(at).isoformat()
    return read_or_told(layer, lambda: shapes_of(current(layer=layer, by=viewer, at=at), layer, day))


def outline_of(place: str, *, viewer: Actor, programme: str) -> Asked:
    """The outline of a county of a programme, or of all of them. Raises NotVisible."""
    recipient = get_programme(viewer=viewer, code=programme).recipient
    every = counties_of(viewer=viewer, programme=programme)
    chosen = [one for one in every if place in (one.code, recipient.code)]
    drawn = [one for one in outlines_of(one.code for one in chosen).values() if one is not None]
    if not drawn:
        raise NotVisible(gettext_noop("这个对口支援里没有这个县，或者它没有轮廓。请另选一个。"))
    return Asked(shapely.union_all(drawn), formats.named(recipient if place == recipient.code else chosen[0]))


def feature_asked(key: str, thing: str, *, viewer: Actor, at: datetime) -> Asked:
    """The shape of a feature of a layer. Raises NotVisible, LayerFailed."""
    layer = layer_named(key, viewer=viewer)
    found = of_app(layer, lambda: item_of(current(layer=layer, by=viewer, at=at), layer, thing))
    name, _ = called(layer, found.ids, names_in(layer, found), viewer=viewer)[0]
    return Asked(found.shapes[0], name)
