# SPDX-License-Identifier: Apache-2.0
"""What each row of a table states of a project and a line, beside what is stored of them.

Pure: what is stored comes in as values, what is to be done goes out as values, faults go into the table's problems. A
row is one allocation line; a project with several lines has several rows, which agree on everything else.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.kernel.registry import Progress
from shanhai.planning.imports.rules.words import Ground, Named, named, require
from shanhai.planning.projects.bulk.values import Stated, StoredLine, StoredProject
from shanhai.planning.projects.states import Delivery, Level, Novelty, Stage, steps_between
from shanhai.planning.projects.values import STATIONS, Dates, Funds, LineFacts, ProjectFacts, Standing
from shanhai.registers.tables.rules.table import Table, TableRow

_DIRECT = ("name", "delivery", "novelty", "cross_year", "capital", "altitude_m", "total_investment", "other_sources")
_DATES = tuple(day.name for day in fields(Dates))
# What a row says of a line; a row without any of it is about the project alone.
_OF_A_LINE = frozenset(
    {"year", "fund_source", "amount", *STATIONS, "livelihood_percent", "beneficiary_level", "implementer_level"}
)
ROW_FACTOR = 1_000


@dataclass(frozen=True, slots=True)
class Matched:
    """The rows that may be stored; how many say of a project without lines only what is known; those of no year."""

    rows: tuple[Stated, ...]
    bare: int
    undated: tuple[Stated, ...]


def match_rows(table: Table, ground: Ground, *, year: str, progress: Progress) -> Matched:
    """Each row against what is stored; a row that is too faulty to say is left out, its faults are problems.

    ``year`` is how the person answered for rows without one; ``progress`` is told after each row.
    """
    planned: dict[str, int] = defaultdict(int)
    for row in table.rows:
        if "code" in row.values and "amount" in row.values:
            planned[row.values["code"]] += row.values["amount"].fen
    found, undated, bare, count = [], [], 0, len(table.rows)
    first: dict[str, Stated] = {}
    times: Counter[tuple[str, int, str]] = Counter()
    for number, row in enumerate(table.rows, start=1):
        progress(number, count)
        project = ground.stored.projects.get(row.values.get("code", ""))
        if project is not None and not project.lines and not _OF_A_LINE & row.values.keys():
            bare += _is_known(table, row, ground, project)
            continue
        names = named(table, row, ground, project, year)
        if names is None:
            continue
        stated = _match(table, row, ground, project, names, planned)
        _check_once(table, stated, first.setdefault(stated.facts.code, stated), times)
        found.append(stated)
        if names.undated:
            undated.append(stated)
    return Matched(tuple(found), bare, tuple(undated))


def _match(
    table: Table, row: TableRow, ground: Ground, found: StoredProject | None, names: Named, planned: Mapping[str, int]
) -> Stated:
    if found is not None:
        _leave_estimate(table, row, found.facts)
    facts = _facts(row.values, ground, found, names, planned)
    standing = _standing(row.values, ground, found, facts.dates)
    lines = found.lines.get((names.year, names.source), ()) if found else ()
    old, line, funds = _line_meant(table, row, ground, lines, names)
    steps = (steps_between(found.standing.stage, standing.stage) or ()) if found else ()
    return Stated(row.row, facts, standing, line, funds, found, old, steps)


def _leave_estimate(table: Table, row: TableRow, old: ProjectFacts) -> None:
    """What is estimated once is changed by an approved adjustment only: the row is told so, and leaves it."""
    for name in ("total_investment", "other_sources"):
        stored = getattr(old, name)
        if stored.fen and row.values.get(name, stored) != stored:
            text = gettext_noop("库里是 %(old)s，表里是 %(new)s。改总投资或其他资金要先提出概算调整；导入不改这一格。")
            said = message(text, old=stored, new=row.values[name])
            row.values[name] = stored
            table.problem(row.row, name, "estimate_left", said, blocking=False)


def _line_meant(
    table: Table, row: TableRow, ground: Ground, lines: tuple[StoredLine, ...], names: Named
) -> tuple[StoredLine | None, LineFacts, Funds]:
    """The line the row speaks of: of several alike, the one that it says nothing new about."""
    given = [name for name in STATIONS if name in row.values]
    for old in lines[1:] and lines:
        line = _line(table, row, ground, old, names)
        if line == old.facts and all(row.values[name].fen == getattr(old.funds, name) for name in given):
            return old, line, old.funds
    first = lines[0] if lines else None
    line = _line(table, row, ground, first, names)
    funds = _funds(row.values, first)
    if 0 < line.amount.fen * ROW_FACTOR <= funds.arrived and "arrived" in row.values:
        text = gettext_noop("到位 %(arrived)s 是援助资金 %(planned)s 的一千倍以上，像是把元当成了万元。请核对单位。")
        arrived = Money(funds.arrived, line.amount.currency)
        table.problem(row.row, "arrived", "wrong_unit", message(text, arrived=arrived, planned=line.amount))
    return first, line, funds


def _funds(values: Mapping[str, Any], known: StoredLine | None) -> Funds:
    """What has arrived, been allotted and been paid once the row is taken over.

    A cell that is empty leaves what is known. Where only payments are reported, as much was allotted.
    """
    old = known.funds if known else _NOTHING
    given = {name: values[name].fen for name in STATIONS if name in values}
    if not given:
        return old
    paid = given.get("paid", old.paid)
    return Funds(given.get("arrived", old.arrived), given.get("allotted", max(old.allotted, paid)), paid, old.issued)


_NOTHING = Funds()


def _is_known(table: Table, row: TableRow, ground: Ground, found: StoredProject) -> bool:
    """Whether a row about a project without lines says only what is stored; else it lacks an amount."""
    _leave_estimate(table, row, found.facts)
    facts = _facts(row.values, ground, found, Named(found.facts.place, found.facts.category, "", ground.year), {})
    standing = _standing(row.values, ground, found, facts.dates)
    place = ground.places.get(row.values["place"], ()) if "place" in row.values else (found.facts.place,)
    if (facts, standing) == (found.facts, found.standing) and found.facts.place in place:
        return True
    require(table, row, "amount")
    return False


def _facts(
    values: dict[str, Any], ground: Ground, found: StoredProject | None, names: Named, planned: Mapping[str, int]
) -> ProjectFacts:
    if found is not None:
        old = found.facts
        given = {name: values[name] for name in _DIRECT if name in values and values[name] != getattr(old, name)}
        days = {name: values[name] for name in _DATES if name in values and values[name] != getattr(old.dates, name)}
        if not given and not days and (names.place, names.category) == (old.place, old.category):
            return old
        return replace(old, **given, dates=replace(old.dates, **days), place=names.place, category=names.category)
    other = values.get("other_sources") or Money.zero(ground.stored.currency)
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
        total_investment=Money(planned[values["code"]], ground.stored.currency) + other if total is None else total,
        other_sources=other,
        dates=Dates(*[values.get(name) for name in _DATES]),
    )


def _standing(values: dict[str, Any], ground: Ground, found: StoredProject | None, dates: Dates) -> Standing:
    implied = stage_from_dates(dates)
    old = found.standing if found else Standing(implied, Money.zero(ground.stored.currency))
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


def _line(table: Table, row: TableRow, ground: Ground, old: StoredLine | None, names: Named) -> LineFacts:
    values, category = row.values, ground.categories.get(names.category)
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


def _check_once(table: Table, stated: Stated, first: Stated, times: Counter[tuple[str, int, str]]) -> None:
    """A line stands once, and all rows of a project say the same of it."""
    key = (stated.facts.code, stated.line.year, stated.line.fund_source)
    times[key] += 1
    if stated is first:
        return
    lines = stated.known.lines.get(key[1:], ()) if stated.known else ()
    if times[key] > max(len(lines), 1):
        text = gettext_noop("项目编号“%(code)s”与第 %(row)s 行重复。一个项目每年每个资金来源只能有一行。")
        said = message(text, code=key[0], row=table.number_of(first.row))
        table.problem(stated.row, "code", "duplicate_code", said)
    elif (stated.facts, stated.standing) != (first.facts, first.standing):
        text = gettext_noop("项目“%(code)s”在第 %(row)s 行写得不一样（名称、县、阶段或日期等）。请改成一致。")
        said = message(text, code=key[0], row=table.number_of(first.row))
        table.problem(stated.row, "code", "rows_disagree", said)


def stage_from_dates(dates: Dates) -> Stage:
    """The stage that the dates alone tell, for a table without a column for it."""
    if dates.accepted_on is not None:
        return Stage.ACCEPTED
    if dates.finished_on is not None:
        return Stage.COMPLETED
    return Stage.UNDER_WAY if dates.started_on is not None else Stage.PREPARATION
