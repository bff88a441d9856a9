# SPDX-License-Identifier: Apache-2.0
"""Codes of divisions, what became of them, and rows of divisions, changes and sites before anything is written.

Every fault is found, not only the first. A code of GB/T 2260 has two digits each for the province, the prefecture and
the county.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import shapely

from shanhai.kernel.errors import BadInput, DomainError, Problem
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.money import rounded
from shanhai.registers.places.rules.geometry import DrawnOutline, outline_of, point_of, to_wgs84
from shanhai.registers.places.values import (
    ENDING,
    ONE_PLACE,
    ChangeKind,
    ChangeRow,
    Crs,
    DivisionRow,
    Level,
    SiteKind,
    SiteRow,
)

# GB/T 2260, table of provinces, autonomous regions, municipalities and special administrative regions.
PROVINCES = frozenset(
    str(number)
    for numbers in (
        range(11, 16),
        range(21, 24),
        range(31, 38),
        range(41, 47),
        range(50, 55),
        range(61, 66),
        (71, 81, 82),
    )
    for number in numbers
)
UNKNOWN = "places.unknown_division_code"
_CODE = re.compile(r"[1-9][0-9](?:[0-9]{2}){0,2}", re.ASCII)


def full_code(text: str) -> str:
    """The six digits that ``text`` stands for: 54 is 540000, 5406 is 540600. Raises BadInput."""
    if not _is_code(text):
        wrong = gettext_noop("“%(code)s”不是行政区划代码。请填国家标准（GB/T 2260）的六位数字，例如 513301。")
        raise BadInput(wrong, UNKNOWN, code=text[:40])
    return text.ljust(6, "0")


def level_of(code: str) -> Level:
    """The level that a six-digit code names."""
    if code.endswith("0000"):
        return Level.PROVINCE
    return Level.PREFECTURE if code.endswith("00") else Level.COUNTY


def parent_codes(code: str) -> tuple[str, ...]:
    """What a six-digit code may lie under, nearest first; none for a province.

    A county may lie straight under its province: those of municipalities and those numbered xx90nn do.
    """
    level = level_of(code)
    if level is Level.PROVINCE:
        return ()
    province = code[:2] + "0000"
    return (province,) if level is Level.PREFECTURE else (code[:4] + "00", province)


class Succession:
    """What followed which code, from (kind, old code, new code) of each change, oldest first."""

    def __init__(self, changes: Iterable[tuple[str, str, str]]) -> None:
        self._next: dict[str, list[str]] = defaultdict(list)
        self._same: dict[str, set[str]] = defaultdict(set)
        for kind, old, new in changes:
            if not old or old == new or kind not in ENDING:
                continue
            self._next[old].append(new)
            if kind in ONE_PLACE:
                self._same[old].add(new)
                self._same[new].add(old)

    def of(self, code: str, _seen: frozenset[str] = frozenset()) -> tuple[str, ...]:
        """The codes in force today of what followed ``code``; itself when nothing did."""
        seen = _seen | {code}
        ahead = [new for new in self._next.get(code, ()) if new not in seen]
        return tuple(dict.fromkeys(last for new in ahead for last in self.of(new, seen))) or (code,)

    def one_place(self, code: str) -> tuple[str, ...]:
        """All codes, old and new, of the place that has ``code``: itself first."""
        found, ahead = {code: None}, [code]
        while ahead:
            new = sorted(self._same.get(ahead.pop(), set()) - found.keys())
            found |= dict.fromkeys(new)
            ahead += new
        return tuple(found)


@dataclass(frozen=True, slots=True)
class CheckedDivision:
    """A row that may be stored. Empty text and None are what the file did not state: the stored value stays."""

    code: str
    name: str
    name_en: str
    level: Level
    parent: str | None
    label: tuple[float, float] | None
    outline: DrawnOutline | None


def checked_divisions(
    rows: Sequence[DivisionRow], crs: Crs, known: Mapping[str, str]
) -> tuple[tuple[CheckedDivision, ...], tuple[Problem, ...]]:
    """The rows that are good, and all problems. ``known`` maps the codes already registered to their names."""
    first: dict[str, DivisionRow] = {}
    problems: list[Problem] = []
    for row in rows:
        try:
            code = full_code(row.code)
        except BadInput as error:
            problems.append(Problem(error.code, error.message, row.row, "code"))
            continue
        if first.setdefault(code, row) is not row:
            text = gettext_noop("代码 %(code)s 与第 %(row)s 行重复。请只留一行。")
            twice = message(text, code=code, row=first[code].row)
            problems.append(Problem("places.duplicate", twice, row.row, "code"))
    every = known.keys() | first.keys()
    good = [_checked_division(row, code, crs, known, every, problems) for code, row in first.items()]
    return tuple(good), tuple(sorted(problems, key=lambda problem: problem.row or 0))


def _checked_division(
    row: DivisionRow, code: str, crs: Crs, known: Mapping[str, str], every: Collection[str], problems: list[Problem]
) -> CheckedDivision:
    def fault(column: str, problem: str, text: str, /, **params: object) -> None:
        problems.append(Problem(f"places.{problem}", message(text, **params), row.row, column))

    level, possible = level_of(code), parent_codes(code)
    if row.level and row.level != level:
        text = gettext_noop("代码 %(code)s 是“%(level)s”，文件写的是“%(stated)s”。请改正代码或级别。")
        fault("level", "level", text, code=code, level=level, stated=row.level[:20])
    if not row.name and not known.get(code):
        fault("name", "name_missing", gettext_noop("缺少名称。请填行政区划的全称。"))
    for column, value, longest in (("name", row.name, 60), ("name_en", row.name_en, 100)):
        if len(value) > longest:
            fault(column, "too_long", gettext_noop("超过 %(longest)s 个字符。请缩短。"), longest=longest)
    stated = row.parent and row.parent.ljust(6, "0")
    parent = next((one for one in ([stated] if stated else possible) if one in every), None)
    if stated and stated not in possible:
        text = gettext_noop("%(code)s 不在 %(parent)s 之下。请改正代码或上级代码。")
        fault("parent", "parent", text, code=code, parent=row.parent[:20])
        parent = None
    elif possible and parent is None:
        text = gettext_noop("没有登记上级 %(parent)s。请先导入上级，或把它放进同一个文件。")
        fault("parent", "unknown_division_code", text, parent=stated or possible[0])
    return CheckedDivision(code, row.name, row.name_en, level, parent, *_drawing(row, crs, problems))


def _drawing(
    row: DivisionRow, crs: Crs, problems: list[Problem]
) -> tuple[tuple[float, float] | None, DrawnOutline | None]:
    label = outline = None
    try:
        outline = None if row.geometry is None else outline_of(row.geometry, crs)
    except DomainError as error:
        problems.append(Problem(error.code, error.message, row.row, "geometry"))
    try:
        label = None if row.label is None else point_of(row.label, crs)
    except DomainError as error:
        problems.append(Problem(error.code, error.message, row.row, "label"))
    if outline and outline.mended:
        text = message(gettext_noop("轮廓线有细小的自相交，已修复，面积变化不到百分之一。"))
        problems.append(Problem("places.outline_mended", text, row.row, "geometry", blocking=False))
    return label or (outline.inside if outline else None), outline


def change_problems(rows: Sequence[ChangeRow], followed: Mapping[str, Collection[str]]) -> tuple[Problem, ...]:
    """What is wrong with rows of changes: a code, a kind, a time or a source that is none, or a second successor.

    ``followed`` maps each code that is no more to what followed it, as these rows and those on file say.
    """
    problems: list[Problem] = []
    for row in rows:
        for column, said in (("code_old", row.code_old), ("code_new", row.code_new)):
            if (said or column == "code_new") and (len(said) != 6 or not _is_code(said)):
                text = gettext_noop("“%(code)s”不是行政区划代码。请填国家标准（GB/T 2260）的六位数字，例如 513301。")
                problems.append(Problem(UNKNOWN, message(text, code=said[:40]), row.row, column))
        if row.kind not in list(ChangeKind):
            text = gettext_noop("“%(text)s”不是已知的变更。请填：%(kinds)s。")
            known = message(text, text=row.kind[:40], kinds=tuple(f"“{one}”" for one in ChangeKind))
            problems.append(Problem("places.change_kind", known, row.row, "kind"))
        others = sorted(set(followed.get(row.code_old, ())) - {row.code_new})
        if row.kind in ONE_PLACE and others:
            text = gettext_noop("%(code)s 之后已经是 %(others)s。一个变成几个，每行的变更类型都填“分设”。")
            second = message(text, code=row.code_old, others=tuple(others))
            problems.append(Problem("places.followed_already", second, row.row, "code_new"))
        if not _is_time(row.since):
            text = gettext_noop("“%(text)s”不是日期。请填年月日（2015-03-26），只知道年份时填年份。")
            problems.append(Problem("places.change_time", message(text, text=row.since[:40]), row.row, "since"))
        for column, said, longest in (
            ("name_old", row.name_old, 60), ("name_new", row.name_new, 60), ("source", row.source, 120),
        ):  # fmt: skip
            if len(said) > longest or not (said or column == "name_old"):
                text = gettext_noop("为空或超过 %(longest)s 个字符。请改正。")
                problems.append(Problem("places.too_long", message(text, longest=longest), row.row, column))
    return tuple(problems)


def _is_code(text: str) -> bool:
    return bool(_CODE.fullmatch(text)) and text[:2] in PROVINCES


def _is_time(text: str) -> bool:
    try:
        date.fromisoformat(text if len(text) == 10 else f"{text}-01-01")
    except ValueError:
        return False
    return text[:1] in ("1", "2")


# Outlines for the screen are simplified by up to 0.02° (about two kilometres): so far outside may still be inside.
TOLERANCE_DEGREES = 0.02
ALTITUDES = (-200, 9000)


@dataclass(frozen=True, slots=True)
class CheckedSite:
    """A row that may be stored; ``division`` is "" while it is still to be found by location."""

    row: int
    name: str
    division: str
    kind: SiteKind | None
    lon: float
    lat: float
    altitude_m: int | None


class _Fault(Exception):
    """One fault in one column of the row at hand."""

    def __init__(self, column: str, code: str, text: str, /, **params: object) -> None:
        self.column, self.code, self.text = column, f"places.{code}", message(text, **params)

    def at(self, row: int, *, blocking: bool = True) -> Problem:
        """The same as a problem of that row."""
        return Problem(self.code, self.text, row, self.column, blocking)


def checked_sites(rows: Sequence[SiteRow], crs: Crs) -> tuple[tuple[CheckedSite, ...], tuple[Problem, ...]]:
    """The rows whose own values are good, in WGS 84, and the problems of the others. Places are not looked at yet."""
    good, problems = [], []
    for row in rows:
        try:
            good.append(_checked_site(row, crs))
        except _Fault as fault:
            problems.append(fault.at(row.row))
    return tuple(good), tuple(problems)


def placed_sites(
    sites: Sequence[CheckedSite], located: Mapping[int, str], outlines: Mapping[str, Any | None]
) -> tuple[tuple[CheckedSite, ...], tuple[Problem, ...]]:
    """Give each site its division, and compare it with the place it claims.

    ``located`` maps rows to the code of the county they fall into; ``outlines`` maps every registered code that is
    named to its geometry, None where it has no outline.
    """
    good: list[CheckedSite] = []
    problems: list[Problem] = []
    first: dict[tuple[str, str], int] = {}
    for site in sites:
        try:
            placed = _placed(site, located.get(site.row, ""), outlines)
            key = (placed.division, placed.name)
            if key in first:
                text = gettext_noop("“%(name)s”与第 %(row)s 行重复：同一地方已有同名地点。请只留一行，或改名区分。")
                raise _Fault("name", "duplicate", text, name=site.name, row=first[key])
        except _Fault as fault:
            problems.append(fault.at(site.row))
            continue
        first[key] = site.row
        good.append(placed)
        if _degrees_outside(placed, outlines) is not None:
            text = gettext_noop("位置在 %(code)s 轮廓线外侧不远处。轮廓经过简化，请确认位置无误。")
            problems.append(_Fault("lon", "near_border", text, code=placed.division).at(site.row, blocking=False))
    return tuple(good), tuple(problems)


def _checked_site(row: SiteRow, crs: Crs) -> CheckedSite:
    if not row.name or len(row.name) > 100:
        text = gettext_noop("名称为空或超过 100 个字符。请填地点的名称。")
        raise _Fault("name", "name_missing", text)
    try:
        division = full_code(row.division) if row.division else ""
    except DomainError as error:
        raise _Fault("division", "unknown_division_code", error.message.text, **error.message.params) from None
    lon, lat = _degrees("lon", row.lon), _degrees("lat", row.lat)
    try:
        lon, lat = to_wgs84(lon, lat, crs)
    except DomainError as error:
        raise _Fault("lon", "coordinates_not_usable", error.message.text, **error.message.params) from None
    return CheckedSite(row.row, row.name, division, _kind(row.kind), lon, lat, _altitude(row.altitude))


def _degrees(column: str, written: str) -> float:
    try:
        return float(written)
    except ValueError:
        text = gettext_noop("“%(text)s”不是十进制度数。请填小数，例如 101.9572。")
        raise _Fault(column, "coordinates_not_usable", text, text=written[:40]) from None


def _altitude(written: str) -> int | None:
    if not written:
        return None
    try:
        metres = Decimal(written)
        if metres.is_finite() and ALTITUDES[0] <= metres <= ALTITUDES[1]:
            return int(rounded(metres))
    except InvalidOperation:
        pass
    text = gettext_noop("“%(text)s”不是可能的海拔。请填米数，例如 4500，不写单位。")
    raise _Fault("altitude", "altitude", text, text=written[:40])


def _kind(written: str) -> SiteKind | None:
    try:
        return SiteKind(written) if written else None
    except ValueError:
        text = gettext_noop("“%(text)s”不是已知的类别。请填：%(kinds)s。")
        raise _Fault("kind", "kind", text, text=written[:40], kinds=tuple(f"“{one}”" for one in SiteKind)) from None


def _placed(site: CheckedSite, located: str, outlines: Mapping[str, Any | None]) -> CheckedSite:
    if not site.division:
        if not located:
            text = gettext_noop("位置不在任何已登记的县级轮廓内。请填行政区划代码，或检查经纬度。")
            raise _Fault("division", "not_located", text)
        return replace(site, division=located)
    if site.division not in outlines:
        text = gettext_noop("没有登记代码 %(code)s。请检查代码，或先导入行政区划。")
        raise _Fault("division", "unknown_division_code", text, code=site.division)
    if (_degrees_outside(site, outlines) or 0) > TOLERANCE_DEGREES:
        if located:
            text = gettext_noop("位置（%(lon)s，%(lat)s）落在 %(located)s，不在 %(code)s。请检查经纬度和代码。")
        else:
            text = gettext_noop("位置（%(lon)s，%(lat)s）不在 %(code)s 内。请检查经纬度和代码。")
        where = {"lon": f"{site.lon:.6f}", "lat": f"{site.lat:.6f}", "code": site.division, "located": located}
        raise _Fault("lon", "outside_division", text, **where)
    return site


def _degrees_outside(site: CheckedSite, outlines: Mapping[str, Any | None]) -> float | None:
    """Degrees between the site and the outline of its division; None when it is inside or there is no outline."""
    area = outlines.get(site.division)
    if area is None:
        return None
    return shapely.distance(area, shapely.Point(site.lon, site.lat)) or None
