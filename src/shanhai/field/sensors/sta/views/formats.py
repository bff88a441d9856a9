# SPDX-License-Identifier: Apache-2.0
"""A page of a set in another form ($resultFormat): dataArray of 18-088 clause 12, CSV, GeoJSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from shanhai.field.sensors.sta.rules.parsing import to_json
from shanhai.field.sensors.sta.selectors.plans import Asked
from shanhai.field.sensors.sta.selectors.reading import Page, Place, read_set
from shanhai.field.sensors.sta.values import Expansion, Options
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop

# Where the geometry of a type stands.
_GEOMETRY = {
    "Location": "location",
    "FeatureOfInterest": "feature",
    "Datastream": "observedArea",
    "MultiDatastream": "observedArea",
    "Thing": "Locations",
}
_OF_STREAM = ("datastream_id", "datastream__multi")
Formatted = tuple[Page, bytes, str]
_Format = Callable[[Place, Options, Asked, Callable[[Page], str]], Formatted]


def formatted(place: Place, options: Options, asked: Asked, next_of: Callable[[Page], str]) -> Formatted:
    """The page, its text and the type of that; ``next_of`` is the address of the page after. Raises BadInput."""
    form = _FORMATS.get(options.format.lower())
    if form is None:
        text = gettext_noop("没有格式 %(given)s。可用的有 dataArray、CSV 和 GeoJSON。")
        raise BadInput(text, "sta.format_unknown", given=options.format[:40])
    if options.expand:
        raise BadInput(gettext_noop("这种格式里不能有 $expand。"), "sta.format_without_expand")
    return form(place, options, asked, next_of)


def _columns(place: Place, options: Options) -> list[str]:
    """The names of what is told: the id and all properties, or those selected, in their order."""
    every = ["id", *(one.name for one in place.kind.properties)]
    return [one for one in every if one in options.select] if options.select else every


def _values(entity: dict[str, Any], names: list[str]) -> list[Any]:
    return [entity.get("@iot.id" if one == "id" else one) for one in names]


def _data_array(place: Place, options: Options, asked: Asked, next_of: Callable[[Page], str]) -> Formatted:
    if place.kind.key != "Observation":
        raise _only_for("Observations")
    names = _columns(place, options)
    page = read_set(place, replace(options, select=tuple(names)), asked, also=_OF_STREAM)
    stream, multi = (page.plan.shape.places[one] for one in _OF_STREAM)
    groups: dict[tuple[int, bool], list[list[Any]]] = {}
    for row, entity in zip(page.rows, page.entities, strict=True):
        groups.setdefault((row[stream], row[multi]), []).append(_values(entity, names))
    found: dict[str, Any] = {} if page.count is None else {"@iot.count": page.count}
    if link := next_of(page):
        found["@iot.nextLink"] = link
    if page.moved:
        found["@shanhai.notReadUntil"] = page.moved
    found["value"] = [
        {
            f"{_one(multi)}@iot.navigationLink": f"{asked.root}/{_one(multi)}s({stream})",
            "components": names,
            "dataArray@iot.count": len(rows),
            "dataArray": rows,
        }
        for (stream, multi), rows in groups.items()
    ]
    return page, to_json(found), "application/json"


def _one(multi: bool) -> str:
    return "MultiDatastream" if multi else "Datastream"


def _csv(place: Place, options: Options, asked: Asked, _next_of: Callable[[Page], str]) -> Formatted:
    """With a line of names; what is no text or number is JSON. The page after is told by the header Link."""
    names = _columns(place, options)
    page = read_set(place, replace(options, select=tuple(names)), asked)
    lines = io.StringIO()
    writer = csv.writer(lines)
    writer.writerow(names)
    for entity in page.entities:
        writer.writerow([_cell(one) for one in _values(entity, names)])
    return page, lines.getvalue().encode(), "text/csv; charset=utf-8"


def _cell(value: Any) -> Any:
    return (
        value
        if value is None or (isinstance(value, (str, int, float)) and not isinstance(value, bool))
        else (to_json(value).decode())
    )


def _geojson(place: Place, options: Options, asked: Asked, next_of: Callable[[Page], str]) -> Formatted:
    named = _GEOMETRY.get(place.kind.key)
    if named is None:
        raise _only_for("Things, Locations, Datastreams, MultiDatastreams, FeaturesOfInterest")
    names = _columns(place, options)
    along = (Expansion("Locations", Options(select=("location",))),) if place.kind.key == "Thing" else ()
    select = (*names, named) if not along else tuple(names)
    page = read_set(place, replace(options, select=select, expand=along), asked)
    features = []
    for entity in page.entities:
        geometry = entity.get(named)
        if along:
            geometry = next((one["location"] for one in entity["Locations"] if "location" in one), None)
        if isinstance(geometry, dict) and geometry.get("type") == "Feature":
            geometry = geometry.get("geometry")
        shown = {one: value for one, value in zip(names, _values(entity, names), strict=True) if one != named}
        features.append({"type": "Feature", "geometry": geometry, "properties": shown})
    found: dict[str, Any] = {"type": "FeatureCollection", "features": features}
    if page.count is not None:
        found["numberMatched"] = page.count
    if link := next_of(page):
        found["@iot.nextLink"] = link
    return page, to_json(found), "application/geo+json"


def _only_for(sets: str) -> BadInput:
    return BadInput(gettext_noop("这种格式只能用于 %(given)s。"), "sta.format_of_others", given=sets)


_FORMATS: dict[str, _Format] = {"dataarray": _data_array, "csv": _csv, "geojson": _geojson}
