# SPDX-License-Identifier: Apache-2.0
"""The county table as the table kit reads it, and what its cells state. Every fault becomes a Problem at its cell."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Protocol

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.units import YUAN, Unit, money_in
from shanhai.planning.returns.rules.checks import printed, read_stated
from shanhai.planning.returns.values import COUNTY, MeasureKind, Row, Stated, Table
from shanhai.registers.tables.rules import cells
from shanhai.registers.tables.rules.table import A_SHEET, TableRow
from shanhai.registers.tables.rules.table import Table as Read
from shanhai.registers.tables.values import Field, Holds, Shown, TableKind

# A province has fewer counties than this; a longer sheet is a list of projects or something else.
MOST_ROWS = 200
_TOTALS = {"合计", "总计", "共计", "全州", "全地区", "全市", "全区", "total", "sum"}
_OWN_LEVEL = ("本级", "州直", "地直", "市直")
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})")
# A spreadsheet keeps binary fractions: what it shows as 17.44 may be stored as 17.439999999999998.
_SIGNIFICANT = 12
_HOLDS = {MeasureKind.COUNT: Holds.COUNT, MeasureKind.AMOUNT: Holds.MONEY, MeasureKind.RATE: Holds.PERCENT}
_BRACKETS = {MeasureKind.COUNT: "", MeasureKind.AMOUNT: "（万元）", MeasureKind.RATE: "（%）"}
# A place may be named by its name, by the unit that reports, or by its code; of several the first counts.
_PLACES = {
    "place": ("县市", "县", "县(市)", "县市区", "县名", "地区", "county", "place"),
    "division": ("区划代码", "代码", "code"),
    "reporter": ("单位",),
}
_NAMES = {
    "project_count": ("项目数", "项目个数", "项目数量", "项目总数", "援建项目", "projects", "project count"),
    "planned": (
        "计划投资", "计划总投资", "年度计划投资", "计划", "计划资金", "计划下达", "planned", "planned investment",
    ),
    "started": ("开工", "开工数", "开工项目", "开工项目数", "已开工", "开复工", "开(复)工", "started"),
    "start_rate": ("开工率", "开复工率", "start rate"),
    "completed": ("完工", "完工数", "完工项目", "完工项目数", "已完工", "竣工", "completed"),
    "completion_rate": ("完工率", "项目完工率", "竣工率", "completion rate"),
    "invested": ("完成投资", "累计完成投资", "完成投资额", "invested", "completed investment"),
    "investment_completion_rate": ("投资完成率", "完成投资率", "investment completion rate"),
    "accepted": ("验收", "验收数", "验收项目", "验收项目数", "已验收", "完成验收", "accepted"),
    "acceptance_rate": ("验收率", "项目验收率", "acceptance rate"),
    "arrived": ("到位资金", "到位", "资金到位", "arrived", "funds arrived"),
    "arrival_rate": ("到位率", "资金到位率", "到位资金率", "arrival rate"),
    "allotted": ("核拨资金", "核拨", "资金核拨", "拨付", "拨付资金", "allotted", "funds allotted"),
    "allotment_rate": ("核拨率", "资金核拨率", "拨付率", "allotment rate"),
    "paid": ("支付资金", "支付", "实际支付", "实际支付资金", "资金支付", "paid", "funds paid"),
    "payment_rate": ("支付率", "资金支付率", "实际支付率", "payment rate"),
}  # fmt: skip


def _as_it_stands(cell: object) -> object:
    """A number is read once its whole column has been seen: that says how finely it was printed."""
    return cell


COUNTIES = TableKind(
    "returns",
    message(gettext_noop("县级报表")),
    (
        *(Field(key, names, Holds.TEXT, cells.text(60), identity=True) for key, names in _PLACES.items()),
        *(
            Field(one.key, _NAMES[one.key], _HOLDS[one.kind], _as_it_stands, bracket=_BRACKETS[one.kind])
            for one in COUNTY.measures
        ),
        Field("project", ("项目名称", "项目编号", "项目代码", "项目编码", "project name", "project code", "name")),
    ),
    # A list of projects is none, whatever else it says.
    tells=lambda keys: "project" not in keys and bool(_PLACES.keys() & keys) and len(_NAMES.keys() & keys) >= 2,
    passed_over=frozenset({"序号", "备注"}),
    asks_for="“县市”“项目数”“计划投资”“到位资金”",
    is_form=True,
)


class Places(Protocol):
    """Finds the codes of the places that a word may mean."""

    @property
    def names(self) -> Mapping[str, str]: ...
    def find(self, written: str) -> tuple[str, ...]: ...
    def is_former(self, written: str) -> bool: ...


@dataclass(slots=True)
class CountySheet:
    """What a file states: rows of counties (their codes beside), the total, the unit, what stands above the table."""

    read: Read
    title: str = ""
    cut_off_on: date | None = None
    rows: list[Row] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)
    row_numbers: dict[str, int] = field(default_factory=dict)
    total: Row | None = None
    unit: Unit | None = None

    def table(self) -> Table:
        """The stated table, to be reconciled. Only when nothing is blocked."""
        return Table(COUNTY, tuple(self.rows), self.total, self.unit or YUAN)

    def problem(self, code: str, text: Message, *, blocking: bool = True) -> None:
        """Note a fault of the table as a whole."""
        self.read.problem(None, None, code, text, blocking=blocking)


def county_sheet(read: Read, *, places: Places, counties: Sequence[str], recipient: str) -> CountySheet:
    """What a table that was read states. ``counties`` are the codes of what the programme supports in ``recipient``.

    The unit of amounts comes from the headings ("计划投资（亿元）") or from a line above ("单位：亿元").
    """
    sheet = CountySheet(read)
    for number, part in read.parts.items():
        above = [cells.text_of(cell) for cell in part.above]
        title = next((text for text in above if len(text) > 4), "")
        # What the template goes on to say is for who fills it in; the day stands beside the title.
        sheet.title = title.partition(" · 截至")[0][:200]
        sheet.cut_off_on = next((day for text in above if (day := _day_in(text))), None)
        sheet.unit = _unit(sheet, number)
    if read.parts:
        _read_rows(sheet, _Meanings(places, counties, recipient))
    return sheet


def _day_in(text: str) -> date | None:
    """The first whole date in a line above the table (截至2021年9月30日), or None."""
    for match in _DAY.finditer(text):
        try:
            return date(*map(int, match.groups()))
        except ValueError:
            continue
    return None


def _unit(sheet: CountySheet, number: int) -> Unit | None:
    part, row = sheet.read.parts[number], number * A_SHEET + sheet.read.parts[number].header.last
    amounts = {key: column for key, column in part.columns.by_field.items() if COUNTIES.field(key).holds is Holds.MONEY}
    units = {column.unit for column in amounts.values()}
    if len(units) > 1 and None not in units:
        text = gettext_noop("各列金额的单位不一样。请统一成一种单位（万元或亿元）。")
        sheet.read.problem(row, None, "unit_mixed", message(text))
    for key in (key for key, column in amounts.items() if column.unit is None):
        text = gettext_noop("这一列没有写单位。请在列名后写“（万元）”或“（元）”，或在表头上方写“单位：万元”。")
        sheet.read.problem(row, key, "unit_undeclared", message(text))
    return next((unit for unit in units if unit), None) if amounts else YUAN


class _Meanings:
    """What a row calls its place: a county, the prefecture's own level, or the prefecture, which is the total."""

    def __init__(self, places: Places, counties: Sequence[str], recipient: str) -> None:
        self.places, self.recipient, self.counties = places, recipient, frozenset(counties)

    def of(self, label: str) -> tuple[bool, tuple[str, ...]]:
        """Whether the word names the total, and the codes that it may mean."""
        bare = label.replace(" ", "").lower()
        found = tuple(one for one in self.places.find(label) if one in self.counties or one == self.recipient)
        if len(found) == 1 and found[0] in self.counties:
            return False, found
        if bare in _TOTALS or bare.endswith(("合计", "总计")):
            return True, (self.recipient,)
        return found == (self.recipient,) and not bare.endswith(_OWN_LEVEL), found


