# SPDX-License-Identifier: Apache-2.0
"""What the map draws of a programme: its counties, shaded by a figure; the card of a feature."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any, TypeVar

import orjson
import shapely
import structlog
from django.conf import settings
from django.utils.html import escape, strip_tags
from django.utils.translation import gettext

from shanhai.base import formats
from shanhai.insight.map.desk.rules.base import Base, pictures, vectors
from shanhai.insight.map.desk.rules.classing import class_of, limits_of
from shanhai.insight.map.editions.selectors import list_layers, of_app
from shanhai.insight.map.editions.services import current
from shanhai.insight.map.ogc.selectors.items import item_of, items_of
from shanhai.insight.map.ogc.values import Items, Wanted
from shanhai.insight.map.tiles.rules.archives import MVT
from shanhai.insight.map.tiles.selectors import base_archive, sign_base
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import DomainError, NotVisible
from shanhai.kernel.families import FigureFamily
from shanhai.kernel.figures import Figure, FigureScope, Source, Strength
from shanhai.kernel.maps import MapField, MapLayer
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.kernel.proofs import family_of
from shanhai.kernel.registry import registries
from shanhai.kernel.shares import Share
from shanhai.kernel.units import Quantity
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.registers.places.selectors import list_counties_of, outlines_of

log = structlog.get_logger("shanhai.map")
Read = TypeVar("Read")

# By which counties are shaded unless somebody wishes otherwise.
USUAL = "funds_arrived"
# Under which open maps hear of changes (``NewsSource``).
NEWS = "map"
# Of what lies in a county, so many are listed by name.
MOST_LISTED = 20
# Fields that a card shows otherwise; divisions are no things within a county.
LEFT, _OUTSIDE = ("name", "provenance", "programme", "place", "division", "parent"), ("places.division",)
# Of an outline on the screen, in degrees: about 250 metres.
_DETAIL, _DIGITS = 0.0025, 4


@dataclass(frozen=True, slots=True)
class Shade:
    """A figure over the counties of a programme, by code; ``limits`` divide its values into classes.

    A county that is not in ``figures`` has none that this viewer may see.
    """

    key: str
    counties: Sequence[Any]
    figures: dict[str, Figure]
    limits: tuple[Decimal, ...]

    def class_of(self, code: str) -> int | None:
        """The class of a county, 0 to 4; None without a value."""
        value = number_of(self.figures.get(code))
        return None if value is None else class_of(value, self.limits)

    @property
    def some(self) -> Figure | None:
        """One of its figures that has a value."""
        return next((one for one in self.figures.values() if one.value is not None), None)

    @property
    def classes(self) -> list[tuple[str, str]]:
        """From and to of each class, in the words of the figure."""
        some = self.some
        if some is None:
            return []
        # Of things that are counted, 0 to 1 and 1 to 2 would not say where 1 is: each class names the most it has.
        counted = isinstance(some.value, Quantity) and all(one == int(one) for one in self.limits)
        ends = [(low, high - (counted and high != self.limits[-1])) for low, high in pairwise(self.limits)]
        return [(limit_said(some, low), limit_said(some, high) if high != low else "") for low, high in ends]


def list_shades(*, viewer: Actor, scope: FigureScope) -> list[Figure]:
    """The figures by which counties can be shaded, in the order of their families."""
    return [
        figure
        for family in registries.figures
        if family.by_place
        for figure in _asked(family, viewer, scope)
        if _by_place(family, figure.key)
    ]


def shade(*, viewer: Actor, scope: FigureScope, key: str, limits: Sequence[Decimal] = ()) -> Shade:
    """The figure of each county, as on its own page; classes by ``limits``, by its own values where there are none.

    Raises NotVisible for a figure that no county has.
    """
    family = family_of(key)
    if not _by_place(family, key):
        raise NotVisible(gettext_noop("这个数不按县统计，不能在地图上着色。请另选一个。"))
    counties = counties_of(viewer=viewer, programme=scope.programme)
    places = [one.code for one in counties if scope.place is None or one.code.startswith(scope.place)]
    figures = dict(family.list_by_place(viewer=viewer, scope=scope, key=key, places=places))
    values = [value for one in figures.values() if (value := number_of(one)) is not None]
    whole = all(isinstance(one.value, Quantity | None) for one in figures.values())
    return Shade(key, counties, figures, tuple(limits) or limits_of(values, whole=whole))


def _by_place(family: FigureFamily, key: str) -> bool:
    return any(key == one or (one.endswith(":") and key.startswith(one)) for one in family.by_place)


def number_of(figure: Figure | None) -> Decimal | None:
    """Its value as a number to shade by: yuan, a count, percent."""
    value = figure.value if figure else None
    if isinstance(value, Money):
        return Decimal(value.fen) / 100
    if isinstance(value, Share):
        return value.percent(1)
    return value.number if isinstance(value, Quantity) else None


def limit_said(figure: Figure, limit: Decimal) -> str:
    """A limit in the words of the figure's values."""
    if isinstance(figure.value, Money):
        return str(formats.money(Money(int(limit * 100), figure.value.currency)))
    if isinstance(figure.value, Share):
        return f"{formats.number(limit)}%"
    return str(formats.quantity(Quantity(limit, figure.value.unit))) if isinstance(figure.value, Quantity) else ""


