# SPDX-License-Identifier: Apache-2.0
"""What each row of a sheet means for what is stored: a new project, a change, or nothing new; and what is wrong.

Pure: what is stored comes in as values, what is to be done goes out as values, faults go into the sheet's problems.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any

from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.planning.projects.dossier.rules.gates import may_hold_money, steps_between
from shanhai.planning.projects.imports.rules.funds import read_funds
from shanhai.planning.projects.imports.rules.known import (
    Known,
    KnownLine,
    KnownPlan,
    KnownProject,
)
from shanhai.planning.projects.imports.rules.naming import Named, named
from shanhai.planning.projects.imports.rules.sheet import Sheet, SheetRow
from shanhai.planning.projects.rules import line_faults, project_faults, stage_from_dates
from shanhai.planning.projects.states import Delivery, Level, Novelty, Stage
from shanhai.planning.projects.values import Dates, Funds, LineFacts, ProjectFacts, Standing

_DIRECT = ("name", "delivery", "novelty", "cross_year", "capital", "altitude_m", "total_investment", "other_sources")
_DATES = tuple(day.name for day in fields(Dates))


class Novel(StrEnum):
    """What a row brings."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row as it would be stored, beside what is stored of it now; ``steps`` are the stages it moves through."""

    row: int
    facts: ProjectFacts
    standing: Standing
    line: LineFacts
    funds: Funds
    known: KnownProject | None = None
    known_line: KnownLine | None = None
    steps: tuple[Stage, ...] = ()

    @property
    def brings(self) -> Novel:
        """Whether the row is new, changes something, or says what is known."""
        if self.known is None:
            return Novel.NEW
        if (self.facts, self.standing) != (self.known.facts, self.known.standing) or self.known_line is None:
            return Novel.CHANGED
        same = (self.line, self.funds) == (self.known_line.facts, self.known_line.funds)
        return Novel.UNCHANGED if same else Novel.CHANGED


def match_row(sheet: Sheet, row: SheetRow, known: Known) -> Candidate | None:
    """The row against what is stored, or None when it is too faulty to say; faults become problems of the sheet."""
    found = known.projects.get(row.values.get("code", ""))
    names = named(sheet, row, known, found)
    if names is None:
        return None

    facts = _facts(row.values, known, found, names)
    standing = _standing(row.values, known, found, facts.dates)
    known_line = found.lines.get((names.year, names.source)) if found else None
    line = _line(sheet, row, known, known_line, names)
    funds = read_funds(sheet, row, known_line, line.amount)
    candidate = Candidate(row.row, facts, standing, line, funds, found, known_line)
    _check(sheet, candidate, known)
    candidate = replace(candidate, steps=_steps(sheet, candidate))
    return None if row.row in sheet.faulty else candidate


def _facts(values: dict[str, Any], known: Known, found: KnownProject | None, names: Named) -> ProjectFacts:
    zero = Money.zero(known.currency)
    old = found.facts if found else ProjectFacts(
        code=values["code"], name=values["name"], place=names.place, delivery=Delivery(values["delivery"]),
        novelty=Novelty.NEW,
        total_investment=values["amount"] + values.get("other_sources", zero), other_sources=zero,
    )  # fmt: skip
    given = {name: values[name] for name in _DIRECT if name in values}
    dates = replace(old.dates, **{name: values[name] for name in _DATES if name in values})
    return replace(old, **given, dates=dates, place=names.place, category=names.category)


def _standing(values: dict[str, Any], known: Known, found: KnownProject | None, dates: Dates) -> Standing:
    old = found.standing if found else Standing(stage_from_dates(dates), Money.zero(known.currency))
    implied = stage_from_dates(dates)
    # Dates alone may move a known project forward; they never take it back.
    moves_on = bool(steps_between(old.stage, implied)) and not {Stage.SUSPENDED, Stage.CANCELLED} & {old.stage}
    stage = values.get("stage", implied if moves_on else old.stage)
    return Standing(
        stage,
        values.get("completed_investment", old.completed_investment),
        values.get("progress_percent", old.progress_percent),
    )


def _line(sheet: Sheet, row: SheetRow, known: Known, old: KnownLine | None, names: Named) -> LineFacts:
    values, category = row.values, known.categories.get(names.category)
    percent = values.get("livelihood_percent", old.facts.livelihood_percent if old else category and category[1])
    if percent is None:
        text = gettext_noop("没有民生比例，也没有类别，民生比例按 0 计。请补上其中一个。")
        sheet.problem(row.row, "livelihood_percent", "livelihood_unknown", message(text), blocking=False)
    return LineFacts(
        year=names.year,
        fund_source=names.source,
        amount=values["amount"],
        livelihood_percent=percent or 0,
        beneficiary_level=values.get("beneficiary_level", old.facts.beneficiary_level if old else Level.COUNTY),
        implementer_level=values.get("implementer_level", old.facts.implementer_level if old else Level.COUNTY),
    )


