# SPDX-License-Identifier: Apache-2.0
"""Reading a file as a return of one programme, with everything that speaks against storing it. Stores nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.kernel.imports import TableFile
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.money import Money, total
from shanhai.kernel.units import money_in
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.planning.programmes.plans.selectors import list_yearly_plans
from shanhai.planning.returns.permissions import may_submit
from shanhai.planning.returns.rules.checks import in_wrong_unit
from shanhai.planning.returns.rules.sheet import COUNTIES, CountySheet, county_sheet
from shanhai.planning.returns.values import COUNTY
from shanhai.registers.places.selectors import OWN_LEVEL, PlaceWords, list_counties_of
from shanhai.registers.tables.rules.reading import read_table
from shanhai.registers.tables.selectors.writing import write_template

if TYPE_CHECKING:
    from shanhai.planning.programmes.models import Programme


TITLE = "县级报表 · 截至____年__月__日 · 单位见列名 · 第 4 行是示例，导入时跳过"
NOTES = (
    ("截至日期", "写在表头上方，例如“截至2026年9月30日”。数都是到这一天的累计数。"),
    ("县市", "一个县市一行，填全称或六位区划代码。州本级的项目单独一行；全部的数写“合计”。"),
    ("金额", "单位万元，各列同一种单位。"),
    ("比率", "可以空着。填了的，系统按分子分母核对。"),
    ("没有的列", "可以删去；至少留“县市”和两列数。"),
)


def return_template(*, viewer: Actor, programme: str) -> bytes:
    """An empty county table for the programme, its counties to choose from. Raises NotVisible."""
    recipient = get_programme(viewer=viewer, code=programme).recipient
    names = [division.name for division in list_counties_of(recipient.code)]
    wanted = [one for one in COUNTIES.fields if one.key == "place" or one.key in COUNTY.by_key()]
    fields = [replace(one, example=f"示例：{names[0]}") if names and one.key == "place" else one for one in wanted]
    return write_template(
        tab="县级报表", title=TITLE, fields=fields, choices={"place": (*names, *OWN_LEVEL[:1], "合计")}, notes=NOTES
    )


def read_return(
    *,
    viewer: Actor,
    at: datetime,
    programme: Programme,
    file: TableFile,
    answers: Mapping[str, str],
    cut_off_on: date | None = None,
) -> CountySheet:
    """Read the file that ``viewer`` wants to send in; problems stand in the sheet, ``cut_off_on`` overrides its title.

    One sheet with the header is read; of several the person chooses. Raises what opening the file raises.
    """
    recipient = programme.recipient
    counties = [division.code for division in list_counties_of(recipient.code)]
    read = read_table(COUNTIES, file.sheets, answers)
    sheet = county_sheet(read, places=PlaceWords(recipient), counties=counties, recipient=recipient.code)
    sheet.cut_off_on = cut_off_on or sheet.cut_off_on
    _check_day(sheet, programme, clock.local_date(at))
    _check_places(sheet, viewer, programme)
    if not sheet.read.held:
        _check_unit(sheet, viewer, programme)
    return sheet


def _check_day(sheet: CountySheet, programme: Programme, today: date) -> None:
    if sheet.cut_off_on is None:
        text = gettext_noop("没有写数据截至哪一天。请在表头上方写“截至2026年9月30日”，或另外填上。")
        sheet.problem("cut_off_missing", message(text))
    elif sheet.cut_off_on > today:
        text = gettext_noop("截止日 %(day)s 还没有到。请核对日期。")
        sheet.problem("cut_off_in_future", message(text, day=sheet.cut_off_on.isoformat()))
    elif sheet.cut_off_on < programme.starts_on:
        text = gettext_noop("截止日 %(day)s 早于对口支援开始的 %(start)s。请核对日期。")
        params = {"day": sheet.cut_off_on.isoformat(), "start": programme.starts_on.isoformat()}
        sheet.problem("cut_off_before_start", Message(text, params))


def _check_places(sheet: CountySheet, viewer: Actor, programme: Programme) -> None:
    total = {sheet.total.label: programme.recipient.code} if sheet.total else {}
    for label, place in (sheet.places | total).items():
        if not may_submit(viewer, programme=programme.code, places=[place]):
            text = gettext_noop("您的岗位不能报“%(label)s”的数。请只留您负责的县市的行。")
            sheet.read.problem(sheet.row_numbers[label], None, "place_not_yours", message(text, label=label))


def _check_unit(sheet: CountySheet, viewer: Actor, programme: Programme) -> None:
    """Compare the planned amounts with the year's plan, or with the five-year plan where there is none."""
    rows = [sheet.total] if sheet.total and "planned" in sheet.total.cells else sheet.rows
    cells = [row.cells["planned"] for row in rows if "planned" in row.cells]
    if not cells or sheet.unit is None or sheet.cut_off_on is None:
        return
    stated = total(money_in(cell.number, sheet.unit) for cell in cells)
    plans = list_yearly_plans(viewer=viewer, programme=programme.code, amounts=True)
    year = [
        Money(line.amount_fen) for plan in plans if plan.year == sheet.cut_off_on.year for line in plan.amounts.all()
    ]
    plan = total(year) if year else Money(programme.five_year_plan_fen)
    if in_wrong_unit(stated, plan, whole=sheet.total is not None):
        text = gettext_noop(
            "“计划投资”共 %(stated)s 元，而计划是 %(plan)s 元，相差百倍以上。请核对单位是万元还是亿元。"
        )
        params = {"stated": f"{stated.yuan:,.2f}", "plan": f"{plan.yuan:,.2f}"}
        sheet.problem("unit_improbable", Message(text, params))