def base(*, root: str, english: bool, at: datetime) -> Base:
    """The map of others beneath, nothing where there is none; ``root`` is the address of signed tiles.

    Whose it is and its review number stand on the map, as text: the one who made the file says the first.
    """
    archive = None
    if settings.MAP_BASE_ARCHIVE:
        try:
            archive = base_archive()
        except OSError:
            log.exception("the map beneath cannot be read", file=str(settings.MAP_BASE_ARCHIVE))
            return Base()
    told = settings.MAP_BASE_ATTRIBUTION or (strip_tags(archive.attribution).strip() if archive else "")
    number = settings.MAP_REVIEW_NUMBER
    said = [told, gettext("审图号：%(number)s") % {"number": number} if number else ""]
    note = escape(" · ".join(filter(None, said)))
    if archive is None:
        return pictures(settings.MAP_BASE_TILES, note=note)
    low, high = archive.zooms
    more = {"minzoom": low, "maxzoom": high, "bounds": list(archive.bounds)}
    template = f"{root}{sign_base(at=at)}/{{z}}/{{x}}/{{y}}"
    if archive.kind == MVT:
        return vectors(template, note=note, english=english, **more)
    return pictures([template], note=note, **more)


def counties_of(*, viewer: Actor, programme: str) -> list[Any]:
    """The counties that a programme supports, by code. Raises NotVisible."""
    return list(list_counties_of(get_programme(viewer=viewer, code=programme).recipient.code).order_by("code"))


def outlines(counties: Sequence[Any]) -> bytes:
    """The counties as GeoJSON: polygons, and beside each a point with its name to stand at. Public knowledge."""
    found = {code: shape for code, shape in outlines_of(one.code for one in counties).items() if shape is not None}
    drawn = [one for one in counties if one.code in found]
    # Simplified together: neighbours keep their common line.
    simple = shapely.coverage_simplify([found[one.code] for one in drawn], _DETAIL)
    rounded = shapely.set_precision(simple, 10**-_DIGITS, mode="pointwise")
    features: list[dict[str, Any]] = []
    for one, shape, written in zip(drawn, simple, shapely.to_geojson(rounded), strict=True):
        inside = shapely.Point(one.label_lon, one.label_lat) if one.label_lon else shape.representative_point()
        said = {"code": one.code, "name": one.name, "name_en": one.name_en}
        features.append({"type": "Feature", "properties": said, "geometry": orjson.Fragment(written)})
        point = {"type": "Point", "coordinates": [round(inside.x, _DIGITS), round(inside.y, _DIGITS)]}
        features.append({"type": "Feature", "properties": said, "geometry": point})
    return orjson.dumps({"type": "FeatureCollection", "features": features})


def feature(layer: MapLayer, thing: str, *, by: Actor, at: datetime) -> dict[str, Any]:
    """What a layer says of one of its features: its name, its page, its fields in words, its position.

    Raises NotVisible, LayerFailed.
    """
    found = of_app(layer, lambda: item_of(current(layer=layer, by=by, at=at), layer, thing))
    said = list(zip(layer.fields, found.values[0], strict=True))
    source = sources_of(layer, [thing], viewer=by).get(thing)
    name = source.label if source else next((value for field, value in said if field.name == "name"), thing)
    told = [(field, value) for field, value in said if value not in (None, "") and field.name not in LEFT]
    return {
        "name": name,
        "url": source.url if source else "",
        "lines": [(field.label, worded(field, value)) for field, value in told],
        "provenance": next((value for field, value in said if field.name == "provenance"), ""),
        "status": layer.tones.get(next((value for field, value in said if field.name == layer.toned), None), ""),
        "point": found.shapes[0] if layer.geometry == "Point" else found.shapes[0].representative_point(),
    }


