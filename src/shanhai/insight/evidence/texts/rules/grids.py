# SPDX-License-Identifier: Apache-2.0
"""What must hold within a table that stands in a text: its totals, and what most of its rows show of its columns.

A table says nothing of how it was computed. A total row or column is one by its name; any other relation between
columns (a part, a rate, a growth) is taken to hold where it holds in most rows, and asked of the others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from functools import partial
from itertools import permutations

from shanhai.insight.evidence.texts.rules.arithmetic import Relation, explained, growth_of, share_of, sum_of
from shanhai.insight.evidence.texts.rules.layout import Cell, interval_of
from shanhai.insight.evidence.texts.rules.tables import NUMBER, RULE, TOTAL, parted
from shanhai.insight.evidence.texts.rules.units import factor_in
from shanhai.insight.evidence.texts.values import Bound, Claim, Span
from shanhai.planning.returns.values import MeasureKind

# A wider table is a data sheet, and its columns are not tried against one another.
MOST_COLUMNS = 12
_NOT_ADDED = re.compile(r"率|比重|占比|比例|[%‰]|均|单价|序号|排名|名次|位次|年龄|增长|增幅|同比|环比|年份|得分")
_SENTENCE = re.compile("[，。；！？：:]")
_TOKEN = re.compile(r"[-+]?\d[\d,.]* (?:[万亿]?元|个|%)(?=\s|$)|\S+")
_VALUE = re.compile(rf"({NUMBER.pattern})\s?(\D{{0,6}})")
_NOTHING = frozenset(("", "-", "--", "—", "/", "0", "无"))
Row = dict[int, Cell]
# Where each cell of a line begins, and what stands in it.
Cells = list[tuple[int, str]]


def relations(text: str) -> tuple[list[Relation], list[Span]]:
    """What can be asked of the tables of ``text`` (plain characters), and the lines that are rows and no sentences."""
    asked: list[Relation] = []
    spans: list[Span] = []
    block: list[Cells] = []
    at = 0
    for line in [*text.splitlines(keepends=True), ""]:
        marked = "\t" in line or "|" in line
        cells = parted(line.rstrip("\r\n"), at)
        if not marked:
            cells = [] if _SENTENCE.search(line) else cells or _words(line, at)
        if marked or sum(bool(re.search(r"\d", said)) for _at, said in cells) > 1:
            spans.append(Span(at, at + len(line)))
        at += len(line)
        if RULE.fullmatch(line):
            continue
        if block and len(cells) != len(block[0]):
            asked += _of_block(block)
            block = []
        if 1 < len(cells) <= MOST_COLUMNS:
            block.append(cells)
    return asked, spans


def _of_block(lines: Sequence[Cells]) -> Iterator[Relation]:
    """A table is lines of as many cells."""
    if len(lines) > 2:
        header = [said for _at, said in lines[0]]
        rows = [(cells[0][1], row) for cells in lines if (row := _row(cells, header))]
        if len(rows) > 1:
            yield from (*_totals(lines, rows), *_columns(header, [row for _name, row in rows]))


def _words(line: str, at: int) -> Cells:
    """The cells of a line whose columns one blank parts."""
    found = [(at + one.start(), one[0]) for one in _TOKEN.finditer(line)]
    return found if len(found) > 2 else []


def _row(cells: Cells, header: Sequence[str]) -> Row:
    """The numbers of a line by their column, but for the first, which names the row."""
    row: Row = {}
    for column, (start, said) in enumerate(cells):
        if column and (found := _VALUE.fullmatch(said)) and (unit := _unit(found[2])):
            value = Decimal(found[1].replace(",", "").replace("，", ""))
            step = Decimal(1).scaleb(min(int(value.as_tuple().exponent), 0)) * unit[0]
            rate = unit[1] == "%" or "%" in header[column] or header[column].endswith(("率", "占比", "比重"))
            line = Span(cells[0][0], cells[-1][0] + len(cells[-1][1]))
            subject = f"{cells[0][1]}{header[column]}" if not NUMBER.fullmatch(header[column]) else cells[0][1]
            claim = Claim(
                value * unit[0],
                "%" if rate else unit[1],
                Bound.EXACT,
                said,
                start,
                start + len(said),
                line,
                step=step,
                subject=subject,
            )
            kind = MeasureKind.RATE if rate else MeasureKind.COUNT if step == 1 and not unit[1] else MeasureKind.AMOUNT
            interval = interval_of(claim if kind != MeasureKind.COUNT else _counted(claim))
            row[column] = Cell(claim, interval, kind, cells[0][1], subject, "", "", "", start, start)
    return row


def _unit(written: str) -> tuple[Decimal, str] | None:
    return (Decimal(1), written) if written in ("", "%") else factor_in(written)


def _counted(claim: Claim) -> Claim:
    return Claim(claim.value, "个", claim.bound, claim.text, claim.start, claim.end, claim.sentence, step=claim.step)


def _totals(lines: Sequence[Cells], rows: Sequence[tuple[str, Row]]) -> Iterator[Relation]:
    """The row named 合计 at either end against the others, each column that is added up."""
    totals = [index for index, (name, _row) in enumerate(rows) if TOTAL.match(name)]
    if len(totals) != 1 or totals[0] not in (0, len(rows) - 1) or len(rows) < 3:
        return
    total = rows[totals[0]][1]
    parts = [row for index, (_name, row) in enumerate(rows) if index != totals[0]]
    empty = {column for cells in lines for column, (_at, said) in enumerate(cells) if said in _NOTHING}
    asked = []
    for column, cell in total.items():
        there = [row[column] for row in parts if column in row]
        whole = len(there) == len(parts) or (column in empty and len(there) > 1)
        if whole and cell.kind != MeasureKind.RATE and not _NOT_ADDED.search(lines[0][column][1]):
            asked.append(sum_of(cell, there))
    # Without a head nobody knows which columns are added up.
    held = any(relation.passed for relation in asked) and not any(_VALUE.fullmatch(said) for _at, said in lines[0][1:])
    yield from (one for one in asked if one.passed or held or explained(one))


def _columns(header: Sequence[str], rows: Sequence[Row]) -> Iterator[Relation]:
    columns = sorted({column for row in rows for column in row})
    amounts = [one for one in columns if not _NOT_ADDED.search(header[one]) and not _is_rate(one, rows)]
    found: list[list[Relation]] = []
    for total in amounts:
        others = [one for one in amounts if one != total]
        stretches = [others[low:high] for low in range(len(others)) for high in range(low + 2, len(others) + 1)]
        for parts in [others, *stretches] if TOTAL.match(header[total]) else stretches:
            if kept := _learned(rows, (total, *parts), lambda cells: sum_of(cells[0], cells[1:])):
                found.append(kept)
                break
    for rate in (one for one in columns if one not in amounts):
        for part, base in permutations(amounts, 2):
            kept = _learned(rows, (rate, part, base), lambda cells: share_of(*cells))
            kept = kept or _learned(rows, (rate, part, base), lambda cells: growth_of(*cells, down=False))
            if kept:
                found.append(kept)
                break
        else:
            found += _shares_of_total(header, rows, rate, amounts)
    for kept in found:
        yield from kept


def _is_rate(column: int, rows: Sequence[Row]) -> bool:
    return any(row[column].kind == MeasureKind.RATE for row in rows if column in row)


def _learned(rows: Sequence[Row], columns: Sequence[int], ask: Callable[[list[Cell]], Relation]) -> list[Relation]:
    """The relation in every row that has these columns, where it holds in most of them; else none."""
    whole = [[row[one] for one in columns] for row in rows if all(one in row for one in columns)]
    whole = [cells for cells in whole if all(cell.claim.value for cell in cells)]
    asked = [ask(cells) for cells in whole]
    held = sum(relation.passed for relation in asked)
    most = held >= 2 and held * 3 >= len(asked) * 2
    return [one for one in asked if one.passed or one.kind == "sum" or explained(one)] if most else []


def _of_total(cells: list[Cell], total: Cell) -> Relation:
    return share_of(cells[0], cells[1], total)


def _shares_of_total(header: Sequence[str], rows: Sequence[Row], rate: int, amounts: list[int]) -> list[list[Relation]]:
    """A column of shares of the last row's amount, or of the first's: 占比."""
    if not re.search("占|比|%|构成", header[rate]):
        return []
    for amount in amounts:
        for total in (rows[-1], rows[0]):
            if amount in total:
                base = total[amount]
                parts = [row for row in rows if row is not total]
                if kept := _learned(parts, (rate, amount), partial(_of_total, total=base)):
                    return [kept]
    return []
