# SPDX-License-Identifier: Apache-2.0
"""What the standard demands of a message in prose, beyond its schema (CAP 1.2, 3.2; OASIS, 1 July 2010).

What it demands with MUST, and what makes a message useless, is an error; what it asks with SHOULD, and what programs
that read it stumble over, a warning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

from shapely import Polygon
from shapely.validation import explain_validity

from shanhai.kernel.findings import Severity
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.xml import Element
from shanhai.operations.hazards.cap.rules.structure import CAP, is_instant, text_of
from shanhai.operations.hazards.cap.values import Fault

_NOT_IN_NAMES = re.compile(r"[\s,<&]")
_NUMBER = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,30})?", re.ASCII)
# A metre or so; with two places a slope is lost within a kilometre.
_PLACES = 5
_MOST_POINTS = 10_000
_NEEDS_ANOTHER = {"Restricted": "restriction", "Private": "addresses"}


def check_prose(root: Element) -> Iterator[Fault]:
    """The faults of a message whose structure is right, in the order of the rules."""
    yield from _names(root)
    yield from _scope(root)
    yield from _references(root)
    yield from _notes(root)
    for info in root.findall(f"{CAP}info"):
        yield from _times(info)
        yield from _words(info)
        yield from _addresses(info)
        for area in info.findall(f"{CAP}area"):
            yield from _area(area)


def read_instant(text: str) -> datetime | None:
    """The instant that a message writes; None where it is none, or beyond the calendar."""
    if not is_instant(text.strip()):
        return None
    try:
        # "24:00:00" and "-00:00" are instants to the standard, and to Python from 3.13 and always.
        return datetime.fromisoformat(text.strip())
    except ValueError:
        return None


def read_pairs(text: str) -> list[tuple[float, float]] | None:
    """The points of a polygon as (latitude, longitude); None where one is none on this earth."""
    pairs = []
    for word in text.split():
        numbers = word.split(",")
        if len(numbers) != 2 or not all(map(_NUMBER.fullmatch, numbers)):
            return None
        lat, lon = map(float, numbers)
        if abs(lat) > 90 or abs(lon) > 180:
            return None
        pairs.append((lat, lon))
    return pairs


def crossing(points: list[tuple[float, float]]) -> bool:
    """Whether a ring of points crosses or touches itself, or encloses nothing."""
    return not Polygon(points).is_valid or Polygon(points).area == 0


def _names(root: Element) -> Iterator[Fault]:
    for name in ("identifier", "sender"):
        text = _text(root, name)
        if not text:
            yield _fault(root, name, _EMPTY, _FILL, name=name)
        elif _NOT_IN_NAMES.search(text):
            yield _fault(root, name, gettext_noop("“%(name)s”里有空格、逗号、< 或 &。"), _ONE_WORD, name=name)


def _scope(root: Element) -> Iterator[Fault]:
    scope = _text(root, "scope")
    needed = _NEEDS_ANOTHER.get(scope)
    if needed and not _text(root, needed):
        said = gettext_noop("“scope”是 %(scope)s，却没有“%(name)s”。")
        yield _fault(root, "scope", said, _ADD, scope=scope, name=needed)


def _references(root: Element) -> Iterator[Fault]:
    kind, given = _text(root, "msgType"), _text(root, "references").split()
    if kind != "Alert" and not given:
        said = gettext_noop("“msgType”是 %(kind)s，却没有在“references”里写明针对哪一条。")
        yield _fault(root, "msgType", said, _REFERENCE, kind=kind)
    for word in given:
        parts = word.split(",")
        if len(parts) != 3 or not all(parts) or not is_instant(parts[2]):
            said = gettext_noop("“references”里的“%(word)s”不是“发送者,编号,发送时间”。")
            yield _fault(root, "references", said, _REFERENCE, word=word[:80])
        elif parts[:2] == [_text(root, "sender"), _text(root, "identifier")]:
            said = gettext_noop("“references”指向了这条信息自己。")
            yield _fault(root, "references", said, _REFERENCE)


def _notes(root: Element) -> Iterator[Fault]:
    status, kind = _text(root, "status"), _text(root, "msgType")
    if (status == "Exercise" or kind == "Error") and not _text(root, "note"):
        said = gettext_noop("演练要在“note”里写明是哪次演练，出错要写明原因；这里没有写。")
        yield _fault(root, "status", said, _ADD, "warning")
    if kind in {"Alert", "Update", "Cancel"} and root.find(f"{CAP}info") is None:
        said = gettext_noop("没有“info”：读的人不知道是什么事、有多急。")
        yield _fault(root, "msgType", said, _ADD, "warning")


def _times(info: Element) -> Iterator[Fault]:
    sent = read_instant(_text(info.getparent(), "sent"))
    expires = read_instant(_text(info, "expires"))
    if expires is None:
        if info.find(f"{CAP}expires") is None:
            said = gettext_noop("没有“expires”：收到的人不知道管到什么时候。")
            yield _fault(info, "category", said, _ADD, "warning")
        return
    early = {
        "sent": sent,
        "effective": read_instant(_text(info, "effective")),
        "onset": read_instant(_text(info, "onset")),
    }
    for name, at in early.items():
        if at is not None and expires <= at:
            said = gettext_noop("“expires”不晚于“%(name)s”：一发出就已经失效。")
            yield _fault(info, "expires", said, gettext_noop("请核对日期和时区，把失效时间写在后面。"), name=name)


def _words(info: Element) -> Iterator[Fault]:
    if not _text(info, "event"):
        yield _fault(info, "event", _EMPTY, _FILL, name="event")
    for coded in info.iter(f"{CAP}eventCode", f"{CAP}parameter", f"{CAP}geocode"):
        if not _text(coded, "valueName"):
            yield _fault(coded, "valueName", _EMPTY, _FILL, "warning", name="valueName")


def _addresses(info: Element) -> Iterator[Fault]:
    for found in info.iter(f"{CAP}web"):
        text = text_of(found).strip()
        if text and not urlsplit(text).scheme:
            said = gettext_noop("网址“%(text)s”不完整，别处打不开。")
            yield _told(found, said, gettext_noop("请写成 https:// 开头的完整网址。"), "warning", text=text[:80])


def _area(area: Element) -> Iterator[Fault]:
    if not _text(area, "areaDesc"):
        yield _fault(area, "areaDesc", _EMPTY, _FILL, name="areaDesc")
    for found in area.findall(f"{CAP}polygon"):
        yield from _polygon(found)
    for found in area.findall(f"{CAP}circle"):
        words = text_of(found).split()
        if len(words) != 2 or not read_pairs(words[0]) or not _NUMBER.fullmatch(words[1]) or words[1][0] == "-":
            remedy = gettext_noop("请写成“纬度,经度 半径（千米）”，例如“30.050000,101.960000 1.5”。")
            yield _told(found, gettext_noop("圆“%(text)s”读不懂。"), remedy, text=text_of(found).strip()[:60])
    if area.find(f"{CAP}ceiling") is not None and area.find(f"{CAP}altitude") is None:
        yield _fault(area, "ceiling", gettext_noop("有“ceiling”，却没有“altitude”。"), _ADD)


def _polygon(found: Element) -> Iterator[Fault]:
    text = text_of(found)
    points = read_pairs(text)
    if points is None:
        remedy = gettext_noop("请写成用空格隔开的“纬度,经度”：纬度在 ±90 以内，经度在 ±180 以内。")
        yield _told(found, gettext_noop("多边形里有读不懂的点。"), remedy)
    elif len(points) < 4 or points[0] != points[-1]:
        remedy = gettext_noop("请至少写四个点，最后一个和第一个相同。")
        yield _told(found, gettext_noop("多边形没有闭合，或者不到四个点。"), remedy)
    elif len(points) > _MOST_POINTS:
        remedy = gettext_noop("请简化边界。")
        yield _told(found, gettext_noop("多边形的点超过 %(most)s 个。"), remedy, most=str(_MOST_POINTS))
    elif crossing(points):
        # Where it crosses, as longitude and latitude: explain_validity says "Self-intersection[30.1 101.9]".
        where = explain_validity(Polygon(points)).partition("[")[2].rstrip("]") or "{} {}".format(*points[0])
        said = gettext_noop("多边形自己和自己相交，或者没有面积（在 %(where)s 附近）：分不清哪边有危险。")
        yield _told(found, said, gettext_noop("请按顺序沿边界走一圈，重新画。"), where=where)
    elif any(_places(word) < _PLACES for word in text.replace(",", " ").split()):
        remedy = gettext_noop("请至少写 %(places)s 位小数，约一米。")
        yield Fault(
            found,
            "prose",
            message(gettext_noop("多边形的坐标不到 %(places)s 位小数：对一面坡来说太粗。"), places=str(_PLACES)),
            message(remedy, places=str(_PLACES)),
            "warning",
        )


def _places(word: str) -> int:
    return len(word.partition(".")[2])


def _text(element: Element, name: str) -> str:
    found = element.find(CAP + name)
    return text_of(found).strip() if found is not None else ""


def _fault(parent: Element, name: str, said: str, remedy: str, severity: Severity = "error", /, **params: str) -> Fault:
    found = parent.find(CAP + name)
    return _told(parent if found is None else found, said, remedy, severity, **params)


def _told(element: Element, said: str, remedy: str, severity: Severity = "error", /, **params: str) -> Fault:
    return Fault(element, "prose", message(said, **params), message(remedy), severity)


_ADD = gettext_noop("请补上。")
_FILL = gettext_noop("请写明。")
_EMPTY = gettext_noop("“%(name)s”是空的。")
_ONE_WORD = gettext_noop("请改成不含这些字符的一个词：别的信息要用它来引用这一条。")
_REFERENCE = gettext_noop("请写成“发送者,编号,发送时间”，与所指的那一条完全一样，几条之间用空格隔开。")
