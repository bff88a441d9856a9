# SPDX-License-Identifier: Apache-2.0
"""What a phone takes along of a county: its outline, and what lies in it by layer, in words, as the viewer may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import shapely
import structlog

from shanhai.base.accounts.permissions import Permission
from shanhai.base.formats import named, say
from shanhai.insight.map.desk.selectors import LEFT, lies_within, outlines, sources_of, worded
from shanhai.insight.map.editions.selectors import list_layers
from shanhai.insight.map.editions.services import current
from shanhai.insight.map.editions.values import Edition
from shanhai.insight.map.ogc.rules.styling import SIGNS
from shanhai.insight.map.ogc.selectors.items import items_of
from shanhai.insight.map.ogc.values import Wanted
from shanhai.kernel.actors import Actor, place_prefix
from shanhai.kernel.errors import DomainError, NotVisible
from shanhai.kernel.maps import MapLayer
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.planning.programmes.core.selectors.programmes import list_programmes
from shanhai.registers.places.selectors import list_counties_of, outlines_of

log = structlog.get_logger("shanhai.map")

# Of what is kept on phones: another form of it, another ETag.
_FORM = "1"
_BROKEN = message(gettext_noop("暂时读不出来。其他图层不受影响；请告诉系统管理员。"))
# Of areas, in degrees: about 30 metres, written to a metre.
_DETAIL, _DIGITS = 0.0003, 5


@dataclass(frozen=True, slots=True)
class Opened:
    """A layer with its edition of today; without one, why."""

    layer: MapLayer
    edition: Edition | None
    failed: Message | str = ""


def list_areas(*, viewer: Actor) -> list[tuple[Any, list[Any]]]:
    """The programmes that the viewer sees, each with its counties that have an outline; of who is bound to one county
    that one."""
    found = []
    for one in list_programmes(viewer=viewer):
        home = viewer.confined_to(Permission.PROGRAMME_VIEW, programme=one.code)
        found.append((one, _counties(home or one.recipient.code)))
    return found


def area_named(code: str, *, viewer: Actor) -> Any:
    """The county, of a programme that the viewer sees. Raises NotVisible."""
    around = (place_prefix(one.recipient.code) for one in list_programmes(viewer=viewer))
    found = _counties(code) if any(code.startswith(one) for one in around) else []
    county = next((one for one in found if one.code == code), None)
    if county is None:
        raise NotVisible(gettext_noop("没有找到这个县，或者它不在您能看到的对口支援里。请重新选。"))
    return county


def opened(*, by: Actor, at: datetime) -> list[Opened]:
    """The layers that the viewer sees of things within a county, in their order. One that fails says so."""
    found = []
    for layer in list_layers(viewer=by):
        if not lies_within(layer):
            continue
        try:
            found.append(Opened(layer, current(layer=layer, by=by, at=at)))
        except DomainError as error:
            found.append(Opened(layer, None, error.message))
        except Exception:
            log.exception("a layer failed", layer=layer.key)
            found.append(Opened(layer, None, _BROKEN))
    return found


def tag_of(area: Any, layers: Sequence[Opened], *, most: int) -> str:
    """What stands for all that is said of an area."""
    digests = [(one.layer.key, one.edition.digest if one.edition else "") for one in layers]
    return repr((_FORM, area.code, area.name, area.changed_at, most, digests))


def read(area: Any, layers: Sequence[Opened], *, viewer: Actor, most: int) -> dict[str, Any]:
    """The area in words, with at most ``most`` features, layer by layer; of each layer how many are beyond that."""
    outline = outlines_of([area.code])[area.code]
    told: list[dict[str, Any]] = []
    for one in layers:
        told.append(_told(one, outline, viewer, most))
        most -= len(told[-1]["features"])
    return {
        "code": area.code,
        "name": named(area),
        "outline": orjson.Fragment(outlines([area])),
        "layers": told,
        "whole": all(not one["failed"] for one in told),
    }


def _counties(code: str) -> list[Any]:
    return list(list_counties_of(code).exclude(outline=None).order_by("code"))


def _told(one: Opened, outline: Any, viewer: Actor, most: int) -> dict[str, Any]:
    layer = one.layer
    said = {"key": layer.key, "label": say(layer.label), "mark": layer.mark, "failed": say(one.failed)}
    if one.edition is None:
        return {**said, "more": 0, "features": []}
    try:
        found = items_of(one.edition, layer, Wanted(most, box=outline.bounds, outline=outline))
        sources = sources_of(layer, found.ids, viewer=viewer)
        features = [
            _feature(layer, *each, sources.get(each[0]))
            for each in zip(found.ids, found.shapes, found.values, strict=True)
        ]
    except Exception:
        log.exception("a layer failed", layer=layer.key)
        return {**said, "failed": say(_BROKEN), "more": 0, "features": []}
    return {**said, "more": found.matched - len(features), "features": features}


def _feature(layer: MapLayer, thing: str, shape: Any, values: Sequence[Any], source: Any) -> dict[str, Any]:
    by_name = {field.name: value for field, value in zip(layer.fields, values, strict=True)}
    told = [(field, by_name[field.name]) for field in layer.fields if field.name not in LEFT]
    state = next((field for field in layer.fields if field.name == layer.toned), None)
    tone = layer.tones.get(by_name.get(layer.toned))
    at = shape if layer.geometry == "Point" else shape.representative_point()
    feature = {
        "id": thing,
        # Short, for a small screen: the label of a thing may have its code before it.
        "name": str(by_name.get("name") or (source.label if source else thing)),
        "url": source.url if source else "",
        "at": [round(at.x, _DIGITS), round(at.y, _DIGITS)],
        "tone": tone or "",
        "sign": SIGNS[tone] if tone else "",
        "state": say(worded(state, by_name[state.name])) if state else "",
        "provenance": by_name.get("provenance") or "",
        "said": [[say(field.label), say(worded(field, value))] for field, value in told if value not in (None, "")],
    }
    if layer.geometry != "Point":
        simple = shapely.set_precision(shapely.simplify(shape, _DETAIL), 10**-_DIGITS, mode="pointwise")
        feature["shape"] = orjson.Fragment(shapely.to_geojson(simple))
    return feature
