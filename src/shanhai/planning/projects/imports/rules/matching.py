# SPDX-License-Identifier: Apache-2.0
"""What each row of a table means for what is stored: a new project, a change, or nothing new; and what is wrong.

Pure: what is stored comes in as values, what is to be done goes out as values, faults go into the table's problems. A
row is one allocation line; a project with several lines has several rows, which agree on everything else.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any

from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.planning.projects.dossier.rules.gates import may_hold_money, steps_between
from shanhai.planning.projects.imports.rules.funds import read_funds
from shanhai.planning.projects.imports.rules.known import Known, KnownLine, KnownPlan, KnownProject
from shanhai.planning.projects.imports.rules.naming import Named, named
from shanhai.planning.projects.rules import line_faults, project_faults, stage_from_dates
from shanhai.planning.projects.states import Delivery, Level, Novelty, Stage
from shanhai.planning.projects.values import Dates, Funds, LineFacts, ProjectFacts, Standing
from shanhai.registers.tables.rules.table import Table, TableRow

_DIRECT = ("name", "delivery", "novelty", "cross_year", "capital", "altitude_m", "total_investment", "other_sources")
_DATES = tuple(day.name for day in fields(Dates))
# What a row says of a line; a row without any of it is about the project alone.
_OF_A_LINE = (
    "year", "fund_source", "amount", "arrived", "allotted", "paid", "livelihood_percent", "beneficiary_level",
    "implementer_level",
)  # fmt: skip


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
    undated: bool = False

    @property
    def brings(self) -> Novel:
        """Whether the row is new, changes something, or says what is known."""
        if self.known is None:
            return Novel.NEW
        if (self.facts, self.standing) != (self.known.facts, self.known.standing) or self.known_line is None:
            return Novel.CHANGED
        same = (self.line, self.funds) == (self.known_line.facts, self.known_line.funds)
        return Novel.UNCHANGED if same else Novel.CHANGED


@dataclass(frozen=True, slots=True)
class Matched:
    """The rows that may be stored, and how many say of a project without lines only what is known."""

    candidates: tuple[Candidate, ...]
    bare: int


def match_rows(table: Table, known: Known, *, year: str, progress: Callable[[int, int], None]) -> Matched:
    """Each row against what is stored; a row that is too faulty to say is left out, its faults are problems.

    ``year`` is how the person answered for rows without one; ``progress`` is told after each row.
    """
    planned: dict[str, int] = defaultdict(int)
    for row in table.rows:
        if "code" in row.values and "amount" in row.values:
            planned[row.values["code"]] += row.values["amount"].fen
    found, bare, count = [], 0, len(table.rows)
    first: dict[str, Candidate] = {}
    times: Counter[tuple[str, int, str]] = Counter()
    for number, row in enumerate(table.rows, start=1):
        progress(number, count)
        project = known.projects.get(row.values.get("code", ""))
        if project is not None and not project.lines and not any(name in row.values for name in _OF_A_LINE):
            bare += _is_known(table, row, known, project)
            continue
        candidate = _match(table, row, known, project, year, planned)
        if candidate is not None:
            _check_once(table, candidate, first.setdefault(candidate.facts.code, candidate), times)
            found.append(candidate)
    kept = tuple(candidate for candidate in found if candidate.row not in table.faulty)
    return Matched(kept, bare)


def _match(
    table: Table, row: TableRow, known: Known, found: KnownProject | None, year: str, planned: Mapping[str, int]
) -> Candidate | None:
    names = named(table, row, known, found, year)
    if names is None:
        return None
    facts = _facts(row.values, known, found, names, planned)
    standing = _standing(row.values, known, found, facts.dates)
    lines = found.lines.get((names.year, names.source), ()) if found else ()
    candidate = _with_line(table, row, known, lines, (facts, standing, names))
    if found is not None:
        candidate = replace(candidate, known=found, steps=_steps(table, candidate, found))
    _check(table, candidate, known, len(lines))
    return candidate


def _with_line(
    table: Table,
    row: TableRow,
    known: Known,
    lines: tuple[KnownLine, ...],
    stated: tuple[ProjectFacts, Standing, Named],
) -> Candidate:
    """The row with the line it speaks of: of several alike, the one that it says nothing new about."""
    facts, standing, names = stated
    for old in lines[1:] and lines:
        line = _line(table, row, known, old, names)
        same = all(row.values[name].fen == getattr(old.funds, name) for name in _STATIONS if name in row.values)
        if line == old.facts and same:
            return Candidate(row.row, facts, standing, line, old.funds, known_line=old, undated=names.undated)
    first = lines[0] if lines else None
    line = _line(table, row, known, first, names)
    funds = read_funds(table, row, first, line.amount)
    return Candidate(row.row, facts, standing, line, funds, known_line=first, undated=names.undated)


_STATIONS = ("arrived", "allotted", "paid")


def _is_known(table: Table, row: TableRow, known: Known, found: KnownProject) -> bool:
    """Whether a row about a project without lines says only what is stored; else it lacks an amount."""
    facts = _facts(row.values, known, found, Named(found.facts.place, found.facts.category, "", known.year), {})
    text = gettext_noop("“%(column)s”没有填。请补上。")
    standing = _standing(row.values, known, found, facts.dates)
    place = known.places.get(row.values["place"], ()) if "place" in row.values else (found.facts.place,)
    if (facts, standing) == (found.facts, found.standing) and found.facts.place in place:
        return True
    table.problem(row.row, "amount", "amount_missing", message(text, column=table.header_of("amount", row.row)))
    return False


def _facts(
    values: dict[str, Any], known: Known, found: KnownProject | None, names: Named, planned: Mapping[str, int]
) -> ProjectFacts:
    if found is not None:
        old = found.facts
        given = {name: values[name] for name in _DIRECT if name in values and values[name] != getattr(old, name)}
        days = {name: values[name] for name in _DATES if name in values and values[name] != getattr(old.dates, name)}
        if not given and not days and (names.place, names.category) == (old.place, old.category):
            return old
        return replace(old, **given, dates=replace(old.dates, **days), place=names.place, category=names.category)
    other = values.get("other_sources") or Money.zero(known.currency)
    total = values.get("total_investment")
    return ProjectFacts(
        code=values["code"],
        name=values["name"],
        place=names.place,
        delivery=Delivery(values["delivery"]),
        novelty=values.get("novelty", Novelty.NEW),
        category=names.category,
        cross_year=values.get("cross_year", False),
        capital=values.get("capital", True),
        altitude_m=values.get("altitude_m"),
        total_investment=Money(planned[values["code"]], known.currency) + other if total is None else total,
        other_sources=other,
        dates=Dates(*[values.get(name) for name in _DATES]),
    )


def _standing(values: dict[str, Any], known: Known, found: KnownProject | None, dates: Dates) -> Standing:
    implied = stage_from_dates(dates)
    old = found.standing if found else Standing(implied, Money.zero(known.currency))
    stage = values.get("stage")
    if stage is None:
        # Dates alone may move a known project forward; they never take it back.
        moves_on = old.stage not in (Stage.SUSPENDED, Stage.CANCELLED) and bool(steps_between(old.stage, implied))
        stage = implied if moves_on else old.stage
    return Standing(
        stage,
        values.get("completed_investment", old.completed_investment),
        values.get("progress_percent", old.progress_percent),
    )


def _line(table: Table, row: TableRow, known: Known, old: KnownLine | None, names: Named) -> LineFacts:
    values, category = row.values, known.categories.get(names.category)
    percent = values.get("livelihood_percent", old.facts.livelihood_percent if old else category and category[1])
    if percent is None:
        text = gettext_noop("没有民生比例，也没有类别，民生比例按 0 计。请补上其中一个。")
        table.problem(row.row, "livelihood_percent", "livelihood_unknown", message(text), blocking=False)
    return LineFacts(
        year=names.year,
        fund_source=names.source,
        amount=values["amount"],
        livelihood_percent=percent or 0,
        beneficiary_level=values.get("beneficiary_level", old.facts.beneficiary_level if old else Level.COUNTY),
        implementer_level=values.get("implementer_level", old.facts.implementer_level if old else Level.COUNTY),
    )


def _steps(table: Table, candidate: Candidate, found: KnownProject) -> tuple[Stage, ...]:
    old, new = found.standing.stage, candidate.standing.stage
    if old == new:
        return ()
    steps = steps_between(old, new)
    if steps is None:
        text = gettext_noop("库里的阶段比表里的靠后，不能往回退。请核对；库里记错的，请在项目页更正。")
        table.problem(candidate.row, "stage", "stage_backwards", message(text))
    return steps or ()


def _check_once(table: Table, candidate: Candidate, first: Candidate, times: Counter[tuple[str, int, str]]) -> None:
    """A line stands once, and all rows of a project say the same of it."""
    key = (candidate.facts.code, candidate.line.year, candidate.line.fund_source)
    times[key] += 1
    if candidate is first:
        return
    lines = candidate.known.lines.get(key[1:], ()) if candidate.known else ()
    if times[key] > max(len(lines), 1):
        text = gettext_noop("项目编号“%(code)s”与第 %(row)s 行重复。一个项目每年每个资金来源只能有一行。")
        said = message(text, code=key[0], row=table.number_of(first.row))
        table.problem(candidate.row, "code", "duplicate_code", said)
    elif (candidate.facts, candidate.standing) != (first.facts, first.standing):
        text = gettext_noop("项目“%(code)s”在第 %(row)s 行写得不一样（名称、县、阶段或日期等）。请改成一致。")
        said = message(text, code=key[0], row=table.number_of(first.row))
        table.problem(candidate.row, "code", "rows_disagree", said)


def _check(table: Table, candidate: Candidate, known: Known, alike: int) -> None:
    facts, line, row = candidate.facts, candidate.line, candidate.row
    faults = (
        *project_faults(facts, candidate.standing, today=known.today, currency=known.currency),
        *line_faults(line, currency=known.currency),
    )
    for name, code, sentence in faults:
        table.problem(row, name, code, sentence)
    if candidate.brings is Novel.UNCHANGED:
        return
    if line.amount.fen + facts.other_sources.fen > facts.total_investment.fen:
        text = gettext_noop("援助资金与其他资金合计超过总投资 %(total)s。请核对。")
        sentence = message(text, total=facts.total_investment)
        table.problem(row, "total_investment", "parts_exceed_total", sentence, blocking=False)
    if candidate.standing.completed_investment.fen > facts.total_investment.fen:
        text = gettext_noop("完成投资超过总投资 %(total)s。请核对。")
        sentence = message(text, total=facts.total_investment)
        table.problem(row, "completed_investment", "completed_exceeds_total", sentence, blocking=False)
    if not may_hold_money(candidate.standing.stage, candidate.funds.paid):
        text = gettext_noop("还没有开工就有支付。请核对阶段。")
        table.problem(row, "paid", "paid_before_start", message(text), blocking=False)
    _check_plan(table, candidate, known, alike)
    _check_county(table, candidate, known)


def _check_plan(table: Table, candidate: Candidate, known: Known, alike: int) -> None:
    line, old, row = candidate.line, candidate.known_line, candidate.row
    plan = known.plans.get(line.year)
    if old is None:
        if plan is not None and plan.state == "closed":
            text = gettext_noop("%(year)s 年的计划已经关闭，不能再增加项目。请核对年度。")
            table.problem(row, "year", "plan_closed", message(text, year=str(line.year)))
        return
    if (
        plan is not None
        and plan.state == "closed"
        and (_told(line), candidate.funds.allotted) != (_told(old.facts), old.funds.allotted)
    ):
        text = gettext_noop("%(year)s 年的计划已经关闭，不能再核拨或更改安排。请核对年度。")
        table.problem(row, "year", "plan_closed", message(text, year=str(line.year)))
    elif alike > 1 and (line, candidate.funds) != (old.facts, old.funds):
        text = gettext_noop("这个项目 %(year)s 年同一来源有 %(count)s 笔安排，不知道该改哪一笔。请在项目页修改。")
        table.problem(row, "amount", "line_ambiguous", message(text, year=str(line.year), count=alike))
    elif line.amount != old.facts.amount and not _may_change(line.amount, old.facts.amount, plan):
        text = gettext_noop("计划里是 %(old)s，表里是 %(new)s。计划下达后改金额要走计划调整，导入不改。")
        table.problem(row, "amount", "plan_amount_changed", message(text, old=old.facts.amount, new=line.amount))


def _told(line: LineFacts) -> tuple[object, ...]:
    return line.amount, line.livelihood_percent, line.beneficiary_level, line.implementer_level


def _check_county(table: Table, candidate: Candidate, known: Known) -> None:
    old = candidate.known
    if old is None or old.facts.place == candidate.facts.place:
        return
    paid = sum(line.funds.paid for lines in old.lines.values() for line in lines)
    closed = [year for year in old.years if year in known.plans and known.plans[year].state == "closed"]
    if paid:
        text = gettext_noop("这个项目已支付 %(paid)s，不能改到别的县（市）。请核对县（市）。")
        sentence = message(text, paid=Money(paid, known.currency))
        table.problem(candidate.row, "place", "county_paid", sentence)
    elif closed:
        text = gettext_noop("%(year)s 年的计划已经关闭，其中的项目不能改到别的县（市）。请核对县（市）。")
        table.problem(candidate.row, "place", "plan_closed", message(text, year=str(min(closed))))


def _may_change(new: Money, old: Money, plan: KnownPlan | None) -> bool:
    # A plan with amounts is not in the ledger before it is issued; one without is issued line by line, and may grow.
    return plan is not None and plan.state == "draft" and (bool(plan.amounts) or new > old)
