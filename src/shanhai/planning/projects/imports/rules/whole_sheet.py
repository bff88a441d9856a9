# SPDX-License-Identifier: Apache-2.0
"""What is wrong with a table as a whole: amounts in the wrong unit, plans that are missing, names that changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.planning.projects.imports.rules.funds import rows_in_wrong_unit, total_in_wrong_unit
from shanhai.planning.projects.imports.rules.known import Known
from shanhai.planning.projects.imports.rules.matching import Candidate, Novel
from shanhai.registers.tables.rules.table import Table

TAGS = ("livelihood_percent", "beneficiary_level", "implementer_level")


def check_whole(table: Table, candidates: Sequence[Candidate], known: Known, issued: Mapping[str, int]) -> None:
    """Everything that only shows when all rows are looked at; ``issued`` is what stands issued by fund source."""
    _check_names(table, candidates)
    _check_units(table, known)
    _check_totals(table, known)
    _check_plans(table, candidates, known)
    _check_tags(table, candidates)
    _check_issued(table, candidates, known, issued)


def years_to_plan(candidates: Collection[Candidate], known: Known) -> tuple[int, ...]:
    """The years that the rows give money from and that have no plan yet."""
    return tuple(sorted({candidate.line.year for candidate in candidates} - set(known.plans)))


def _check_names(table: Table, candidates: Sequence[Candidate]) -> None:
    for candidate in candidates:
        old = candidate.known.facts if candidate.known else candidate.facts
        if old.name == candidate.facts.name:
            continue
        if old.place != candidate.facts.place:
            text = gettext_noop("编号“%(code)s”在库里是另一个项目“%(name)s”。请核对编号。")
            table.problem(candidate.row, "code", "code_of_another", message(text, code=old.code, name=old.name))
        else:
            text = gettext_noop("库里的名称是“%(name)s”，导入后改为表里的名称。请核对编号没有填错。")
            table.problem(candidate.row, "name", "name_changed", message(text, name=old.name), blocking=False)


def _check_units(table: Table, known: Known) -> None:
    text = gettext_noop("%(amount)s 是其他项目一般数额的一千倍以上，像是把元当成了万元。请核对单位。")
    for name in ("amount", "total_investment"):
        by_year: dict[int, dict[int, int]] = defaultdict(dict)
        for row in table.rows:
            if name in row.values:
                by_year[row.values.get("year", known.year)][row.row] = row.values[name].fen
        for year, amounts in by_year.items():
            for number in rows_in_wrong_unit(amounts, known.usual.get(year, ()) if name == "amount" else ()):
                amount = Money(amounts[number], known.currency)
                table.problem(number, name, "wrong_unit", message(text, amount=amount))


def _check_totals(table: Table, known: Known) -> None:
    sums: dict[int, int] = defaultdict(int)
    for row in table.rows:
        if "amount" in row.values:
            sums[row.values.get("year", known.year)] += row.values["amount"].fen
    for year, total in sums.items():
        amounts = known.plans[year].amounts if year in known.plans else {}
        plan = sum(amounts.values()) or known.five_year_plan
        if total_in_wrong_unit(total, plan):
            text = gettext_noop(
                "%(year)s 年合计 %(total)s，是计划 %(plan)s 的一百倍以上，像是把元当成了万元。请核对单位。"
            )
            params = {"total": Money(total, known.currency), "plan": Money(plan, known.currency)}
            table.problem(None, "amount", "wrong_unit", message(text, year=str(year), **params))
        elif amounts and total + sum(known.usual.get(year, ())) > plan:
            text = gettext_noop("%(year)s 年各项目安排合计超过下达计划 %(plan)s。请核对，或先调整计划。")
            sentence = message(text, year=str(year), plan=Money(plan, known.currency))
            table.problem(None, "amount", "lines_over_plan", sentence, blocking=False)


def _check_plans(table: Table, candidates: Sequence[Candidate], known: Known) -> None:
    for year in years_to_plan(candidates, known):
        text = gettext_noop("%(year)s 年还没有年度计划。导入时将建立，按项目逐笔下达。")
        table.problem(None, "year", "plan_missing", message(text, year=str(year)), blocking=False)


def _check_tags(table: Table, candidates: Sequence[Candidate]) -> None:
    if not any(candidate.brings is Novel.NEW for candidate in candidates):
        return
    for name in TAGS[1:]:
        if not table.has(name):
            text = gettext_noop("没有“%(column)s”一列，新项目按县级计。")
            table.problem(None, name, "tag_missing", message(text, column=table.header_of(name)), blocking=False)


def _check_issued(table: Table, candidates: Sequence[Candidate], known: Known, issued: Mapping[str, int]) -> None:
    for source, over in arrivals_over_issued(candidates, known, issued).items():
        text = gettext_noop("“%(source)s”到位比下达的计划多 %(over)s，多出的部分按超计划到位记。请核对。")
        sentence = message(text, source=source, over=Money(over, known.currency))
        table.problem(None, "arrived", "arrived_over_issued", sentence, blocking=False)


def arrivals_over_issued(candidates: Sequence[Candidate], known: Known, issued: Mapping[str, int]) -> dict[str, int]:
    """By fund source, how much more arrives, in fen, than stands issued once the rows' own lines are issued."""
    arriving: dict[str, int] = defaultdict(int)
    for candidate in candidates:
        old = candidate.known_line.funds if candidate.known_line else None
        arriving[candidate.line.fund_source] += candidate.funds.arrived - (old.arrived if old else 0)
        arriving[candidate.line.fund_source] -= issue_due(candidate, known)
    return {source: fen - issued.get(source, 0) for source, fen in arriving.items() if fen > issued.get(source, 0)}


def issue_due(candidate: Candidate, known: Known) -> int:
    """What is still to be issued to the row's line, in fen: only where its plan is issued line by line."""
    plan = known.plans.get(candidate.line.year)
    if plan is not None and plan.amounts:
        return 0
    return max(candidate.line.amount.fen - candidate.funds.issued, 0)
