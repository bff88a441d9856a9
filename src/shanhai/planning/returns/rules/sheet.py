# SPDX-License-Identifier: Apache-2.0
"""From the cells of a sheet to a county table. Every fault becomes a Problem with its row; reading goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from shanhai.kernel.errors import BadInput, Problem
from shanhai.kernel.imports import Question
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.units import Unit, money_in
from shanhai.planning.returns.rules.headings import (
    Heading,
    Headings,
    declared_day,
    declared_unit,
    half_width,
    read_headings,
)
from shanhai.planning.returns.rules.reading import plain_number, printed, read_stated
from shanhai.planning.returns.values.tables import COUNTY, MeasureKind, Row, Stated, Table

HEADER_WITHIN = 20
# A province has fewer counties than this; a longer sheet is a list of projects or something else.
MOST_ROWS = 200
_TOTALS = {"合计", "总计", "共计", "全州", "全地区", "全市", "全区", "total", "sum"}
_OWN_LEVEL = {"州本级", "地区本级", "市本级", "地本级", "本级", "州直", "地直", "市直"}
_BLANK = {"", "-", "--", "—", "——", "/", "无"}
_SUFFIXES = ("自治县", "县", "市", "区", "旗")

Cells = Sequence[object]


@dataclass(slots=True)
class CountySheet:
    """What was read: rows of counties (their codes beside), the total, the unit, what stands above, every problem."""

    title: str = ""
    cut_off_on: date | None = None
    rows: list[Row] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)
    row_numbers: dict[str, int] = field(default_factory=dict)
    total: Row | None = None
    unit: Unit | None = None
    problems: list[Problem] = field(default_factory=list)
    questions: tuple[Question, ...] = ()

    @property
    def blocked(self) -> bool:
        """Whether a problem or an open question stops the return from being stored."""
        open_questions = any(not question.answer for question in self.questions)
        return open_questions or any(problem.blocking for problem in self.problems)

    def all_places(self, recipient: str) -> tuple[tuple[str, str], ...]:
        """(label, code) of every row; the total stands for the ``recipient`` as a whole."""
        rows = tuple(self.places.items())
        return (*rows, (self.total.label, recipient)) if self.total else rows

    def table(self) -> Table:
        """The stated table, to be reconciled. Only when nothing is blocked."""
        return Table(COUNTY, tuple(self.rows), self.total, self.unit) if self.unit else Table(COUNTY, tuple(self.rows))

    def problem(
        self, code: str, text: Message, *, row: int | None = None, column: str | None = None, blocking: bool = True
    ) -> None:
        """Note a fault at a row and a column, both as the sheet shows them."""
        self.problems.append(Problem(f"returns.{code}", text, row, column, blocking))


def header_row(lines: Sequence[Cells]) -> int | None:
    """The index of the row that heads a county table, or None."""
    for index, cells in enumerate(lines[:HEADER_WITHIN]):
        if read_headings(cells).is_county_table:
            return index
    return None


def read_sheet(lines: Sequence[Cells], *, counties: Mapping[str, str], recipient: tuple[str, str]) -> CountySheet:
    """Read a county table. ``counties`` is code → name of what the programme supports, ``recipient`` (code, name).

    The unit of amounts comes from the headings ("计划投资（亿元）") or from a line above ("单位：亿元").
    """
    sheet = CountySheet()
    at = header_row(lines)
    if at is None:
        sheet.problem(
            "header_missing",
            message(gettext_noop("没有找到表头。表头要有“县市”一列，和“项目数”“计划投资”“到位资金”等至少两列。")),
        )
        return sheet
    headings = read_headings(lines[at])
    _check_headings(sheet, headings, at)
    sheet.title = next((half_width(cell) for line in lines[:at] for cell in line if len(half_width(cell)) > 4), "")[
        :200
    ]
    sheet.cut_off_on = next((day for line in lines[:at] if (day := declared_day(line))), None)
    sheet.unit = _unit(sheet, headings, lines[:at], at)
    body = [(at + 2 + offset, cells) for offset, cells in enumerate(lines[at + 1 :])]
    _read_rows(sheet, headings, body, _Names(counties, recipient))
    return sheet


class _Names:
    """Finds the code behind what a row calls its place."""

    def __init__(self, counties: Mapping[str, str], recipient: tuple[str, str]) -> None:
        self.recipient = recipient
        self._names = dict(counties)
        self._codes = {code: code for code in counties}
        for code, name in counties.items():
            short = next((name.removesuffix(suffix) for suffix in _SUFFIXES if name.endswith(suffix)), name)
            self._codes[name] = code
            if len(short) > 1:
                self._codes.setdefault(short, code)

    def is_total(self, label: str) -> bool:
        bare = label.replace(" ", "").lower()
        if self._codes.get(bare):
            return False
        return bare in _TOTALS or bare in self.recipient or bare.endswith(("合计", "总计"))

    def name(self, code: str, label: str) -> str:
        return self._names.get(code, label)

    def code(self, label: str) -> str | None:
        bare = label.replace(" ", "")
        return self.recipient[0] if bare in _OWN_LEVEL else self._codes.get(bare)


def _check_headings(sheet: CountySheet, headings: Headings, at: int) -> None:
    for heading in headings.repeated:
        text = gettext_noop("“%(column)s”这一列出现了两次。请只留一列。")
        sheet.problem("column_repeated", message(text, column=heading.text), row=at + 1, column=heading.text)
    for unknown in headings.unknown:
        text = gettext_noop("不认识“%(column)s”这一列，没有读入。")
        sheet.problem("column_unknown", message(text, column=unknown), row=at + 1, column=unknown, blocking=False)


def _unit(sheet: CountySheet, headings: Headings, above: Sequence[Cells], at: int) -> Unit | None:
    amounts = [heading for heading in headings.known if heading.measure and heading.measure.kind == MeasureKind.AMOUNT]
    declared = next((unit for line in above if (unit := declared_unit(line))), None)
    units = {heading.unit or declared for heading in amounts}
    if len(units) > 1 and None not in units:
        text = gettext_noop("各列金额的单位不一样。请统一成一种单位（万元或亿元）。")
        sheet.problem("unit_mixed", message(text), row=at + 1)
    for heading in amounts:
        if heading.unit is None and declared is None:
            text = gettext_noop(
                "“%(column)s”没有写单位。请在列名后写“（万元）”或“（亿元）”，或在表头上方写“单位：万元”。"
            )
            sheet.problem("unit_undeclared", message(text, column=heading.text), row=at + 1, column=heading.text)
    return next((unit for unit in units if unit), None)


def _read_rows(sheet: CountySheet, headings: Headings, body: Sequence[tuple[int, Cells]], names: _Names) -> None:
    place = next(heading for heading in headings.known if heading.measure is None)
    columns = [heading for heading in headings.known if heading.measure]
    finest = {heading.index: _finest(heading, body, sheet.unit) for heading in columns}
    seen: dict[str, int] = {}
    for row, cells in body:
        label = _label(_cell(cells, place.index))
        values = {
            heading.index: _cell(cells, heading.index)
            for heading in columns
            if half_width(_cell(cells, heading.index)) not in _BLANK
        }
        if not values:
            continue
        if len(seen) >= MOST_ROWS:
            text = gettext_noop("县市汇总表最多 %(most)s 行。这张表更长，可能是项目明细，请用“导入项目”。")
            sheet.problem("too_many_rows", message(text, most=MOST_ROWS), row=row)
            return
        code = names.recipient[0] if names.is_total(label) else names.code(label)
        if code is None:
            _unknown_place(sheet, label, row, place, names)
            continue
        key = "" if names.is_total(label) else code
        if key in seen:
            text = gettext_noop("“%(label)s”在第 %(first)s 行已经有了。一个县市只能有一行，合计也只能有一行。")
            sheet.problem("place_repeated", message(text, label=label, first=seen[key]), row=row, column=place.text)
            continue
        seen[key] = row
        name = names.name(code, label) if key else label
        sheet.row_numbers[name] = row
        _keep(sheet, key, code, Row(name, _read_cells(sheet, columns, values, finest, row)))
    if not sheet.rows and not sheet.blocked:
        sheet.problem("no_rows", message(gettext_noop("表里没有县市的行。请每个县市填一行。")))
    if len(sheet.rows) > 1 and sheet.total is None:
        text = gettext_noop("没有合计行，无法核对各行相加是否等于合计。")
        sheet.problem("total_missing", message(text), blocking=False)


def _unknown_place(sheet: CountySheet, label: str, row: int, place: Heading, names: _Names) -> None:
    text = (
        gettext_noop("“%(label)s”不是“%(recipient)s”的县市。请填县市全名或六位区划代码。")
        if label
        else gettext_noop("这一行没有写县市。请填县市全名或六位区划代码；“%(recipient)s”全部的数请写“合计”。")
    )
    params = {"label": label, "recipient": names.recipient[1]}
    sheet.problem("place_unknown", Message(text, params), row=row, column=place.text)


def _keep(sheet: CountySheet, key: str, code: str, row: Row) -> None:
    if key:
        sheet.rows.append(row)
        sheet.places[row.label] = code
    else:
        sheet.total = row


def _label(cell: object) -> str:
    text = plain_number(cell) if isinstance(cell, int | float) and not isinstance(cell, bool) else half_width(cell)
    return text[:60]


def _cell(cells: Cells, index: int) -> object:
    return cells[index] if index < len(cells) else None


def _is_number(cell: object) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _text(cell: object) -> str:
    return plain_number(cell) if isinstance(cell, int | float) and not isinstance(cell, bool) else half_width(cell)


def _finest(heading: Heading, body: Sequence[tuple[int, Cells]], unit: Unit | None) -> int:
    """The decimals a column of spreadsheet numbers shows: 8.2 in a column with 6.02 was typed as 8.20."""
    texts = [_text(cell) for _, cells in body if _is_number(cell := _cell(cells, heading.index))]
    decimals = max((len(text.partition(".")[2]) for text in texts), default=0)
    if heading.measure and heading.measure.kind == MeasureKind.RATE:
        shown = decimals if heading.in_percent else decimals - 2
        return min(max(shown, 0), 2)
    # What a formula divided may be finer than one fen; nobody reports that.
    return min(decimals, unit.factor.adjusted()) if unit else decimals


def _read_cells(
    sheet: CountySheet, columns: Sequence[Heading], values: Mapping[int, object], finest: Mapping[int, int], row: int
) -> dict[str, Stated]:
    found = {}
    for heading in columns:
        if heading.measure is None or heading.index not in values:
            continue
        cell, kind = values[heading.index], heading.measure.kind
        try:
            stated = read_stated(_text(cell), kind, in_percent=heading.in_percent)
            if _is_number(cell) and kind != MeasureKind.COUNT:
                stated = printed(stated.number, finest[heading.index], kind)
            if kind == MeasureKind.AMOUNT and sheet.unit:
                money_in(stated.number, sheet.unit)
        except BadInput as error:
            sheet.problem("number_not_understood", error.message, row=row, column=heading.text)
            continue
        found[heading.measure.key] = stated
    return found
