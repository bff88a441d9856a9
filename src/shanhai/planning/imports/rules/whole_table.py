# SPDX-License-Identifier: Apache-2.0
"""What is wrong with a table as a whole: amounts in the wrong unit, plans that are missing, names that changed."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.planning.imports.rules.words import Ground
from shanhai.planning.projects.bulk.values import Novel, Stated
from shanhai.registers.tables.rules.table import Table

TAGS = ("beneficiary_level", "implementer_level")
ROW_FACTOR = 1_000
PLAN_FACTOR = 100


def check_whole(table: Table, rows: Sequence[Stated], ground: Ground, over_issued: Mapping[str, int]) -> None:
    """Everything that only shows when all rows are looked at; ``over_issued`` is by fund source what arrives beyond."""
    _check_names(table, rows)
    _check_units(table, ground)
    _check_totals(table, ground)
    for year in years_to_plan(rows, ground):
        text = gettext_noop("%(year)s 年还没有年度计划。导入时将建立，按项目逐笔下达。")
        table.problem(None, "year", "plan_missing", message(text, year=str(year)), blocking=False)
    for name in TAGS if any(row.brings is Novel.NEW for row in rows) else ():
        if not table.has(name):
            text = gettext_noop("没有“%(column)s”一列，新项目按县级计。")
            table.problem(None, name, "tag_missing", message(text, column=table.header_of(name)), blocking=False)
    for source, over in over_issued.items():
        text = gettext_noop("“%(source)s”到位比下达的计划多 %(over)s，多出的部分按超计划到位记。请核对。")
        sentence = message(text, source=source, over=Money(over, ground.stored.currency))
        table.problem(None, "arrived", "arrived_over_issued", sentence, blocking=False)


def years_to_plan(rows: Collection[Stated], ground: Ground) -> tuple[int, ...]:
    """The years that the rows give money from and that have no plan yet."""
    return tuple(sorted({row.line.year for row in rows} - set(ground.stored.plans)))


def _check_names(table: Table, rows: Sequence[Stated]) -> None:
    for row in rows:
        old = row.known.facts if row.known else row.facts
        if old.name == row.facts.name:
            continue
        if old.place != row.facts.place:
            text = gettext_noop("编号“%(code)s”在库里是另一个项目“%(name)s”。请核对编号。")
            table.problem(row.row, "code", "code_of_another", message(text, code=old.code, name=old.name))
        else:
            text = gettext_noop("库里的名称是“%(name)s”，导入后改为表里的名称。请核对编号没有填错。")
            table.problem(row.row, "name", "name_changed", message(text, name=old.name), blocking=False)


def _check_units(table: Table, ground: Ground) -> None:
    text = gettext_noop("%(amount)s 是其他项目一般数额的一千倍以上，像是把元当成了万元。请核对单位。")
    for name in ("amount", "total_investment"):
        by_year: dict[int, dict[int, int]] = defaultdict(dict)
        for row in table.rows:
            if name in row.values:
                by_year[row.values.get("year", ground.year)][row.row] = row.values[name].fen
        for year, amounts in by_year.items():
            for number in rows_in_wrong_unit(amounts, ground.stored.others.get(year, ()) if name == "amount" else ()):
                amount = Money(amounts[number], ground.stored.currency)
                table.problem(number, name, "wrong_unit", message(text, amount=amount))


def _check_totals(table: Table, ground: Ground) -> None:
    sums: dict[int, int] = defaultdict(int)
    for row in table.rows:
        if "amount" in row.values:
            sums[row.values.get("year", ground.year)] += row.values["amount"].fen
    for year, total in sums.items():
        amounts = ground.stored.plans[year].amounts if year in ground.stored.plans else {}
        plan = sum(amounts.values()) or ground.five_year_plan
        if total_in_wrong_unit(total, plan):
            text = gettext_noop(
                "%(year)s 年合计 %(total)s，是计划 %(plan)s 的一百倍以上，像是把元当成了万元。请核对单位。"
            )
            params = {"total": Money(total, ground.stored.currency), "plan": Money(plan, ground.stored.currency)}
            table.problem(None, "amount", "wrong_unit", message(text, year=str(year), **params))


def rows_in_wrong_unit(amounts: Mapping[int, int], usual: Sequence[int] = ()) -> tuple[int, ...]:
    """The keys of ``amounts`` (fen by row) that are at least a thousand times the median of the other amounts.

    ``usual`` are amounts of the same plan that are already stored; zeros say nothing and are left out. With fewer
    than two other amounts there is nothing to compare with, and nothing is found.
    """
    known = sorted(amount for amount in (*amounts.values(), *usual) if amount > 0)
    if len(known) < 3:
        return ()
    return tuple(
        key
        for key, amount in amounts.items()
        if amount > 0 and 2 * amount >= ROW_FACTOR * _twice_median_without(known, bisect_left(known, amount))
    )


def total_in_wrong_unit(total: int, plan: int) -> bool:
    """Whether a sheet's total is at least a hundred times the yearly plan it belongs to; no plan, no question."""
    return plan > 0 and total >= PLAN_FACTOR * plan


def _twice_median_without(known: Sequence[int], left_out: int) -> int:
    count = len(known) - 1
    low, high = (count - 1) // 2, count // 2
    return sum(known[place + (place >= left_out)] for place in (low, high))
