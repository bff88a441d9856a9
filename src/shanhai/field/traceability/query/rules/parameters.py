# SPDX-License-Identifier: Apache-2.0
"""The parameters of the query language of EPCIS 2.0 (section 8.2.7.1), fixed ones and patterns, into conditions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from shanhai.field.traceability.events.rules.identifiers import canonical
from shanhai.field.traceability.events.rules.units import in_base
from shanhai.field.traceability.events.rules.vocabulary import BUILT_IN, expanded, full, qualified
from shanhai.field.traceability.query.rules import reading
from shanhai.field.traceability.query.values import (
    Condition,
    Field,
    Op,
    Operand,
    Place,
    Query,
    QueryParameter,
    QueryTooComplex,
    QueryValidation,
)
from shanhai.field.traceability.states import Action, EventType, Role
from shanhai.kernel.messages import gettext_noop

MOST_PARAMETERS = 100
_SHOWN = 80


class Given(NamedTuple):
    """A parameter as it was given; ``plain``: in an address, as text. ``names`` are the namespaces by prefix."""

    parameter: str
    value: Any
    plain: bool
    names: Mapping[str, str]


_Reader = Callable[[Given], tuple[Operand, ...]]

TYPES = {f"{one.name.title()}Event": one for one in EventType}
_SENSED = ("SENSORMETADATA", "SENSORREPORT")
_EPCS = (Role.EPC, Role.CHILD)
_CLASSES = (Role.QUANTITY, Role.CHILD_QUANTITY)
_ALL_CLASSES = (*_CLASSES, Role.INPUT_QUANTITY, Role.OUTPUT_QUANTITY)
_ALL_EPCS = (*_EPCS, Role.PARENT, Role.INPUT, Role.OUTPUT)
ANYTHING = frozenset((*_ALL_EPCS, *_ALL_CLASSES))


def _words(kind: str) -> _Reader:
    return lambda given: reading.words(given.parameter, given.value, kind, given.names, plain=given.plain)


def _identifiers(given: Given) -> tuple[str, ...]:
    found = reading.texts(given.parameter, given.value, plain=given.plain)
    return tuple(canonical(expanded(one, given.names)) for one in found)


def _exactly(given: Given) -> tuple[str, ...]:
    return tuple(reading.texts(given.parameter, given.value, plain=given.plain))


def _instant(given: Given) -> tuple[int]:
    return (reading.instant(given.parameter, given.value, plain=given.plain),)


def _number(given: Given) -> tuple[float]:
    return (reading.number(given.parameter, given.value, plain=given.plain),)


def _numbers(given: Given) -> tuple[float, ...]:
    return reading.numbers(given.parameter, given.value, plain=given.plain)


def _types(given: Given) -> tuple[str, ...]:
    found = _exactly(given)
    for one in found:
        if one not in TYPES and ":" not in one:
            text = gettext_noop("参数 %(parameter)s：没有“%(value)s”这种事件。标准的五种是 %(known)s。")
            known = tuple(TYPES)
            raise QueryParameter(text, field="eventType", parameter=given.parameter, value=one[:_SHOWN], known=known)
    return found


def _actions(given: Given) -> tuple[str, ...]:
    found = _exactly(given)
    known = [one.name for one in Action if one]
    for one in found:
        if one not in known:
            text = gettext_noop("参数 EQ_action 的值只能是 %(known)s，这里是“%(value)s”。")
            raise QueryParameter(text, field="EQ_action", known=tuple(known), value=one[:_SHOWN])
    return found


def _truth(given: Given) -> tuple[str, ...]:
    return ("true" if reading.flag(given.parameter, given.value, plain=given.plain) else "false",)


def _things(*roles: Role) -> tuple[Field, _Reader]:
    return Field(Place.THING, roles=frozenset(roles)), _identifiers


def _sensed(name: str, *wheres: str) -> Field:
    return Field(Place.FIELD, name, wheres or ("SENSORREPORT",))


# By parameter the field and how its value is read; the comparison is in the name.
_FIXED: dict[str, tuple[Field, _Reader]] = {
    "eventType": (Field(Place.TYPE), _types),
    "EQ_action": (Field(Place.ACTION), _actions),
    "EQ_bizStep": (Field(Place.STEP), _words("bizStep")),
    "EQ_disposition": (Field(Place.DISPOSITION), _words("disposition")),
    "EQ_readPoint": (Field(Place.READ_POINT), _identifiers),
    "EQ_bizLocation": (Field(Place.LOCATION), _identifiers),
    "EQ_eventID": (Field(Place.EVENT_ID), _exactly),
    "EQ_transformationID": _things(Role.TRANSFORMATION),
    "EQ_correctiveEventID": (Field(Place.THING, roles=frozenset((Role.CORRECTIVE,))), _exactly),
    "EQ_errorReason": (Field(Place.FIELD, "reason", ("ERROR_DECLARATION",)), _words("reason")),
    "MATCH_epc": _things(*_EPCS),
    "MATCH_parentID": _things(Role.PARENT),
    "MATCH_inputEPC": _things(Role.INPUT),
    "MATCH_outputEPC": _things(Role.OUTPUT),
    "MATCH_anyEPC": _things(*_ALL_EPCS),
    "MATCH_epcClass": _things(*_CLASSES),
    "MATCH_inputEPCClass": _things(Role.INPUT_QUANTITY),
    "MATCH_outputEPCClass": _things(Role.OUTPUT_QUANTITY),
    "MATCH_anyEPCClass": _things(*_ALL_CLASSES),
    "EQ_type": (_sensed("type"), _words("measurement")),
    "EQ_component": (_sensed("component"), _words("component")),
    "EQ_exception": (_sensed("exception"), _words("exception")),
    "EQ_stringValue": (_sensed("stringValue"), _exactly),
    "EQ_hexBinaryValue": (_sensed("hexBinaryValue"), _exactly),
    "EQ_booleanValue": (_sensed("booleanValue"), _truth),
    **{f"EQ_{one}": (_sensed(one), _identifiers) for one in ("microorganism", "chemicalSubstance", "uriValue")},
    **{
        f"EQ_{one}": (_sensed(one, *_SENSED), _identifiers)
        for one in ("deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "bizRules")
    },
    **{
        f"EQ_persistentDisposition_{one}": (
            Field(Place.FIELD, f"persistentDisposition_{one}", ("",)),
            _words("disposition"),
        )
        for one in ("set", "unset")
    },
}
_ORDERED: dict[str, tuple[Field, _Reader]] = {
    "eventTime": (Field(Place.EVENT_TIME), _instant),
    "recordTime": (Field(Place.RECORD_TIME), _instant),
    "time": (_sensed("time", *_SENSED), _instant),
    "startTime": (_sensed("startTime", "SENSORMETADATA"), _instant),
    "endTime": (_sensed("endTime", "SENSORMETADATA"), _instant),
    "quantity": (Field(Place.QUANTITY), _number),
    "percRank": (_sensed("percRank"), _number),
    # One way in the description of the interface, the other in the schema of queries.
    "errorDeclarationTime": (Field(Place.FIELD, "declarationTime", ("ERROR_DECLARATION",)), _instant),
    "errorDeclaration_Time": (Field(Place.FIELD, "declarationTime", ("ERROR_DECLARATION",)), _instant),
}
_EXISTING = {
    "EXISTS_errorDeclaration": Field(Place.DECLARED),
    "EXISTS_sensorElementList": Field(Place.SENSED),
}
_PAIRS = {
    "bizTransaction": (Role.TRANSACTION, "transaction"),
    "source": (Role.SOURCE, "party"),
    "destination": (Role.DESTINATION, "party"),
}
_COMPARED = re.compile(r"(EQ|GT|GE|LT|LE)_(\w+)", re.ASCII)
_MEASURED = re.compile(
    r"(EQ|GT|GE|LT|LE)_(value|minValue|maxValue|meanValue|sDev|percValue|quantity)_([A-Z0-9]{1,4})", re.ASCII
)
_PAIR = re.compile(r"EQ_(bizTransaction|source|destination)_(.+)")
_EXTENSION = re.compile(
    r"(EQ|GT|GE|LT|LE|EXISTS)_(INNER_)?"
    r"(?:(ILMD|ERROR_DECLARATION|SENSORELEMENT|SENSORMETADATA|SENSORREPORT|readPoint|bizLocation)_)?([^_].*)"
)
_MASTER_DATA = re.compile(r"(?:WD|HASATTR|EQATTR|EQ_ATTR)_.+")
_ORDERING = ("orderBy", "orderDirection", "eventCountLimit", "maxEventCount")


def parse(asked: Iterable[tuple[str, Any]], names: Mapping[str, str], *, plain: bool) -> Query:
    """The query of these parameters; ``plain`` where they come from an address.

    ``names`` are the namespaces of extensions by prefix, beside those of the standard. Raises QueryParameter,
    QueryValidation and QueryTooComplex, whose field is the parameter.
    """
    seen: dict[str, Given] = {}
    known = {**BUILT_IN, **names}
    for parameter, value in asked:
        if parameter in seen:
            text = gettext_noop("参数 %(parameter)s 写了两次。请合成一个，几个值之间用 | 分开。")
            raise QueryParameter(text, field=parameter, parameter=parameter[:_SHOWN])
        seen[parameter] = Given(parameter, value, plain, known)
    if len(seen) > MOST_PARAMETERS:
        text = gettext_noop("有 %(count)s 个参数，最多 %(most)s 个。请分几次查。")
        raise QueryTooComplex(text, count=len(seen), most=MOST_PARAMETERS)
    found = [one for given in seen.values() if given.parameter not in _ORDERING for one in _conditions(given)]
    declared = any(_asks_for_errors(one.field) for one in found)
    return _ordered(Query(tuple(found), declared=declared), seen)


def _asks_for_errors(field: Field) -> bool:
    return (
        field.place in (Place.EVENT_ID, Place.DECLARED)
        or Role.CORRECTIVE in field.roles
        or any(where.endswith("ERROR_DECLARATION") for where in field.wheres)
    )


def _conditions(given: Given) -> list[Condition]:
    parameter = given.parameter
    if known := _FIXED.get(parameter):
        return [Condition(parameter, known[0], Op.EQ, known[1](given))]
    if parameter in _EXISTING:
        return _exists(given, _EXISTING[parameter])
    if (found := _COMPARED.fullmatch(parameter)) and found[2] in _ORDERED:
        field, read = _ORDERED[found[2]]
        if found[1] == Op.EQ and read is _number:
            read = _numbers
        return [Condition(parameter, field, Op(found[1]), read(given))]
    if found := _MEASURED.fullmatch(parameter):
        return [_measured(given, Op(found[1]), found[2], found[3])]
    if found := _PAIR.fullmatch(parameter):
        role, kind = _PAIRS[found[1]]
        field = Field(Place.PAIR, full(kind, found[2], given.names), roles=frozenset((role,)))
        return [Condition(parameter, field, Op.EQ, _identifiers(given))]
    if _MASTER_DATA.fullmatch(parameter):
        text = gettext_noop("%(parameter)s 要用主数据，这里没有主数据。请把下级的标识都列出来，用 EQ_ 参数来查。")
        raise QueryValidation(text, field=parameter, parameter=parameter[:_SHOWN])
    if found := _EXTENSION.fullmatch(parameter):
        return _of_extension(given, found)
    raise _unknown(parameter)


def _measured(given: Given, op: Op, name: str, unit: str) -> Condition:
    base = in_base(unit, 0)[0]
    operands = _numbers(given) if op == Op.EQ else _number(given)
    field = Field(Place.QUANTITY, unit=base) if name == "quantity" else replace(_sensed(name), unit=base)
    return Condition(given.parameter, field, op, tuple(based(name, unit, one) for one in operands))


def based(name: str, unit: str, number: float) -> float:
    """A number of that unit in the base unit; a deviation is a difference, which no zero of a scale shifts."""
    return in_base(unit, number)[1] - (in_base(unit, 0)[1] if name == "sDev" else 0)


def _of_extension(given: Given, found: re.Match[str]) -> list[Condition]:
    op, inner, where, name = found.groups()
    if ":" not in name:
        raise _unknown(given.parameter)
    field = Field(Place.FIELD, _name(given, name), ("_".join(filter(None, ("INNER" if inner else "", where))),))
    if op == Op.EXISTS:
        return _exists(given, field)
    if op == Op.EQ:
        operands = reading.mixed(given.parameter, given.value, plain=given.plain)
        spelt = (canonical(expanded(one, given.names)) if isinstance(one, str) else one for one in operands)
        return [Condition(given.parameter, field, Op.EQ, tuple(spelt))]
    measure = reading.measure(given.parameter, given.value, plain=given.plain)
    return [Condition(given.parameter, field, Op(op), (measure,))]


def _name(given: Given, name: str) -> str:
    spelt = name if name.startswith("{") else qualified(name, given.names)
    if not spelt.startswith("{"):
        prefix = name.partition(":")[0]
        text = gettext_noop(
            "参数 %(parameter)s：前缀“%(prefix)s”没有声明。请在 GS1-Extensions 头里写“前缀=命名空间”，或写进 @context。"
        )
        raise QueryParameter(text, field=given.parameter, parameter=given.parameter[:_SHOWN], prefix=prefix[:_SHOWN])
    return spelt


def _exists(given: Given, field: Field) -> list[Condition]:
    asked = reading.flag(given.parameter, given.value, plain=given.plain)
    return [Condition(given.parameter, field, Op.EXISTS)] if asked else []


def _unknown(parameter: str) -> QueryParameter:
    text = gettext_noop("没有“%(parameter)s”这个参数。请核对拼写；扩展字段要写成“前缀:名称”。")
    return QueryParameter(text, field=parameter[:_SHOWN], parameter=parameter[:_SHOWN])


def _ordered(query: Query, seen: Mapping[str, Given]) -> Query:
    """The query with the order and the limits that it asks for."""
    by, direction, limit, most = (seen.get(name) for name in _ORDERING)
    if by is not None:
        query = replace(query, order=_order(by))
    if direction is not None:
        if direction.value not in ("ASC", "DESC"):
            text = gettext_noop("参数 orderDirection 的值只能是 ASC 或 DESC，这里是“%(value)s”。")
            raise QueryParameter(text, field="orderDirection", value=str(direction.value)[:_SHOWN])
        query = replace(query, ascending=direction.value == "ASC")
    if limit is not None and most is not None:
        text = gettext_noop("eventCountLimit 和 maxEventCount 不能一起用。请去掉一个。")
        raise QueryParameter(text, field="maxEventCount")
    if limit is not None:
        if by is None:
            text = gettext_noop("用 eventCountLimit 要写明 orderBy：按什么排，前几个才有意义。")
            raise QueryParameter(text, field="eventCountLimit")
        query = replace(query, limit=reading.whole("eventCountLimit", limit.value, least=1, plain=limit.plain))
    if most is not None:
        query = replace(query, most=reading.whole("maxEventCount", most.value, least=0, plain=most.plain))
    return query


def _order(given: Given) -> Field:
    value = given.value
    if value in ("eventTime", "recordTime"):
        return _ORDERED[value][0]
    if not isinstance(value, str) or ":" not in value:
        text = gettext_noop(
            "参数 orderBy 的值只能是 eventTime、recordTime 或“前缀:名称”的扩展字段，这里是“%(value)s”。"
        )
        raise QueryParameter(text, field="orderBy", value=str(value)[:_SHOWN])
    return Field(Place.FIELD, _name(given, value), ("",))


_RESOURCES = {
    "events": Field(Place.EVENT_ID),
    "eventTypes": Field(Place.TYPE),
    "epcs": Field(Place.THING, roles=ANYTHING),
    "bizSteps": Field(Place.STEP),
    "bizLocations": Field(Place.LOCATION),
    "readPoints": Field(Place.READ_POINT),
    "dispositions": Field(Place.DISPOSITION),
}


def of_resource(kind: str) -> Field:
    """The field of events in which a top-level resource stands."""
    return _RESOURCES[kind]
