# SPDX-License-Identifier: Apache-2.0
"""Divisions: their codes, what became of them, and checking rows of a file before anything is written.

A code of GB/T 2260 has two digits each for the province, the prefecture and the county.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from shanhai.kernel.errors import BadInput, DomainError, Problem
from shanhai.kernel.messages import gettext_noop, message
from shanhai.registers.places.rules.geometry import DrawnOutline, outline_of, point_of
from shanhai.registers.places.values import ENDING, ONE_PLACE, ChangeKind, ChangeRow, Crs, DivisionRow, Level

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
    good = [_checked(row, code, crs, known, every, problems) for code, row in first.items()]
    return tuple(good), tuple(sorted(problems, key=lambda problem: problem.row or 0))


def _checked(
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