def _read_rows(sheet: CountySheet, meanings: _Meanings) -> None:
    finest = {one.key: _finest(sheet, one.key, one.kind) for one in COUNTY.measures}
    seen: dict[str, int] = {}
    for row in sheet.read.rows:
        stated = [one for one in COUNTY.measures if one.key in row.values or (row.row, one.key) in sheet.read.told]
        if not stated:
            continue
        if len(seen) >= MOST_ROWS:
            text = gettext_noop("县市汇总表最多 %(most)s 行。这张表更长，可能是项目明细，请用“导入项目”。")
            sheet.read.problem(row.row, None, "too_many_rows", message(text, most=MOST_ROWS))
            return
        place = _place(sheet, row, meanings)
        if place is None:
            continue
        label, code, is_total = place
        key = "" if is_total else code
        if key in seen:
            text = gettext_noop("“%(label)s”在第 %(first)s 行已经有了。一个县市只能有一行，合计也只能有一行。")
            said = message(text, label=label, first=sheet.read.number_of(seen[key]))
            sheet.read.problem(row.row, _place_field(sheet, row), "place_repeated", said)
            continue
        seen[key] = row.row
        # What belongs to no county keeps the words of the table.
        name = meanings.places.names[code] if code in meanings.counties and not is_total else label
        sheet.row_numbers[name] = row.row
        found = Row(name, _read_cells(sheet, row, finest))
        if is_total:
            sheet.total = found
        else:
            sheet.rows.append(found)
            sheet.places[name] = code
    if not sheet.rows and not sheet.read.held:
        sheet.problem("no_rows", message(gettext_noop("表里没有县市的行。请每个县市填一行。")))
    if len(sheet.rows) > 1 and sheet.total is None:
        text = gettext_noop("没有合计行，无法核对各行相加是否等于合计。")
        sheet.problem("total_missing", message(text), blocking=False)


