# SPDX-License-Identifier: Apache-2.0
"""Whether a document has the structure of EPCIS 2.0: what the official schema asks, from a table of our own.

A line of the table is an object with its fields: ``!`` must be there; behind a colon the type of its value, in brackets
a list of them, with ``+`` one that is not empty, with ``*`` one without repeats. ``|uri`` says that other fields must
have a namespace, ``|none`` that there may be none, ``|some`` the same and that one must be there, ``|any`` that they
may be anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from shanhai.field.traceability.events.rules.vocabulary import FULL, RENAMED
from shanhai.field.traceability.events.values import Fault, Path, first_repeated
from shanhai.kernel.messages import Message, first_of, gettext_noop, message

_HOW = "bizStep:bizStep disposition:disposition persistentDisposition:lasting readPoint:place bizLocation:place"
_WHY = "sourceList:[source] destinationList:[destination] sensorElementList:[sensorElement]"
_COMMON = (
    "@context:context type!:string eventTime!:time recordTime:time eventTimeZoneOffset!:offset eventID:uri"
    " certificationInfo:uris errorDeclaration:errorDeclaration"
)
_DEVICE = "deviceID:uri deviceMetadata:uri rawData:uri dataProcessingMethod:uri bizRules:uri time:time"
_BIZ = "bizTransactionList:[bizTransaction]"
_CHILDREN = "childEPCs:[uri] childQuantityList:[quantityElement] action!:action"
_TABLE = f"""
EPCISDocument|uri @context!:context id:uri type!:string schemaVersion!:version creationDate!:time sender:string
 instanceIdentifier:string receiver:string epcisHeader:epcisHeader epcisBody!:body
EPCISQueryDocument|uri @context!:context id:uri type!:string schemaVersion:version creationDate:time
 epcisBody!:queryBody
body|any eventList!:[event]
queryBody|uri queryResults!:queryResults
queryResults|uri queryName!:string subscriptionID:string resultsBody!:resultsBody
resultsBody|uri eventList!:[event] vocabularyList:[vocabulary]
epcisHeader|uri epcisMasterData:masterData
masterData|any vocabularyList:[vocabulary]
vocabulary|any type!:uri vocabularyElementList:[vocabularyElement]
vocabularyElement|any id!:uri attributes:[attribute] children:[uri]
attribute|any id!:uri attribute:value
errorDeclaration|uri declarationTime!:time reason:reason correctiveEventIDs:[uri]
quantityElement|none epcClass!:uri quantity:number uom:uom
lasting|some set:[disposition]+* unset:[disposition]+*
place|any id!:uri
bizTransaction|none type:transaction bizTransaction!:uri
source|none type!:party source!:uri
destination|none type!:party destination!:uri
sensorElement|uri sensorMetadata:sensorMetadata sensorReport!:[sensorReport]+
sensorMetadata|uri {_DEVICE} startTime:time endTime:time
sensorReport|uri type!:measurement exception:exception {_DEVICE} microorganism:uri chemicalSubstance:uri
 coordinateReferenceSystem:uri value:number component:component stringValue:string booleanValue:boolean
 hexBinaryValue:hex uriValue:uri minValue:number maxValue:number meanValue:number sDev:number percRank:number
 percValue:number uom:string
ilmd|uri
ObjectEvent|uri {_COMMON} epcList:[uri]* quantityList:[quantityElement] action!:action {_HOW} {_BIZ} {_WHY} ilmd:ilmd
AggregationEvent|uri {_COMMON} parentID:uri {_CHILDREN} {_HOW} {_BIZ} {_WHY}
AssociationEvent|uri {_COMMON} parentID!:uri {_CHILDREN} {_HOW} {_BIZ} {_WHY}
TransactionEvent|uri {_COMMON} parentID:uri epcList:[uri] quantityList:[quantityElement] action!:action {_HOW} {_WHY}
 bizTransactionList!:[bizTransaction]+
TransformationEvent|uri {_COMMON} inputEPCList:[uri]* inputQuantityList:[quantityElement] outputEPCList:[uri]*
 outputQuantityList:[quantityElement] transformationID:uri {_HOW} {_BIZ} {_WHY} ilmd:ilmd
Extended|any {_COMMON} epcList:[uri] quantityList:[quantityElement] parentID:uri childEPCs:[uri]
 childQuantityList:[quantityElement] inputEPCList:[uri] inputQuantityList:[quantityElement] outputEPCList:[uri]
 outputQuantityList:[quantityElement] transformationID:uri action:action {_HOW} {_BIZ} {_WHY} ilmd:ilmd
