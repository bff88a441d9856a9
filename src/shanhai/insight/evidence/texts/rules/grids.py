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
from shanhai.insight.evidence.texts.values import Bound, Claim, Span
from shanhai.planning.returns.values import MeasureKind

# A wider table is a data sheet, and its columns are not tried against one another.
MOST_COLUMNS = 12
_NOT_ADDED = re.compile(r"率|比重|占比|比例|[%‰]|均|单价|序号|排名|名次|位次|年龄|增长|增幅|同比|环比|年份|得分")
_NOTHING = frozenset(("", "-", "--", "—", "/", "0", "无"))
Row = dict[int, Cell]


def relations(text: str) -> tuple[list[Relation], list[Span]]:
    """What can be asked of the tables of ``text`` (plain characters), and where these stand."""
    asked: list[Relation] = []
    spans: list[Span] = []
    for lines in _blocks(text):
        start, last = lines[0][0][0], lines[-1][-1]
        header = [said for _at, said in lines[0]]
        rows = [(cells[0][1], _row(cells, header)) for cells in lines]
        rows = [(name, row) for name, row in rows if row]
        if len(rows) < 2:
            continue
        spans.append(Span(start, last[0] + len(last[1])))
        asked += [*_totals(lines, rows), *_columns(header, [row for _name, row in rows])]
    return asked, spans


def _blocks(text: str) -> Iterator[list[list[tuple[int, str]]]]:
    """The cells of the lines of each table, by their place; a table is lines of as many cells."""
    if "\t" not in text and "|" not in text and "  " not in text:
        return
    block: list[list[tuple[int, str]]] = []
    at = 0
    for line in text.splitlines(keepends=True):
        cells = parted(line.rstrip("\r\n"), at)
        at += len(line)
        if RULE.fullmatch(line):
            continue
        if block and len(cells) != len(block[0]):
            yield from (found for found in [block] if len(found) > 2)
            block = []
        if 2 < len(cells) <= MOST_COLUMNS:
            block.append(cells)
    if len(block) > 2:
        yield block


def _row(cells: Sequence[tuple[int, str]], header: Sequence[str]) -> Row:
    """The numbers of a line by their column, but for the first, which names the row."""
    row: Row = {}
    for column, (start, said) in enumerate(cells):
        bare = said.removesuffix("%")
        if column and NUMBER.fullmatch(bare):
            value = Decimal(bare.replace(",", "").replace("，", ""))
            step = Decimal(1).scaleb(min(int(value.as_tuple().exponent), 0))
            rate = bare != said or "%" in header[column] or header[column].endswith(("率", "占比", "比重"))
            line = Span(cells[0][0], cells[-1][0] + len(cells[-1][1]))
            subject = f"{cells[0][1]}{header[column]}" if not NUMBER.fullmatch(header[column]) else cells[0][1]
            claim = Claim(
                value,
                "%" if rate else "",
                Bound.EXACT,
                said,
                start,
                start + len(said),
                line,
                step=step,
                subject=subject,
            )
            kind = MeasureKind.RATE if rate else MeasureKind.COUNT if step == 1 else MeasureKind.AMOUNT
            interval = interval_of(claim if kind != MeasureKind.COUNT else _counted(claim))
            row[column] = Cell(claim, interval, kind, cells[0][1], subject, "", "", "", start, start)
    return row


def _counted(claim: Claim) -> Claim:
    return Claim(claim.value, "个", claim.bound, claim.text, claim.start, claim.end, claim.sentence, step=claim.step)


def _totals(lines: Sequence[Sequence[tuple[int, str]]], rows: Sequence[tuple[str, Row]]) -> Iterator[Relation]:
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
    held = sum(relation.passed for relation in asked)
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
    return asked if held >= 2 and held * 3 >= len(asked) * 2 else []


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