def _place_field(sheet: CountySheet, row: TableRow) -> str:
    known = [key for key in _PLACES if sheet.read.has(key, row.row)]
    return next((key for key in known if key in row.values), known[0])


def _place(sheet: CountySheet, row: TableRow, meanings: _Meanings) -> tuple[str, str, bool] | None:
    """The label of a row, its code, and whether it is the total; None when that is a problem by now."""
    key = _place_field(sheet, row)
    label = row.values.get(key, "")
    is_total, codes = meanings.of(label)
    names = meanings.places.names
    if len(codes) == 1:
        if meanings.places.is_former(label):
            text = gettext_noop("“%(text)s”是变更前的区划，按现在的%(place)s（%(code)s）登记。")
            said = message(text, text=label, place=f"“{names[codes[0]]}”", code=codes[0])
            sheet.read.problem(row.row, key, "place_followed", said, blocking=False)
        return label, codes[0], is_total
    if codes:
        text = gettext_noop("“%(text)s”可能是%(places)s。请填全称或六位代码。")
        said = message(text, text=label, places=tuple(f"“{names[code]}”" for code in codes))
        sheet.read.problem(row.row, key, "place_ambiguous", said)
        return None
    text = (
        gettext_noop("“%(label)s”不是“%(recipient)s”的县市。请填县市全名或六位区划代码。")
        if label
        else gettext_noop("这一行没有写县市。请填县市全名或六位区划代码；“%(recipient)s”全部的数请写“合计”。")
    )
    said = message(text, label=label, recipient=names[meanings.recipient])
    sheet.read.problem(row.row, key, "place_unknown", said)
    return None


def plain_number(number: float | int) -> str:
    """A number from a spreadsheet as a person would have typed it: without binary dust, without an exponent."""
    if not math.isfinite(number):
        return str(number)
    if isinstance(number, int) or number.is_integer():
        return str(int(number))
    return f"{Decimal(f'{number:.{_SIGNIFICANT}g}'):f}"


def _is_number(cell: object) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _text(cell: object) -> str:
    if isinstance(cell, int | float) and not isinstance(cell, bool | Shown):
        return plain_number(cell)
    return cells.text_of(cell)


def _finest(sheet: CountySheet, key: str, kind: MeasureKind) -> int:
    """The decimals a column of spreadsheet numbers shows: 8.2 in a column with 6.02 was typed as 8.20."""
    texts = [_text(row.values[key]) for row in sheet.read.rows if _is_number(row.values.get(key))]
    decimals = max((len(text.partition(".")[2]) for text in texts), default=0)
    if kind == MeasureKind.RATE:
        return min(max(decimals if _in_percent(sheet, key) else decimals - 2, 0), 2)
    # What a formula divided may be finer than one fen; nobody reports that.
    return min(decimals, sheet.unit.factor.adjusted()) if sheet.unit else decimals


def _in_percent(sheet: CountySheet, key: str) -> bool:
    return any(part.columns.by_field[key].percent for part in sheet.read.parts.values() if key in part.columns.by_field)


def _read_cells(sheet: CountySheet, row: TableRow, finest: Mapping[str, int]) -> dict[str, Stated]:
    found = {}
    for one in COUNTY.measures:
        if one.key not in row.values:
            continue
        cell = row.values[one.key]
        try:
            stated = read_stated(_text(cell), one.kind, in_percent=_in_percent(sheet, one.key))
            if _is_number(cell) and one.kind != MeasureKind.COUNT:
                stated = printed(stated.number, finest[one.key], one.kind)
            if one.kind == MeasureKind.AMOUNT and sheet.unit:
                money_in(stated.number, sheet.unit)
        except BadInput as error:
            sheet.read.problem(row.row, one.key, "number_not_understood", error.message)
            continue
        found[one.key] = stated
    return found