def _steps(sheet: Sheet, candidate: Candidate) -> tuple[Stage, ...]:
    if candidate.known is None:
        return ()
    old, new = candidate.known.standing.stage, candidate.standing.stage
    steps = steps_between(old, new)
    if steps is None:
        text = gettext_noop("库里的阶段比表里的靠后，不能往回退。请核对；库里记错的，请在项目页更正。")
        sheet.problem(candidate.row, "stage", "stage_backwards", message(text))
    return steps or ()


def _check(sheet: Sheet, candidate: Candidate, known: Known) -> None:
    facts, line, row = candidate.facts, candidate.line, candidate.row
    faults = (
        *project_faults(facts, candidate.standing, today=known.today, currency=known.currency),
        *line_faults(line, currency=known.currency),
    )
    for name, code, sentence in faults:
        sheet.problem(row, name, code, sentence)
    if line.amount.fen + facts.other_sources.fen > facts.total_investment.fen:
        text = gettext_noop("援助资金与其他资金合计超过总投资 %(total)s。请核对。")
        sentence = message(text, total=facts.total_investment)
        sheet.problem(row, "total_investment", "parts_exceed_total", sentence, blocking=False)
    if candidate.standing.completed_investment.fen > facts.total_investment.fen:
        text = gettext_noop("完成投资超过总投资 %(total)s。请核对。")
        sentence = message(text, total=facts.total_investment)
        sheet.problem(row, "completed_investment", "completed_exceeds_total", sentence, blocking=False)
    if not may_hold_money(candidate.standing.stage, candidate.funds.paid):
        text = gettext_noop("还没有开工就有支付。请核对阶段。")
        sheet.problem(row, "paid", "paid_before_start", message(text), blocking=False)
    _check_plan(sheet, candidate, known)
    _check_county(sheet, candidate, known)


def _check_plan(sheet: Sheet, candidate: Candidate, known: Known) -> None:
    line, old, row = candidate.line, candidate.known_line, candidate.row
    plan = known.plans.get(line.year)
    if old is None:
        if plan is not None and plan.state == "closed":
            text = gettext_noop("%(year)s 年的计划已经关闭，不能再增加项目。请核对年度。")
            sheet.problem(row, "year", "plan_closed", message(text, year=str(line.year)))
        return
    if (
        plan is not None
        and plan.state == "closed"
        and (_told(line), candidate.funds.allotted) != (_told(old.facts), old.funds.allotted)
    ):
        text = gettext_noop("%(year)s 年的计划已经关闭，不能再核拨或更改安排。请核对年度。")
        sheet.problem(row, "year", "plan_closed", message(text, year=str(line.year)))
    elif old.twins > 1:
        text = gettext_noop("这个项目 %(year)s 年同一来源有 %(count)s 笔安排，不知道该改哪一笔。请在项目页修改。")
        sheet.problem(row, "amount", "line_ambiguous", message(text, year=str(line.year), count=old.twins))
    elif line.amount != old.facts.amount and not _may_change(line.amount, old.facts.amount, plan):
        text = gettext_noop("计划里是 %(old)s，表里是 %(new)s。计划下达后改金额要走计划调整，导入不改。")
        sheet.problem(row, "amount", "plan_amount_changed", message(text, old=old.facts.amount, new=line.amount))


def _told(line: LineFacts) -> tuple[object, ...]:
    return line.amount, line.livelihood_percent, line.beneficiary_level, line.implementer_level


def _check_county(sheet: Sheet, candidate: Candidate, known: Known) -> None:
    old = candidate.known
    if old is None or old.facts.place == candidate.facts.place:
        return
    paid = sum(line.funds.paid for line in old.lines.values())
    closed = [year for year, _ in old.lines if year in known.plans and known.plans[year].state == "closed"]
    if paid:
        text = gettext_noop("这个项目已支付 %(paid)s，不能改到别的县（市）。请核对县（市）。")
        sentence = message(text, paid=Money(paid, known.currency))
        sheet.problem(candidate.row, "place", "county_paid", sentence)
    elif closed:
        text = gettext_noop("%(year)s 年的计划已经关闭，其中的项目不能改到别的县（市）。请核对县（市）。")
        sheet.problem(candidate.row, "place", "plan_closed", message(text, year=str(min(closed))))


def _may_change(new: Money, old: Money, plan: KnownPlan | None) -> bool:
    # A plan with amounts is not in the ledger before it is issued; one without is issued line by line, and may grow.
    return plan is not None and plan.state == "draft" and (bool(plan.amounts) or new > old)
