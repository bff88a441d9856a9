# SPDX-License-Identifier: Apache-2.0
"""The money a row of a sheet reports for a line, against what the ledger knows: it only grows, and in order."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence

from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.planning.projects.imports.rules.known import KnownLine
from shanhai.planning.projects.values import STATIONS, Funds
from shanhai.registers.tables.rules.table import Table, TableRow


def read_funds(table: Table, row: TableRow, known: KnownLine | None, planned: Money) -> Funds:
    """What has arrived, been allotted and been paid once the row is taken over; faults become problems.

    A cell that is empty leaves what is known. Where only payments are reported, as much was allotted.
    """
    old = known.funds if known else Funds()
    given = {name: row.values[name].fen for name in STATIONS if name in row.values}
    arrived = given.get("arrived", old.arrived)
    paid = given.get("paid", old.paid)
    funds = Funds(arrived, given.get("allotted", max(old.allotted, paid)), paid, old.issued)
    for name, fen in given.items():
        recorded = getattr(old, name)
        if fen < recorded:
            text = gettext_noop("账上已有 %(recorded)s，表里只有 %(stated)s。要减少请先冲正多记的账。")
            sentence = message(text, recorded=_money(recorded, planned), stated=_money(fen, planned))
            table.problem(row.row, name, "less_than_recorded", sentence)
    # What stands so already is history, which a warning names: the product's own export comes back unchanged.
    if (funds.allotted, funds.paid) != (old.allotted, old.paid):
        _check_order(table, row, funds, planned)
    _check_plan(table, row, funds, planned)
    _check_ceiling(table, row, funds, old, planned)
    return funds


def _check_ceiling(table: Table, row: TableRow, funds: Funds, old: Funds, planned: Money) -> None:
    """No more goes out by table than by hand: what the line gives is the most."""
    for name in ("allotted", "paid"):
        fen = getattr(funds, name)
        if fen > planned.fen and fen > getattr(old, name):
            text = gettext_noop("%(sum)s 超过这一笔安排的 %(most)s。请核对；确需的，由指挥长在项目页写明原因办理。")
            said = message(text, sum=_money(fen, planned), most=planned)
            table.problem(row.row, name, f"{name}_over_line", said)


def _check_order(table: Table, row: TableRow, funds: Funds, planned: Money) -> None:
    if funds.paid <= funds.allotted <= funds.arrived:
        return
    sums = {name: _money(getattr(funds, name), planned) for name in STATIONS}
    if funds.paid > funds.arrived:
        text = gettext_noop("支付 %(paid)s 超过到位 %(arrived)s。请核对支付，或补上到位。")
        table.problem(row.row, "paid", "payment_over_arrived", message(text, **sums))
    elif funds.allotted > funds.arrived:
        text = gettext_noop("核拨 %(allotted)s 超过到位 %(arrived)s。请核对核拨，或补上到位。")
        table.problem(row.row, "allotted", "allotment_over_arrived", message(text, **sums))
    elif funds.paid > funds.allotted:
        text = gettext_noop("支付 %(paid)s 超过核拨 %(allotted)s。请核对支付，或补上核拨。")
        table.problem(row.row, "paid", "payment_over_allotted", message(text, **sums))


def _check_plan(table: Table, row: TableRow, funds: Funds, planned: Money) -> None:
    arrived = _money(funds.arrived, planned)
    if "arrived" in row.values and 0 < planned.fen * ROW_FACTOR <= funds.arrived:
        text = gettext_noop("到位 %(arrived)s 是援助资金 %(planned)s 的一千倍以上，像是把元当成了万元。请核对单位。")
        table.problem(row.row, "arrived", "wrong_unit", message(text, arrived=arrived, planned=planned))
    elif "arrived" in row.values and funds.arrived > planned.fen:
        text = gettext_noop("到位 %(arrived)s 超过援助资金 %(planned)s。请核对；确实超计划到位可以照常导入。")
        sentence = message(text, arrived=arrived, planned=planned)
        table.problem(row.row, "arrived", "arrived_over_plan", sentence, blocking=False)


def _money(fen: int, like: Money) -> Money:
    return Money(fen, like.currency)


ROW_FACTOR = 1_000
PLAN_FACTOR = 100


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