"""
_Check = Callable[[Any, Path, list[Fault]], None]
_SHOWN = 60
_MOST_CONTEXTS, _MOST_LEVELS = 200, 50
# Of a number: before the point, and in all.
_MOST_DIGITS, _MOST_SIGNS = 60, 300
# To look for the word that was meant takes long; nobody reads so many hints.
_MOST_HINTS = 200


def _signs(more: str) -> str:
    """Any of RFC 3986, section 2, and of ``more``; possessive, so that a long text is read once."""
    return rf"(?:[A-Za-z0-9\-._~!$&'()*+,;={more}]++|%[0-9A-Fa-f]{{2}})*+"


_URI = re.compile(
    rf"[A-Za-z][A-Za-z0-9+.\-]*:(?://(?:{_signs(':')}@)?{_signs('')}(?::\d*)?(?=[/?#]|\Z)|(?!//))"
    rf"{_signs(':@/')}(?:\?{_signs(':@/?')})?(?:#{_signs(':@/?')})?",
    re.ASCII,
)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00)", re.ASCII)
_STANDARD = re.compile(r"urn:epcglobal:cbv|https?://ns\.gs1\.org/cbv/|https?://(?:www\.)?gs1\.org/voc/")
_BARE = re.compile(r"\(\d{2,4}\).+")


def is_time(text: str) -> bool:
    """Whether it is an instant with its offset from UTC."""
    if _TIME.fullmatch(text) is None:
        return False
    try:
        # Within a day of the first and the last of all days there may be no such instant in UTC.
        datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return False
    return True


def _scalar(fits: Callable[[Any], bool], remedy: str) -> _Check:
    def check(value: Any, path: Path, found: list[Fault]) -> None:
        if not fits(value):
            found.append(Fault(path, "schema", _misfit(path, value), message(remedy)))

    return check


def _text(pattern: str) -> Callable[[Any], bool]:
    matches = re.compile(pattern, re.ASCII).fullmatch
    return lambda value: isinstance(value, str) and matches(value) is not None


def _is_uri(value: Any) -> bool:
    return isinstance(value, str) and _URI.fullmatch(value) is not None


def _is_context(value: Any) -> bool:
    many = value if isinstance(value, list) else [value]
    once = len(many) <= _MOST_CONTEXTS and all(one not in many[:at] for at, one in enumerate(many))
    return once and all(isinstance(one, dict) or _is_uri(one) for one in many)


def _is_number(value: Any) -> bool:
    """A number of so many digits that whoever reads it can reckon with it."""
    if isinstance(value, Decimal):
        return value.is_finite() and value.adjusted() < _MOST_DIGITS and len(value.as_tuple().digits) <= _MOST_SIGNS
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**_MOST_DIGITS


_TYPES: dict[str, _Check] = {
    "string": _scalar(lambda value: isinstance(value, str), gettext_noop("请写成文字，放在引号里。")),
    "number": _scalar(_is_number, gettext_noop("请写成数，不加引号，不带单位，不超过 60 位。")),
    "boolean": _scalar(lambda value: isinstance(value, bool), gettext_noop("请写 true 或 false。")),
    "value": _scalar(
        lambda one: _is_number(one) or isinstance(one, str | dict), gettext_noop("请写文字、数或者对象。")
    ),
    "hex": _scalar(_text("[A-Fa-f0-9]+"), gettext_noop("请写十六进制，例如 f0f0。")),
    "uom": _scalar(_text("[A-Z0-9]{2,3}"), gettext_noop("请写 UNECE 第 20 号建议书的单位代码，例如 KGM。")),
    "action": _scalar(
        lambda value: value in ("ADD", "OBSERVE", "DELETE"), gettext_noop("请写 ADD、OBSERVE 或 DELETE。")
    ),
    "version": _scalar(_text(r"\d+(\.\d+)*"), gettext_noop("请写版本号，例如 2.0。")),
    "offset": _scalar(_text(r"[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00)"), gettext_noop("请写与 UTC 的时差，例如 +08:00。")),
    "time": _scalar(
        lambda value: isinstance(value, str) and is_time(value),
        gettext_noop("请写成 2026-11-22T10:00:00+08:00：写明时区，日期要存在。"),
    ),
    "context": _scalar(_is_context, gettext_noop("请写上下文的网址和前缀，例如 [网址, {前缀: 命名空间}]，不要重复。")),
}


def _check_uri(value: Any, path: Path, found: list[Fault]) -> None:
    if _is_uri(value):
        return
    remedy = gettext_noop("请写完整的 URI，例如 https://id.gs1.org/01/…；特殊字符要转义。")
    if isinstance(value, str) and _BARE.fullmatch(value):
        remedy = gettext_noop("括号写法不能用在这里：请改成 https://id.gs1.org/01/…/21/… 这样的网址。")
    found.append(Fault(path, "schema", _misfit(path, value), message(remedy)))


def _check_uris(value: Any, path: Path, found: list[Fault]) -> None:
    for at, one in enumerate(value) if isinstance(value, list) else [(None, value)]:
        _check_uri(one, path if at is None else (*path, at), found)


def _word(kind: str) -> _Check:
    words = FULL[kind]

    def check(value: Any, path: Path, found: list[Fault]) -> None:
        if isinstance(value, str) and (value in words or (_is_uri(value) and not _STANDARD.match(value))):
            return
        word = value.rpartition("/")[2].rpartition(":")[2].rpartition("-")[2] if isinstance(value, str) else ""
        known = [one for one in words if one not in RENAMED]
        near = get_close_matches(word[:_SHOWN], known, 1) if len(found) < _MOST_HINTS else []
        listed = first_of(known, 12)
        text = gettext_noop("标准里的词有：%(words)s。自己的词要写成完整的 URI。")
        if near:
            text = gettext_noop("是不是“%(near)s”？标准的词直接写；自己的词要写成完整的 URI。")
        remedy = message(text, near=near[0]) if near else message(text, words=listed)
        found.append(Fault(path, "vocabulary", _misfit(path, value), remedy))

    return check


def _list(one: _Check, *, full: bool, once: bool) -> _Check:
    def check(value: Any, path: Path, found: list[Fault]) -> None:
        if not isinstance(value, list):
            found.append(Fault(path, "schema", _misfit(path, value), message(gettext_noop("请写成列表：[ … ]。"))))
            return
        if full and not value:
            said = message(gettext_noop("“%(name)s”是空的。"), name=_name(path))
            found.append(Fault(path, "schema", said, message(gettext_noop("请至少写一项，或者删去。"))))
        for at, item in enumerate(value):
            one(item, (*path, at), found)
        texts = once and all(isinstance(item, str) for item in value)
        if texts and (again := first_repeated(value)) > 0:
            twice = value[again][:_SHOWN]
            said = message(gettext_noop("“%(name)s”里“%(value)s”写了两次。"), name=_name(path), value=twice)
            found.append(Fault(path, "schema", said, message(gettext_noop("请删去重复的。"))))

    return check


def _object(name: str, fields: Mapping[str, _Check], needed: tuple[str, ...], rest: str) -> _Check:
    def check(value: Any, path: Path, found: list[Fault]) -> None:
        if not isinstance(value, dict):
            found.append(Fault(path, "schema", _misfit(path, value), message(gettext_noop("请写成对象：{ … }。"))))
            return
        for key, one in value.items():
            part = fields.get(key)
            if part is not None:
                part(one, (*path, key), found)
            elif rest != "any" and (rest != "uri" or not _is_uri(key)):
                found.append(_foreign((*path, key), key, rest, {} if len(found) > _MOST_HINTS else fields))
            elif isinstance(one, dict | list) and (wrong := _misshapen(one)):
                said = message(wrong, key=key[:_SHOWN])
                found.append(Fault((*path, key), "schema", said, message(gettext_noop("请核对是不是写错了。"))))
        if rest == "some" and not value:
            said = message(gettext_noop("“%(name)s”是空的。"), name=_name(path))
            found.append(Fault(path, "schema", said, message(gettext_noop("请至少写一项，或者删去。"))))
        for key in needed:
            if key not in value:
                said = message(gettext_noop("“%(name)s”里缺少“%(key)s”。"), name=_name(path) or name, key=key)
                found.append(Fault(path, "schema", said, message(gettext_noop("请补上。"))))

    return check


_DEEP = gettext_noop("“%(key)s”嵌套太深。")
_NO_TEXT = gettext_noop("“%(key)s”里的 #text 应是文字或数。")


def _misshapen(value: Any) -> str:
    """What is wrong with how an extension is built; "" for nothing."""
    level = [value]
    for _ in range(_MOST_LEVELS):
        if any(isinstance(one, dict) and isinstance(one.get("#text", ""), dict | list | None) for one in level):
            return _NO_TEXT
        within = [x for one in level for x in (one.values() if isinstance(one, dict) else one)]
        level = [one for one in within if isinstance(one, dict | list)]
    return _DEEP if level else ""


def _foreign(path: Path, key: str, rest: str, fields: Mapping[str, _Check]) -> Fault:
    said = message(gettext_noop("这里不能有“%(key)s”。"), key=key[:_SHOWN])
    if near := get_close_matches(key[:_SHOWN], fields, 1, 0.8):
        return Fault(path, "schema", said, message(gettext_noop("是不是“%(near)s”？"), near=near[0]))
    text = gettext_noop("请删去。")
    if rest == "uri":
        text = gettext_noop("自己的字段要有命名空间：写成“前缀:名称”，并在 @context 里声明前缀。")
        return Fault(path, "namespace", said, message(text))
    return Fault(path, "schema", said, message(text))


def _event(value: Any, path: Path, found: list[Fault]) -> None:
    kind = value.get("type") if isinstance(value, dict) else None
    if isinstance(kind, str) and kind in _EVENTS:
        before = len(found)
        _OBJECTS[kind](value, path, found)
        if len(found) == before:
            _shape(kind, value, path, found)
        return
    if isinstance(kind, str) and not _is_uri(kind):
        text = gettext_noop("请写 %(kinds)s；自己的类型要写成完整的 URI。")
        found.append(Fault((*path, "type"), "schema", _misfit((*path, "type"), kind), message(text, kinds=_EVENTS)))
    _OBJECTS["Extended"](value, path, found)


_EVENTS = ("ObjectEvent", "AggregationEvent", "TransactionEvent", "TransformationEvent", "AssociationEvent")
# What must be there beside the fields themselves: of each group one that is not empty ("?": it may be).
_WHAT: dict[str, tuple[tuple[str, ...], ...]] = {
    "ObjectEvent": (("epcList?", "quantityList", "sensorElementList"),),
    "AggregationEvent": (("childEPCs", "childQuantityList"),),
    "AssociationEvent": (("childEPCs", "childQuantityList"),),
    "TransactionEvent": (("epcList?", "quantityList"),),
    "TransformationEvent": (("inputEPCList", "inputQuantityList"), ("outputEPCList", "outputQuantityList")),
}


def _shape(kind: str, event: Mapping[str, Any], path: Path, found: list[Fault]) -> None:
    """What of several fields one must be there, and what may not stand together."""
    groups = _WHAT[kind]
    if event.get("action") == "DELETE" and kind != "ObjectEvent":
        groups = ()
    elif kind == "TransformationEvent" and "transformationID" in event:
        groups = (groups[0] + groups[1],)
    for group in groups:
        if not any(event.get(name) if name[-1] != "?" else name[:-1] in event for name in group):
            said = message(
                gettext_noop("没有写是什么东西：%(names)s 都没有。"), names=tuple(n.strip("?") for n in group)
            )
            found.append(Fault(path, "schema", said, message(gettext_noop("请至少写其中一项。"))))
    if kind == "ObjectEvent":
        bare = "epcList" not in event and not event.get("quantityList")
        if bare and event.get("sensorElementList") and "readPoint" not in event:
            said = message(gettext_noop("只有传感器数据的事件缺少“readPoint”，不知道测的是哪里。"))
            found.append(Fault(path, "schema", said, message(gettext_noop("请补上。"))))
        if "ilmd" in event and event["action"] != "ADD":
            said = message(gettext_noop("“ilmd”只能在 action 为 ADD 的事件里。"))
            found.append(Fault((*path, "ilmd"), "schema", said, message(gettext_noop("请删去，或者改 action。"))))


def _compile() -> dict[str, _Check]:
    made: dict[str, _Check] = {}

    def find(name: str) -> _Check:
        if name[0] == "[":
            inner, _, marks = name[1:].partition("]")
            return _list(find(inner), full="+" in marks, once="*" in marks)
        known = _TYPES.get(name)
        # Found when it is asked, since an object may come further down the table.
        return known or (lambda value, path, found: made[name](value, path, found))

    for line in _TABLE.strip().replace("\n ", " ").splitlines():
        head, *words = line.split()
        name, _, rest = head.partition("|")
        parts = [word.partition(":") for word in words]
        fields = {key.rstrip("!"): find(kind) for key, _, kind in parts}
        made[name] = _object(name, fields, tuple(key[:-1] for key, _, _ in parts if key[-1] == "!"), rest)
    return made


_TYPES |= {"uri": _check_uri, "uris": _check_uris, "event": _event, **{kind: _word(kind) for kind in FULL}}
_OBJECTS = _compile()


def check_structure(root: Mapping[str, Any]) -> list[Fault]:
    """The faults of a document, or of one event by itself, in the order of the document."""
    found: list[Fault] = []
    kind = root.get("type")
    if isinstance(kind, str) and kind in ("EPCISDocument", "EPCISQueryDocument"):
        _OBJECTS[kind](root, (), found)
        return found
    _event(root, (), found)
    if "@context" not in root:
        said = message(gettext_noop("“%(name)s”里缺少“%(key)s”。"), name=str(kind)[:_SHOWN], key="@context")
        found.append(Fault((), "schema", said, message(gettext_noop("请补上。"))))
    return found


def _name(path: Path) -> str:
    return next((str(one) for one in reversed(path) if isinstance(one, str)), "")


def _misfit(path: Path, value: Any) -> Message:
    shown = value if isinstance(value, str) else type(value).__name__ if isinstance(value, dict | list) else str(value)
    return message(gettext_noop("“%(name)s”的值“%(value)s”不合格式。"), name=_name(path), value=shown[:_SHOWN])
