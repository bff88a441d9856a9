# SPDX-License-Identifier: Apache-2.0
"""Reading a file as a return of one programme, with everything that speaks against storing it. Stores nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput
from shanhai.kernel.imports import TableFile
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.money import Money, total
from shanhai.kernel.units import money_in
from shanhai.planning.programmes.plans.selectors import list_yearly_plans
from shanhai.planning.returns.access import may_submit
from shanhai.planning.returns.rules.checks import in_wrong_unit
from shanhai.planning.returns.rules.sheet import CountySheet, header_row, read_sheet
from shanhai.registers.places.selectors import list_counties_of
from shanhai.registers.tables.rules.reading import hidden_rows

if TYPE_CHECKING:
    from shanhai.planning.programmes.models import Programme


def is_county_table(file: TableFile) -> bool:
    """Whether the file is a table with the header of a county table; False for what cannot be read."""
    try:
        return any(header_row(sheet.head) is not None for sheet in file.sheets if sheet.shown)
    except BadInput:
        return False


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

    The first shown sheet with the header is read, others with it are named. Raises what opening the file raises.
    """
    recipient = programme.recipient
    counties = {division.code: division.name for division in list_counties_of(recipient.code)}
    shown = [sheet for sheet in file.sheets if sheet.shown and sheet.count]
    with_header = [sheet for sheet in shown if header_row(sheet.head) is not None]
    chosen = (with_header or shown)[0]
    asked, left = hidden_rows(chosen, (header_row(chosen.head) or 0) + 1, answers)
    lines = [() if number in left else row for number, row in enumerate(chosen.rows(), start=1)]
    sheet = read_sheet(lines, counties=counties, recipient=(recipient.code, recipient.name))
    sheet.questions = (asked,) if asked else ()
    for other in with_header[1:]:
        text = gettext_noop("工作表“%(sheet)s”没有读。一份报表只有一张表，请另存后分开报。")
        sheet.problem("sheet_unread", message(text, sheet=other.name), blocking=False)
    sheet.cut_off_on = cut_off_on or sheet.cut_off_on
    _check_day(sheet, programme, clock.local_date(at))
    _check_places(sheet, viewer, programme)
    if not sheet.blocked:
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
    for label, place in sheet.all_places(programme.recipient.code):
        if not may_submit(viewer, programme=programme.code, places=[place]):
            text = gettext_noop("您的岗位不能报“%(label)s”的数。请只留您负责的县市的行。")
            sheet.problem("place_not_yours", message(text, label=label), row=sheet.row_numbers[label])


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