def profile(*, viewer: Actor, scope: FigureScope, code: str, at: datetime, whole: bool) -> dict[str, Any]:
    """A county of a programme with its figures; ``whole``: what lies in it by layer, too. Raises NotVisible."""
    county = next((one for one in counties_of(viewer=viewer, programme=scope.programme) if one.code == code), None)
    if county is None:
        raise NotVisible(gettext_noop("这个对口支援里没有这个县。请从地图重新选。"))
    there = replace(scope, place=code)
    every = [one for family in registries.figures if family.by_place for one in _asked(family, viewer, there)]
    # What is posted for the programme as a whole is no zero of a county.
    figures = [one for one in every if one.value is not None and one.strength is not Strength.NONE]
    found: dict[str, Any] = {"county": county, "scope": there, "figures": figures}
    if whole:
        outline = outlines_of([code])[code]
        found["there"] = [_within(layer, outline, viewer, at, scope.as_of) for layer in list_layers(viewer=viewer)]
        found["there"] = [one for one in found["there"] if one["count"] is not None or one["failed"]]
    return found


def _asked(family: FigureFamily, viewer: Actor, scope: FigureScope) -> tuple[Figure, ...]:
    try:
        return family.list_figures(viewer=viewer, scope=scope)
    except NotVisible:
        return ()


def _within(layer: MapLayer, outline: Any, viewer: Actor, at: datetime, day: date) -> dict[str, Any]:
    """How many features of a layer meet an outline, and the first of them; "failed" says why they are not read."""
    line: dict[str, Any] = {"layer": layer, "count": None, "rows": (), "failed": ""}
    if outline is None or not lies_within(layer):
        return line
    found, failed = items_in(layer, outline, viewer=viewer, at=at, day=day, most=MOST_LISTED)
    if found is None:
        return line | {"failed": failed}
    rows = called(layer, found.ids, names_in(layer, found), viewer=viewer)
    return line | {"count": found.matched, "rows": rows, "more": found.matched - len(rows)}


def items_in(
    layer: MapLayer, outline: Any, *, viewer: Actor, at: datetime, day: date, most: int
) -> tuple[Items | None, Message | str]:
    """The features of a layer that meet an outline and are there on a day, at most so many; or None, and why."""
    wanted = Wanted(most, box=outline.bounds, outline=outline, days=(day.isoformat(), day.isoformat()))
    return read_or_told(layer, lambda: items_of(current(layer=layer, by=viewer, at=at), layer, wanted))


def read_or_told(layer: MapLayer, read: Callable[[], Read]) -> tuple[Read | None, Message | str]:
    """What is read of a layer; of one that fails None, and the sentence that says so. It is logged."""
    try:
        return read(), ""
    except DomainError as error:
        return None, error.message
    except Exception:
        log.exception("a layer failed", layer=layer.key)
        return None, message(gettext_noop("暂时读不出来。其他图层不受影响；请告诉系统管理员。"))


def names_in(layer: MapLayer, found: Items) -> list[str]:
    """What the features of a page say themselves that they are called."""
    at_name = next((at for at, field in enumerate(layer.fields) if field.name == "name"), None)
    return ["" if at_name is None else str(values[at_name] or "") for values in found.values]


def called(layer: MapLayer, ids: Sequence[str], names: Sequence[str], *, viewer: Actor) -> list[tuple[str, str]]:
    """What features are called on their pages, and where these are; by ``names``, and nowhere, where there are none."""
    sources = sources_of(layer, ids, viewer=viewer)
    return [
        (one.label, one.url) if (one := sources.get(thing)) else (name, "")
        for thing, name in zip(ids, names, strict=True)
    ]


def lies_within(layer: MapLayer) -> bool:
    """Whether its features are things within a county: not lines across the country, not the counties themselves."""
    return layer.thing not in _OUTSIDE and layer.geometry != "LineString"


def sources_of(layer: MapLayer, ids: Sequence[str], *, viewer: Actor) -> Mapping[str, Source]:
    """What the things are called that are its features, and their pages, by id; those that the viewer may not see are
    left out. One query."""
    kind = registries.things.get(layer.thing)
    return kind.named(viewer=viewer, ids=ids) if kind else {}


def worded(field: MapField, value: Any) -> Any:
    """A value of a field as people say it: the word of a code, yes or no; else itself."""
    if field.kind == "boolean":
        return gettext("是") if value else gettext("否")
    if field.kind in ("integer", "number"):
        return formats.number(value)
    return field.words.get(value, value)
