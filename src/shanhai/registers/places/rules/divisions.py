# SPDX-License-Identifier: Apache-2.0
"""Checking rows of divisions before anything is written: every fault is found, not only the first."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from shanhai.kernel.errors import DomainError, Problem
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.registers.places.rules.codes import full_code, level_of, parent_codes
from shanhai.registers.places.rules.outlines import DrawnOutline, outline_of, point_of
from shanhai.registers.places.values import Crs, DivisionRow, Level

COLUMNS = {
    "code": gettext_noop("代码"),
    "name": gettext_noop("名称"),
    "name_en": gettext_noop("英文名称"),
    "level": gettext_noop("级别"),
    "parent": gettext_noop("上级代码"),
    "outline": gettext_noop("轮廓"),
    "label": gettext_noop("标注点"),
}


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


def has_coordinates(rows: Sequence[DivisionRow]) -> bool:
    """Whether any row brings an outline or a label, so that a coordinate system must be declared."""
    return any(row.geometry is not None or row.label is not None for row in rows)


def checked_divisions(
    rows: Sequence[DivisionRow], crs: Crs, known: Mapping[str, str]
) -> tuple[tuple[CheckedDivision, ...], tuple[Problem, ...]]:
    """The rows that are good, and all problems. ``known`` maps the codes already registered to their names."""
    codes: dict[int, str] = {}
    first: dict[str, int] = {}
    problems: list[Problem] = []
    for row in rows:
        try:
            code = full_code(row.code)
        except DomainError as error:
            problems.append(_problem(row, "code", error))
            continue
        if code in first:
            text = gettext_noop("代码 %(code)s 与第 %(row)s 行重复。请只留一行。")
            problems.append(_said(row, "code", "places.duplicate", message(text, code=code, row=first[code])))
            continue
        first[code] = row.row
        codes[row.row] = code
    every = known.keys() | first.keys()
    good = [_checked(row, codes[row.row], crs, known, every, problems) for row in rows if row.row in codes]
    return tuple(good), tuple(sorted(problems, key=lambda problem: problem.row or 0))


def _checked(
    row: DivisionRow, code: str, crs: Crs, known: Mapping[str, str], every: Collection[str], problems: list[Problem]
) -> CheckedDivision:
    level = level_of(code)
    if row.level and row.level != level:
        text = gettext_noop("代码 %(code)s 是“%(level)s”一级，文件写的是“%(stated)s”。请改正代码或级别。")
        problems.append(
            _said(row, "level", "places.level", message(text, code=code, level=level.value, stated=row.level[:20]))
        )
    if not row.name and not known.get(code):
        problems.append(
            _said(row, "name", "places.name_missing", message(gettext_noop("缺少名称。请填行政区划的全称。")))
        )
    for column, value, longest in (("name", row.name, 60), ("name_en", row.name_en, 100)):
        if len(value) > longest:
            text = gettext_noop("超过 %(longest)s 个字符。请缩短。")
            problems.append(_said(row, column, "places.too_long", message(text, longest=longest)))
    return CheckedDivision(
        code, row.name, row.name_en, level, _parent(row, code, every, problems), *_drawing(row, crs, problems)
    )


def _parent(row: DivisionRow, code: str, every: Collection[str], problems: list[Problem]) -> str | None:
    possible = parent_codes(code)
    stated = row.parent and row.parent.ljust(6, "0")
    if stated and stated not in possible:
        text = gettext_noop("%(code)s 不在 %(parent)s 之下。请改正代码或上级代码。")
        problems.append(_said(row, "parent", "places.parent", message(text, code=code, parent=row.parent[:20])))
        return None
    found = next((parent for parent in ([stated] if stated else possible) if parent in every), None)
    if possible and found is None:
        text = gettext_noop("没有登记上级 %(parent)s。请先导入上级，或把它放进同一个文件。")
        problems.append(
            _said(row, "parent", "places.unknown_division_code", message(text, parent=stated or possible[0]))
        )
    return found


def _drawing(
    row: DivisionRow, crs: Crs, problems: list[Problem]
) -> tuple[tuple[float, float] | None, DrawnOutline | None]:
    label = outline = None
    try:
        outline = None if row.geometry is None else outline_of(row.geometry, crs)
    except DomainError as error:
        problems.append(_problem(row, "outline", error))
    try:
        label = None if row.label is None else point_of(row.label, crs)
    except DomainError as error:
        problems.append(_problem(row, "label", error))
    if outline and outline.mended:
        text = gettext_noop("轮廓线有细小的自相交，已修复，面积变化不到百分之一。")
        problems.append(_said(row, "outline", "places.outline_mended", message(text), blocking=False))
    return label or (outline.inside if outline else None), outline


def _problem(row: DivisionRow, column: str, error: DomainError) -> Problem:
    return Problem(_where(row, column), error.code, error.message, row.row, column)


def _said(row: DivisionRow, column: str, code: str, text: Message, blocking: bool = True) -> Problem:
    return Problem(_where(row, column), code, text, row.row, column, blocking)


def _where(row: DivisionRow, column: str) -> str:
    name = f"（{row.name[:20]}）" if row.name else ""
    return f"第 {row.row} 行{name} · {COLUMNS[column]}"
