# SPDX-License-Identifier: Apache-2.0
"""What a body says of an entity: columns and links, checked against the table of 18-088. Nothing is asked of the store.

A value that is wrong is refused by the name of its property; a property nobody knows is no slip to be passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from shanhai.field.sensors.sta.rules.geometry import box_of, is_geojson
from shanhai.field.sensors.sta.rules.results import COMPLEX
from shanhai.field.sensors.sta.values import EntityType, Kind, Link, Property
from shanhai.field.sensors.store.rules.times import format_period, parse_period, parse_time
from shanhai.kernel.errors import BadInput, DomainError
from shanhai.kernel.messages import gettext_noop

_MOST = {"name": 255, "encodingType": 255, "observationType": 255, "definition": 2000}
# More would be a program's mistake; each is a row.
MOST_ENTITIES = 2000
TWO_DATASTREAMS = gettext_noop("一个观测值只能属于一个 Datastream 或一个 MultiDatastream。")
NOT_THERE = gettext_noop("%(name)s 指向的 %(id)s 不存在，或者您看不到它。")
_OBJECT = gettext_noop("%(name)s 须是一个 JSON 对象。")
_LIST = gettext_noop("%(name)s 须是一个数组。")
_UNIT = gettext_noop("%(name)s 的单位须是对象，写明 name、symbol、definition；没有的写 null。")


@dataclass(slots=True)
class Draft:
    """An entity as a body has it: ``columns`` by attribute of its model, ``links`` by name, ids or drafts each."""

    type: EntityType
    columns: dict[str, Any] = field(default_factory=dict)
    links: dict[str, list[int | Draft]] = field(default_factory=dict)

    @property
    def inline(self) -> bool:
        """Whether it brings related entities with it."""
        return any(isinstance(one, Draft) for many in self.links.values() for one in many)


def draft_of(
    kind: EntityType, body: Any, types: Mapping[str, EntityType], *, given: Collection[str] = (), whole: bool = True
) -> Draft:
    """The entity that ``body`` describes, with those within it. Raises BadInput.

    ``given`` are links that are known from elsewhere, as of what lies within another; with ``whole`` all that the
    standard asks for must be there.
    """
    return _Reader(types).read(kind, body, given, whole)


def inverse_of(link: Link, kind: EntityType, types: Mapping[str, EntityType]) -> Link:
    """The link that leads back, from the target of ``link`` to ``kind``."""
    target = types[link.target]
    return next(one for one in target.links if one.target == kind.key and one.paths[0] == link.back[0])


def reference_of(value: Any, name: str, *, bare: bool = False) -> int | None:
    """The id where ``value`` refers to an entity ({"@iot.id": 3}), else None. Raises BadInput for what is no id.

    What programs say of it beside its id, as some do, is not looked at, unless it is to be ``bare``.
    """
    if not isinstance(value, dict):
        raise BadInput(_OBJECT, "sta.link_no_object", field=name, name=name)
    if "@iot.id" not in value or (bare and any(not key.startswith("@iot.") for key in value)):
        return None
    key = value["@iot.id"]
    if type(key) is not int or not 0 <= key < 2**63:
        text = gettext_noop("%(name)s 的 @iot.id 须是整数。")
        raise BadInput(text, "sta.link_no_id", field=name, name=name)
    return key


def require_geometry(draft: Draft, encoding: object) -> None:
    """Raise BadInput where a location or feature that is encoded as GeoJSON is none."""
    if "west" in draft.columns and draft.columns["west"] is None and is_geojson(encoding):
        name = "location" if draft.type.key == "Location" else "feature"
        text = gettext_noop("%(name)s 不是可用的 GeoJSON：坐标先经度（-180 到 180）后纬度（-90 到 90），面要闭合。")
        raise BadInput(text, "sta.geometry", field=name, name=name)


class _Reader:
    def __init__(self, types: Mapping[str, EntityType]) -> None:
        self._types, self._left = types, MOST_ENTITIES

    def read(self, kind: EntityType, body: Any, given: Collection[str], whole: bool) -> Draft:
        if not isinstance(body, dict):
            raise BadInput(_OBJECT, "sta.body_no_object", name=kind.key)
        self._left -= 1
        if self._left < 0:
            text = gettext_noop("一次最多建 %(most)s 个实体。请分几次。")
            raise BadInput(text, "sta.too_many_entities", most=MOST_ENTITIES)
        draft = Draft(kind)
        for name, value in body.items():
            self._take(draft, name, value, whole)
        _finish(draft, body, whole)
        missing = [one.name for one in kind.properties if whole and one.required and one.name not in body]
        missing += [one.name for one in kind.links if whole and one.required and one.name not in {*draft.links, *given}]
        if missing:
            text = gettext_noop("%(kind)s 缺少 %(names)s。")
            raise BadInput(text, "sta.missing", field=missing[0], kind=kind.key, names=tuple(missing))
        return draft

    def _take(self, draft: Draft, name: str, value: Any, whole: bool) -> None:
        kind = draft.type
        if (known := kind.property(name)) is not None:
            if not known.computed:
                draft.columns.update(_COLUMNS[known.kind](known, value, draft.columns))
        elif (link := kind.link(name)) is not None:
            draft.links[name] = self._linked(kind, link, value, whole)
        elif "@iot." not in name:
            text = gettext_noop("%(kind)s 没有 %(name)s 这个属性。自己的内容请放在 properties 或 parameters 里。")
            raise BadInput(text, "sta.unknown_property", field=name[:80], kind=kind.key, name=name[:80])

    def _linked(self, kind: EntityType, link: Link, value: Any, whole: bool) -> list[int | Draft]:
        if link.many and not isinstance(value, list):
            raise BadInput(_LIST, "sta.link_no_list", field=link.name, name=link.name)
        found: list[int | Draft] = []
        for one in value if link.many else [value]:
            key = reference_of(one, link.name)
            if key is None and not whole:
                text = gettext_noop("修改时不能在 %(name)s 里带相关实体的内容，只能写 @iot.id。")
                raise BadInput(text, "sta.inline_in_change", field=link.name, name=link.name)
            given = {inverse_of(link, kind, self._types).name}
            found.append(self.read(self._types[link.target], one, given, True) if key is None else key)
        return found


def _finish(draft: Draft, body: Mapping[str, Any], whole: bool) -> None:
    """What takes more than one property to check or to fill in."""
    columns, key = draft.columns, draft.type.key
    require_geometry(draft, columns.get("encoding_type"))
    if key == "Datastream" and whole:
        columns["multi"] = False
    if key == "MultiDatastream":
        columns |= {"multi": True, "observation_type": COMPLEX}
        _require_aligned(draft, whole)


def _require_aligned(draft: Draft, whole: bool) -> None:
    """Units, types and observed properties of a MultiDatastream are as many, position by position."""
    sizes = {
        "unitOfMeasurements": draft.columns.get("unit"),
        "multiObservationDataTypes": draft.columns.get("multi_types"),
        "ObservedProperties": draft.links.get("ObservedProperties"),
    }
    counts = {name: len(many) for name, many in sizes.items() if many is not None}
    if len(set(counts.values())) > 1 or 0 in counts.values():
        text = gettext_noop("unitOfMeasurements、multiObservationDataTypes 和 ObservedProperties 须一样多，逐个对应。")
        raise BadInput(text, "sta.multi_not_aligned", field=next(iter(counts)))


def _text(known: Property, value: Any, _columns: Mapping[str, Any]) -> dict[str, Any]:
    most = _MOST.get(known.name)
    if not isinstance(value, str) or (most is not None and len(value) > most):
        text = gettext_noop("%(name)s 须是文字，最多 %(most)s 个字符。")
        no_limit = gettext_noop("%(name)s 须是文字。")
        raise BadInput(text if most else no_limit, "sta.no_text", field=known.name, name=known.name, most=most)
    return {known.columns[0]: value}


def _json(known: Property, value: Any, columns: Mapping[str, Any]) -> dict[str, Any]:
    if known.columns == ("extra",):
        return _extra(known, value, columns)
    if known.name == "properties" and not isinstance(value, dict | None):
        raise BadInput(_OBJECT, "sta.no_object", field=known.name, name=known.name)
    if known.name == "unitOfMeasurement":
        _require_unit(known.name, value)
    if known.name in ("unitOfMeasurements", "multiObservationDataTypes"):
        if not isinstance(value, list):
            raise BadInput(_LIST, "sta.no_list", field=known.name, name=known.name)
        for one in value:
            if known.name == "unitOfMeasurements":
                _require_unit(known.name, one)
            else:
                _text(known, one, columns)
    if known.required and value is None:
        text = gettext_noop("%(name)s 不能是 null。")
        raise BadInput(text, "sta.null", field=known.name, name=known.name)
    return {known.columns[0]: value}


def _require_unit(name: str, value: Any) -> None:
    if not isinstance(value, dict) or any(not isinstance(one, str | None) for one in value.values()):
        raise BadInput(_UNIT, "sta.unit", field=name, name=name)


def _extra(known: Property, value: Any, columns: Mapping[str, Any]) -> dict[str, Any]:
    if known.name == "parameters" and not isinstance(value, dict | None):
        raise BadInput(_OBJECT, "sta.no_object", field=known.name, name=known.name)
    if known.name == "validTime" and value is not None:
        value = format_period(*_at(known, parse_period, value))
    return {"extra": {**(columns.get("extra") or {}), known.name: value}}


def _geometry(known: Property, value: Any, _columns: Mapping[str, Any]) -> dict[str, Any]:
    if value is None:
        raise BadInput(gettext_noop("%(name)s 不能是 null。"), "sta.null", field=known.name, name=known.name)
    west, south, east, north = box_of(value) or (None,) * 4
    return {known.columns[0]: value, "west": west, "south": south, "east": east, "north": north}


def _time(known: Property, value: Any, _columns: Mapping[str, Any]) -> dict[str, Any]:
    return {known.columns[0]: None if value is None and not known.required else _at(known, parse_time, value)}


def _period(known: Property, value: Any, _columns: Mapping[str, Any]) -> dict[str, Any]:
    if value is None:
        return {}
    return dict(zip(known.columns, _at(known, parse_period, value), strict=True))


def _at(known: Property, parse: Callable[[Any], Any], value: Any) -> Any:
    """The time, or a refusal under the name of the property."""
    try:
        if isinstance(value, str):
            return parse(value)
        text = gettext_noop("%(name)s 须是 ISO 8601 文字，如 2026-03-01T00:00:00Z；时间段写成 开始/结束，中间用斜线。")
        raise BadInput(text, "sta.time_no_text", name=known.name)
    except DomainError as error:
        error.field = known.name
        raise


def _result(known: Property, value: Any, _columns: Mapping[str, Any]) -> dict[str, Any]:
    return {"result": value}


_COLUMNS: dict[Kind, Callable[[Property, Any, Mapping[str, Any]], dict[str, Any]]] = {
    Kind.TEXT: _text,
    Kind.JSON: _json,
    Kind.SPAN: _json,
    Kind.GEOMETRY: _geometry,
    Kind.TIME: _time,
    Kind.PERIOD: _period,
    Kind.RESULT: _result,
}
