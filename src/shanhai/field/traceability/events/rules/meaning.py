# SPDX-License-Identifier: Apache-2.0
"""What no schema catches in an event: namespaces, times, sensors, identifiers, and what no single event may say.

What the official examples do against the text of the standard is a warning, so that they stay valid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from shanhai.field.traceability.events.rules.hashing import hash_id
from shanhai.field.traceability.events.rules.identifiers import canonical, misspelt, wrong_check_digit
from shanhai.field.traceability.events.rules.vocabulary import CBV, FULL, RENAMED, UNITS, VOC, expanded, full, names_of
from shanhai.field.traceability.events.values import Event, Fault, Path, first_repeated
from shanhai.kernel.findings import Severity
from shanhai.kernel.messages import Message, first_of, gettext_noop, message

_SHOWN = 60
# Signs of an identifier: lists of recalls have room for no more.
_LONGEST = 500
_LISTS = ("epcList", "childEPCs", "inputEPCList", "outputEPCList")
_QUANTITIES = ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList")
_DEVICE = ("deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "bizRules")
_SCHEMES = ("urn", "http", "https", "geo", "ni", "tag", "mailto", "tel", "did", "data")
_KNOWN_UNITS = {unit for units in UNITS.values() for unit in units}
_PARENTED = ("AggregationEvent", "AssociationEvent")

_EARLIER = gettext_noop("请核对两个时间。")


def check_meaning(event: Event) -> list[Fault]:
    """The faults of an event whose structure is sound, in no certain order."""
    return [fault for check in _CHECKS for fault in check(event)]


def _fault(
    event: Event, path: Path, rule: str, said: Message, remedy: str | Message, severity: Severity = "error"
) -> Fault:
    text = message(remedy) if isinstance(remedy, str) else remedy
    return Fault((*event.path, *path), rule, said, text, severity)


def _names(event: Event) -> Iterator[Fault]:
    for key, value in event.content.items():
        if ":" in key:
            yield from _extension(event, (key,), value, event.names, "error")
    for key in ("ilmd", "readPoint", "bizLocation", "errorDeclaration"):
        for name, value in event.content.get(key, {}).items():
            if ":" in name:
                yield from _extension(event, (key, name), value, event.names, "error")


def _extension(event: Event, path: Path, value: Any, names: Mapping[str, str], severity: Severity) -> Iterator[Fault]:
    key = str(path[-1])
    prefix, colon, local = key.partition(":")
    if colon and prefix not in names and prefix not in _SCHEMES and local[:2] != "//":
        said = message(gettext_noop("前缀“%(prefix)s”没有声明。"), prefix=prefix[:_SHOWN])
        remedy = gettext_noop("请在 @context 里声明它：{ 前缀: 命名空间 }。")
        yield _fault(event, path, "namespace", said, remedy, severity)
    elif not colon and key[:1] not in "@#" and key != "comment" and key not in names:
        said = message(gettext_noop("“%(key)s”没有命名空间，别的软件会丢掉它。"), key=key[:_SHOWN])
        yield _fault(event, path, "namespace", said, gettext_noop("请写成“前缀:名称”。"), "warning")
    if isinstance(value, dict):
        inner = names_of(value["@context"], names) if "@context" in value else names
        for name, one in value.items():
            if name != "@context":
                yield from _extension(event, (*path, name), one, inner, severity)
    for at, one in enumerate(value) if isinstance(value, list) else ():
        for name, inside in one.items() if isinstance(one, dict) else ():
            yield from _extension(event, (*path, at, name), inside, names, severity)


def _words(event: Event) -> Iterator[Fault]:
    content = event.content
    words: list[tuple[Path, str, str]] = []
    words += [((key,), key, content[key]) for key in ("bizStep", "disposition") if key in content]
    for key, kind in (("bizTransactionList", "transaction"), ("sourceList", "party"), ("destinationList", "party")):
        pairs = enumerate(content.get(key, ()))
        words += [((key, at, "type"), kind, one["type"]) for at, one in pairs if "type" in one]
    for path, report in _reports(content):
        words += [
            ((*path, key), kind, report[key])
            for key, kind in (("type", "measurement"), ("component", "component"), ("exception", "exception"))
            if key in report
        ]
    for path, kind, word in words:
        if word in FULL[kind] and word not in RENAMED:
            continue
        new = RENAMED.get(word)
        spelt = full(kind, word, event.names)
        if new:
            said = message(gettext_noop("“%(word)s”是草案里的旧名。"), word=word)
            yield _fault(event, path, "vocabulary", said, message(gettext_noop("请改为 %(new)s。"), new=new), "warning")
        elif ":" in word and spelt.startswith((CBV, VOC)) and spelt not in FULL[kind].values():
            said = message(gettext_noop("标准里没有“%(word)s”这个词。"), word=word[:_SHOWN])
            remedy = gettext_noop("自己的词请用自己的命名空间。")
            yield _fault(event, path, "vocabulary", said, remedy, "warning")
        elif ":" in word and spelt == word and word.partition(":")[0] not in _SCHEMES:
            said = message(gettext_noop("前缀“%(prefix)s”没有声明。"), prefix=word.partition(":")[0][:_SHOWN])
            remedy = gettext_noop("请在 @context 里声明它：{ 前缀: 命名空间 }。")
            yield _fault(event, path, "namespace", said, remedy, "warning")


def _times(event: Event) -> Iterator[Fault]:
    content = event.content
    at, offset = content["eventTime"], content["eventTimeZoneOffset"]
    own = at[-6:] if at[-1] != "Z" else ""
    if own and own not in (offset, "+00:00", "-00:00"):
        text = gettext_noop("eventTime 的时差 %(own)s 和 eventTimeZoneOffset %(offset)s 不一样。")
        yield _fault(
            event, ("eventTimeZoneOffset",), "time", message(text, own=own, offset=offset), _EARLIER, "warning"
        )
    declared = content.get("errorDeclaration", {}).get("declarationTime")
    if declared and datetime.fromisoformat(declared) < datetime.fromisoformat(at):
        said = message(gettext_noop("声明错误的时间早于事件的时间。"))
        yield _fault(event, ("errorDeclaration", "declarationTime"), "time", said, _EARLIER, "warning")


def _reports(content: Mapping[str, Any]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    for at, element in enumerate(content.get("sensorElementList", ())):
        for number, report in enumerate(element["sensorReport"]):
            yield ("sensorElementList", at, "sensorReport", number), report


def _sensors(event: Event) -> Iterator[Fault]:
    elements = event.content.get("sensorElementList", ())
    if not elements:
        return
    happened = datetime.fromisoformat(event.content["eventTime"])
    for at, element in enumerate(elements):
        place, metadata = ("sensorElementList", at), element.get("sensorMetadata", {})
        for key in ("time", "startTime", "endTime"):
            yield from _not_after(event, (*place, "sensorMetadata", key), metadata.get(key), happened)
        begin, end = metadata.get("startTime"), metadata.get("endTime")
        if begin and end and datetime.fromisoformat(begin) > datetime.fromisoformat(end):
            said = message(gettext_noop("startTime 晚于 endTime。"))
            yield _fault(event, (*place, "sensorMetadata", "startTime"), "sensor", said, _EARLIER)
    for path, report in _reports(event.content):
        yield from _not_after(event, (*path, "time"), report.get("time"), happened)
        metadata = elements[path[1]].get("sensorMetadata", {})
        for key in _DEVICE:
            if key in report and key in metadata:
                said = message(gettext_noop("“%(key)s”在 sensorMetadata 和 sensorReport 里都写了。"), key=key)
                remedy = gettext_noop("标准只许写在一处：整个元素的写在前者，一次读数的写在后者。")
                yield _fault(event, (*path, key), "sensor", said, remedy, "warning")
        yield from _unit(event, path, report)


def _not_after(event: Event, path: Path, text: str | None, happened: datetime) -> Iterator[Fault]:
    if text and datetime.fromisoformat(text) > happened:
        said = message(gettext_noop("读数的时间晚于事件的时间。"))
        yield _fault(event, path, "sensor", said, _EARLIER, "warning")


def _unit(event: Event, path: Path, report: Mapping[str, Any]) -> Iterator[Fault]:
    kind = full("measurement", report["type"], event.names).removeprefix(VOC)
    kind, unit = RENAMED.get(kind, kind), report.get("uom")
    units = UNITS.get(kind)
    if unit is None or units is None or unit in units:
        return
    said = message(gettext_noop("“%(unit)s”不是 %(kind)s 的单位。"), unit=unit[:_SHOWN], kind=kind)
    right = message(gettext_noop("请用 UNECE 第 20 号建议书里它的单位，例如 %(units)s。"), units=first_of(units, 4))
    # A code that we do not know may be one of the thousands that are never sensed.
    yield _fault(event, (*path, "uom"), "unit", said, right, "error" if unit in _KNOWN_UNITS else "warning")


def _identifiers(event: Event) -> Iterator[Fault]:
    for path, text in _all(event.content):
        spelt = expanded(text, event.names)
        # A sign may take three in the one spelling.
        if len(spelt) > _LONGEST // 3 and len(canonical(spelt)) > _LONGEST:
            said = message(gettext_noop("“%(text)s…”超过 %(most)s 个字符。"), text=text[:_SHOWN], most=str(_LONGEST))
            yield _fault(event, path, "identifier", said, gettext_noop("请换一个短的标识。"))
        if spelt[:8] == "urn:epc:" and canonical(spelt) != spelt:
            # Its check digit is computed.
            continue
        if misspelt(spelt):
            said = message(gettext_noop("“%(text)s”不是有效的标识。"), text=text[:_SHOWN])
            yield _fault(event, path, "identifier", said, gettext_noop("请核对编码的种类、位数和每一段。"))
        # A URN has no check digit.
        elif spelt[:4] != "urn:" and (right := wrong_check_digit(canonical(spelt))):
            said = message(gettext_noop("“%(text)s”的校验位不对。"), text=text[:_SHOWN])
            digit = message(gettext_noop("请核对号码；如果其余数字都对，校验位应是 %(right)s。"), right=right)
            # Of another domain it may be no Digital Link at all.
            ours = spelt.startswith("https://id.gs1.org/")
            yield _fault(event, path, "identifier", said, digit, "error" if ours else "warning")


def _all(content: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    for key in _LISTS:
        for at, one in enumerate(content.get(key, ())):
            yield (key, at), one
    for key in _QUANTITIES:
        for at, one in enumerate(content.get(key, ())):
            yield (key, at, "epcClass"), one["epcClass"]
    for key in ("parentID", "transformationID"):
        if key in content:
            yield (key,), content[key]
    for key in ("readPoint", "bizLocation"):
        if key in content:
            yield (key, "id"), content[key]["id"]


def _things(event: Event) -> Iterator[Fault]:
    content, names = event.content, event.names
    for key in _LISTS:
        listed = content.get(key, ())
        if len(listed) > 1:
            spelt = [canonical(expanded(one, names)) for one in listed]
            if (again := first_repeated(spelt)) > 0:
                text = gettext_noop("“%(text)s”和前面的是同一个东西，写法不同。")
                said = message(text, text=listed[again][:_SHOWN])
                yield _fault(event, (key, again), "identifier", said, gettext_noop("请删去重复的。"), "warning")
    for key in _QUANTITIES:
        for at, one in enumerate(content.get(key, ())):
            if one.get("quantity", 0) < 0:
                said = message(gettext_noop("数量小于 0。"))
                remedy = gettext_noop("减少请用 DELETE，更正请用错误声明。")
                yield _fault(event, (key, at, "quantity"), "quantity", said, remedy, "warning")
            if (unit := one.get("uom")) is not None and unit not in _KNOWN_UNITS:
                said = message(gettext_noop("“%(unit)s”不是认得的单位。"), unit=unit)
                right = gettext_noop("请用 UNECE 第 20 号建议书的单位代码，例如 KGM、GRM、H87；别的单位不进平衡。")
                yield _fault(event, (key, at, "uom"), "unit", said, right, "warning")
    if content["type"] in _PARENTED:
        yield from _family(event)


def _family(event: Event) -> Iterator[Fault]:
    content = event.content
    parent = content.get("parentID")
    if parent is None:
        if content["action"] != "OBSERVE":
            said = message(gettext_noop("action 是 %(action)s，却没有 parentID。"), action=content["action"])
            yield _fault(event, (), "containment", said, gettext_noop("请写明装进（或拆自）哪一个。"))
        return
    own = canonical(expanded(parent, event.names))
    children: list[tuple[Path, str]] = []
    children += [(("childEPCs", at), one) for at, one in enumerate(content.get("childEPCs", ()))]
    children += [
        (("childQuantityList", at, "epcClass"), one["epcClass"])
        for at, one in enumerate(content.get("childQuantityList", ()))
    ]
    for path, child in children:
        if canonical(expanded(child, event.names)) == own:
            said = message(gettext_noop("“%(text)s”装在它自己里面。"), text=child[:_SHOWN])
            yield _fault(event, path, "containment", said, gettext_noop("请核对 parentID 和它的内容。"))


def _declaration(event: Event) -> Iterator[Fault]:
    content = event.content
    declared, own = content.get("errorDeclaration"), content.get("eventID")
    if declared is not None:
        if own is None:
            said = message(gettext_noop("声明了错误，却没有 eventID，不知道是哪一个事件错了。"))
            yield _fault(event, (), "declaration", said, gettext_noop("请补上原来事件的 eventID。"), "warning")
        for at, other in enumerate(declared.get("correctiveEventIDs", ())):
            if other == own:
                said = message(gettext_noop("更正的事件是它自己。"))
                remedy = gettext_noop("更正的事件要有新的 eventID。")
                yield _fault(event, ("errorDeclaration", "correctiveEventIDs", at), "declaration", said, remedy)
    if own is not None and own.startswith("ni:///sha-256;") and own != hash_id(event):
        said = message(gettext_noop("eventID 是散列，却不是这个内容的。"))
        remedy = gettext_noop("内容改过，或者是用标准的草案算的；照样可以用作标识。")
        yield _fault(event, ("eventID",), "hash", said, remedy, "warning")


_CHECKS: tuple[Callable[[Event], Iterator[Fault]], ...] = (
    _names,
    _words,
    _times,
    _sensors,
    _identifiers,
    _things,
    _declaration,
)
