# SPDX-License-Identifier: Apache-2.0
"""What must hold between the numbers of a text: sums, rates, states in order, comparisons, one value for one thing.

Numbers stand for intervals: rounding alone never breaks a relation. A relation that lacks a number is not asked.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal

from shanhai.insight.evidence.texts.rules import grids, likely, numerals
from shanhai.insight.evidence.texts.rules.arithmetic import Relation, explained, growth_of, share_of, sum_of
from shanhai.insight.evidence.texts.rules.layout import NEAR, Breakdown, Cell, Layout, measure_of
from shanhai.insight.evidence.texts.values import Bound, Span
from shanhai.kernel.messages import gettext_noop, message
from shanhai.planning.returns.values import COUNTY, HUNDRED, Interval, MeasureKind, Rate, fits

# Parts that come so near to the total are taken to be all there are; two of them have to come nearer.
NEARLY_WHOLE, TWO_NEARLY_WHOLE = Decimal("0.85"), Decimal("0.95")
# How far apart two amounts are when one of them stands in the wrong unit.
UNIT_FACTORS = (Decimal(10_000), Decimal("0.0001"))


def relations(text: str, layout: Layout) -> list[Relation]:
    """All that can be asked of a text, each relation once."""
    found: dict[tuple[str, frozenset[int]], Relation] = {}
    tables, spans = grids.relations(numerals.plain(text))
    begins = [span.start for span in spans]
    cells = [cell for cell in layout.cells if not _within(cell.claim.start, begins, spans)]
    for one in (
        *tables,
        *_breakdowns(layout),
        *_columns(cells),
        *_rows(cells),
        *_shares(text, cells),
        *_growths(text, cells),
        *_twice(cells),
        *likely.relations(text, cells),
    ):
        found.setdefault((one.kind, frozenset(claim.start for claim in one.claims)), one)
    return list(found.values())


def _within(at: int, begins: Sequence[int], spans: Sequence[Span]) -> bool:
    index = bisect_right(begins, at) - 1
    return index >= 0 and at < spans[index].end


def _around(cells: Sequence[Cell], index: int) -> Sequence[Cell]:
    return cells[max(0, index - NEAR) : index + NEAR]


# So many characters apart a number may still be the base of a rate.
_NEAR_BY = 400
PART = gettext_noop("“%(label)s”一共 %(stated)s，其中的 %(parts)s 比它还多。")


def _breakdowns(layout: Layout) -> Iterator[Relation]:
    told: dict[str, set[Decimal]] = defaultdict(set)
    for cell in layout.cells:
        told[cell.claim.unit].add(cell.claim.value)
    for one in layout.breakdowns:
        for relation in _breakdown(one):
            # Where the whole was guessed and the parts make another number of the text, they are of that.
            made = sum(part.value for part in relation.claims[1:])
            if relation.passed or not one.guessed or made not in told[relation.claims[0].unit]:
                yield relation


def _breakdown(one: Breakdown) -> Iterator[Relation]:
    """The parts of each head that are of its unit and measure."""
    groups: dict[tuple[str, str], list[Cell]] = defaultdict(list)
    for part in one.parts:
        if part.kind != MeasureKind.RATE:
            groups[part.key].append(part)
    heads = {key: head for key, parts in groups.items() if (head := _head(one.heads, key, parts[0].when))}
    sums = [sum_of(heads[key], parts) for key, parts in groups.items() if key in heads and len(parts) > 1]
    closed = (one.closed and not one.guessed) or any(relation.passed for relation in sums)
    most = max(map(len, groups.values()), default=0)
    for relation in sums:
        # Where fewer parts tell this number than others, one tells it in words (全部开工).
        if relation.passed or (len(relation.claims) > most and (closed or _nearly(relation))):
            yield relation
    for key, parts in groups.items():
        if (head := heads.get(key)) is None or head.interval.high < 0:
            continue
        # One that is no greater confirms nothing, and is passed over.
        for part in (one for one in parts if one.interval.low > head.interval.high):
            wanted = {
                part.claim.start: Interval(Decimal(0), head.interval.high),
                head.claim.start: Interval(part.interval.low, max(part.interval.low, HUNDRED**6)),
            }
            said = message(PART, label=head.label or head.claim.unit, stated=head.claim.text, parts=part.claim.text)
            yield Relation("part", (head.claim, part.claim), False, said, wanted, Decimal("0.25"))


# What a number grew by is no whole of anything.
_DIFFERENCE = re.compile("增加|减少|净增|多于|高出|下降|增长")


def _head(heads: Sequence[Cell], key: tuple[str, str], when: str) -> Cell | None:
    """The last of the heads that has what the parts have, of their time if there is one."""
    alike = [head for head in heads if head.key == key and not _DIFFERENCE.search(head.said)]
    return max(alike, key=lambda head: (head.when == when, not head.when, head.claim.start), default=None)


def _nearly(relation: Relation) -> bool:
    """Whether the parts come so near to the total that one slip explains the rest; else they overlap, or lack one."""
    total, added = relation.claims[0], relation.wanted[relation.claims[0].start].middle
    near = TWO_NEARLY_WHOLE if len(relation.claims) == 3 else NEARLY_WHOLE
    if not near <= added / (total.value or 1) <= 2 - near:
        return False
    return explained(relation)


def _columns(cells: Sequence[Cell]) -> Iterator[Relation]:
    """The places of each time against their whole, where one measure shows that they are all of it."""
    by_row: dict[str, dict[str, dict[str, Cell]]] = defaultdict(lambda: defaultdict(dict))
    for cell in cells:
        if cell.plain and cell.kind != MeasureKind.RATE and "/" not in cell.row:
            by_row[cell.when][cell.row].setdefault(cell.measure, cell)
    for rows in by_row.values():
        whole, parts = _whole(rows)
        sums = [
            sum_of(whole[measure], [row[measure] for row in parts])
            for measure in whole
            if len(parts) > 1 and all(measure in row for row in parts)
        ]
        if any(relation.passed for relation in sums):
            yield from sums
        else:
            yield from (relation for relation in sums if _nearly(relation))


def _whole(rows: dict[str, dict[str, Cell]]) -> tuple[dict[str, Cell], list[dict[str, Cell]]]:
    """The row of the whole, and those of its places: a first place that is larger than all others is the whole."""
    if "" in rows:
        return rows[""], [row for name, row in rows.items() if name]
    first, *others = rows.values()
    shared = [key for key in first if all(key in other for other in others)]
    largest = all(first[key].claim.value > other[key].claim.value for key in shared for other in others)
    return (first, others) if shared and largest else ({}, list(rows.values()))


ORDER = gettext_noop("%(lesser)s（%(less)s）不会多于%(greater)s（%(more)s）。")


def _rows(cells: Sequence[Cell]) -> Iterator[Relation]:
    """What one row says of itself: its rates against every base they may have, its states in their order."""
    told: dict[tuple[str, str], dict[str, list[Cell]]] = defaultdict(lambda: defaultdict(list))
    for cell in cells:
        if cell.plain:
            told[cell.row, cell.when][cell.measure].append(cell)
    paragraphs: dict[tuple[str, str, int], dict[str, Cell]] = defaultdict(dict)
    for (row, when), measures in told.items():
        for measure, several in measures.items():
            for cell in several:
                paragraphs[row, when, cell.paragraph].setdefault(measure, cell)
    by_paragraph: dict[int, list[Cell]] = defaultdict(list)
    for cell in cells:
        by_paragraph[cell.paragraph].append(cell)
    for (row, when, paragraph), found in paragraphs.items():
        # What another paragraph says of the row counts here where the text says it only once.
        once = {measure: several[0] for measure, several in told[row, when].items() if len(several) == 1}
        yield from _row({**once, **found}, by_paragraph[paragraph])


def _row(row: dict[str, Cell], beside: Sequence[Cell]) -> Iterator[Relation]:
    """One row of one paragraph, with all that the paragraph tells."""
    if row:
        for rate in COUNTY.rates:
            yield from _rate(row, rate, beside)
        for order in COUNTY.orders:
            if order.strict and order.lesser in row and order.greater in row and row[order.greater].interval.high >= 0:
                less, more = row[order.lesser], row[order.greater]
                if less.interval.low <= more.interval.high:
                    continue
                labels = COUNTY.by_key()
                said = message(
                    ORDER,
                    lesser=labels[order.lesser].label,
                    less=less.claim.text,
                    greater=labels[order.greater].label,
                    more=more.claim.text,
                )
                wanted = {
                    less.claim.start: Interval(Decimal(0), more.interval.high),
                    more.claim.start: Interval(less.interval.low, max(less.interval.low, HUNDRED**6)),
                }
                yield Relation("order", (less.claim, more.claim), False, said, wanted, Decimal("0.25"))


def _rate(row: dict[str, Cell], rate: Rate, beside: Sequence[Cell]) -> Iterator[Relation]:
    if rate.key not in row or rate.part not in row:
        return
    percent, part = row[rate.key], row[rate.part]
    usual = [row[key] for key in rate.bases if key in row]
    near = [cell for cell in beside if abs(cell.claim.start - percent.claim.start) < _NEAR_BY]
    others = [one for one in (*row.values(), *near) if one.claim.unit == part.claim.unit]
    others = [one for one in others if one.claim.value > part.claim.value]
    if usual:
        base = next(
            (cell for cell in (*usual, *others) if fits(part.interval, cell.interval, percent.interval)), usual[0]
        )
        yield share_of(percent, part, base)


_SHARE_OF = re.compile(r"(?:占|完成)[^，,。；;]{0,12}$")
_ITS_SHARE = re.compile(r"\s*[^，,。；;\d]{0,6}的\s*(?:比[例重]为?)?")
_OWN_SUBJECT = re.compile(r"[，,。；;、][\u4e00-\u9fff]{2,}占")
_SHARE_BY_NAME = re.compile(r"占([^，,。；;\d]{2,10}?)的(?:比[例重]为?)?$")


def _shares(text: str, cells: Sequence[Cell]) -> Iterator[Relation]:
    """A 占 B 的 x %, B a number of the sentence or named by its words. Where another base fits, that is taken."""
    for index, percent in enumerate(cells):
        if percent.kind != MeasureKind.RATE or percent.measure or not index:
            continue
        found = _share_beside(text, cells, index) or _share_named(text, cells, index)
        if found is None:
            continue
        part, base = found
        own = [
            one for one in _around(cells, index) if one.sentence == part.sentence and one.claim.unit == part.claim.unit
        ]
        own = [one for one in own if one.claim.start < base.claim.start]
        part = next((one for one in (part, *own) if fits(one.interval, base.interval, percent.interval)), part)
        near = [cell for cell in _around(cells, index) if cell.paragraph == percent.paragraph]
        alike = (cell for cell in near if cell.claim.unit == part.claim.unit and cell.claim.value > part.claim.value)
        bases = [base, *alike]
        base = next((one for one in bases if fits(part.interval, one.interval, percent.interval)), base)
        yield share_of(percent, part, base)


def _share_beside(text: str, cells: Sequence[Cell], index: int) -> tuple[Cell, Cell] | None:
    percent, base, part = cells[index], cells[index - 1], cells[index - 2] if index > 1 else cells[index - 1]
    same = base.sentence == part.sentence == percent.sentence and base.claim.unit == part.claim.unit
    if not same or base is part or not _SHARE_OF.search(text[part.claim.end : base.claim.start]):
        return None
    return (part, base) if _ITS_SHARE.fullmatch(text[base.claim.end : percent.claim.start]) else None


def _share_named(text: str, cells: Sequence[Cell], index: int) -> tuple[Cell, Cell] | None:
    percent, part = cells[index], cells[index - 1]
    said = _SHARE_BY_NAME.search(text[part.claim.end : percent.claim.start])
    # 支援资金占总投资的: it says itself what the share is of.
    if not said or part.sentence != percent.sentence or _OWN_SUBJECT.search(text, part.claim.end, percent.claim.start):
        return None
    before = reversed(cells[max(0, index - NEAR) : index - 1])
    alike = (cell for cell in before if cell.claim.unit == part.claim.unit)
    named = measure_of(part.kind, said[1])
    near = (cell for cell in alike if cell.paragraph == percent.paragraph)
    base = next((cell for cell in near if (cell.measure == named if named else cell.label.endswith(said[1]))), None)
    return (part, base) if base else None


_GROWTH = re.compile(
    r"(同比|环比|比(?:上|去)年(?:同期)?|较(?:上|去)年(?:同期)?|比上[月季]|较上[月季])[^，,。；;]{0,4}?(增长|增加|上升|提高|下降|减少|降低)"
)


_GROWN_OF = re.compile("[（(；;]")
_OF_NOW = frozenset(("本月", "当月", "本季", "上半年", "以来"))


def _growths(text: str, cells: Sequence[Cell]) -> Iterator[Relation]:
    """今年 A，去年同期 B，同比增长 x %: all in one sentence."""
    for index, change in enumerate(cells):
        said = _GROWTH.search(_GROWN_OF.split(text[max(0, change.claim.start - 16) : change.claim.start])[-1])
        if not said or change.claim.unit == "百分点":
            continue
        beside = [
            cell
            for cell in _around(cells, index)
            if cell.sentence == change.sentence and cell.kind != MeasureKind.RATE and cell is not change
        ]
        now = next((cell for cell in reversed(beside) if cell.claim.start < change.claim.start and not cell.when), None)
        if now is None:
            continue
        past = [one for one in beside if one.when and one.when not in _OF_NOW and one.claim.unit == now.claim.unit]
        # The last before it: of several years the one before; else what stands behind.
        past = [one for one in past if one.segment == change.segment] or past
        earlier = [one for one in past if one.claim.start < now.claim.start]
        before = earlier[-1] if earlier else past[0] if past else None
        if before is not None and before.claim.value:
            yield growth_of(change, now, before, down=said[2] in ("下降", "减少", "降低"))


TWICE = gettext_noop("“%(label)s”一处写 %(one)s，另一处写 %(other)s。")


def _twice(cells: Sequence[Cell]) -> Iterator[Relation]:
    """One thing told twice: the same measure of the same row and time. Only where both numbers name it in words."""
    seen: dict[tuple[str, str, str, str], Cell] = {}
    for cell in cells:
        if not cell.measure or cell.claim.bound != Bound.EXACT:
            continue
        first = seen.setdefault((cell.row, cell.when, cell.measure, cell.claim.unit), cell)
        apart = cell.sentence != first.sentence and cell.label == first.label and bool(cell.label)
        if not apart or _of_other_days(cell, first):
            continue
        said = message(TWICE, label=cell.label, one=first.claim.text, other=cell.claim.text)
        wanted = {first.claim.start: cell.interval, cell.claim.start: first.interval}
        passed = first.interval.meets(cell.interval)
        yield Relation("conflict", (first.claim, cell.claim), passed, said, wanted, Decimal("0.5"))


def _of_other_days(one: Cell, other: Cell) -> bool:
    return bool(one.day and other.day and one.day != other.day)
