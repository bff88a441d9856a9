# SPDX-License-Identifier: Apache-2.0
"""What must hold between the numbers of a text: sums, rates, states in order, comparisons, one value for one thing.

Numbers stand for intervals: rounding alone never breaks a relation. A relation that lacks a number is not asked.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from shanhai.insight.evidence.texts.rules.layout import NEAR, Breakdown, Cell, Layout, measure_of
from shanhai.insight.evidence.texts.values import Bound, Claim
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.money import rounded
from shanhai.planning.returns.values import COUNTY, HUNDRED, Interval, MeasureKind, Rate, fits

# Parts that come so near to the total are taken to be all there are; two of them have to come nearer.
NEARLY_WHOLE, TWO_NEARLY_WHOLE = Decimal("0.85"), Decimal("0.95")
# How far apart two amounts are when one of them stands in the wrong unit.
UNIT_FACTORS = (Decimal(10_000), Decimal("0.0001"))


@dataclass(frozen=True, slots=True)
class Relation:
    """What must hold between ``claims``; ``message`` is the arithmetic where it does not.

    ``wanted`` is what a claim, by its start, would have to be for the relation to hold. One of the order of states
    tells less than one that computes: ``weight``.
    """

    kind: str
    claims: tuple[Claim, ...]
    passed: bool
    message: Message
    wanted: dict[int, Interval]
    weight: Decimal = Decimal(1)


def relations(text: str, layout: Layout) -> list[Relation]:
    """All that can be asked of a text, each relation once."""
    found: dict[tuple[str, frozenset[int]], Relation] = {}
    for one in (
        *_breakdowns(layout),
        *_columns(layout.cells),
        *_rows(layout.cells),
        *_shares(text, layout.cells),
        *_growths(text, layout.cells),
        *_twice(layout.cells),
    ):
        found.setdefault((one.kind, frozenset(claim.start for claim in one.claims)), one)
    return list(found.values())


def written(number: Decimal, like: Claim) -> str:
    """``number`` as the text writes ``like``: with its unit and as many decimals."""
    digits = re.sub(r"[^\d.]", "", like.text)
    decimals = len(digits.partition(".")[2])
    scale = like.step * Decimal(10) ** decimals
    unit = re.sub(r"[\d.,，\s]+", "", like.text) or like.unit
    return f"{rounded(number / scale, decimals):f}{unit}"


def _around(cells: Sequence[Cell], index: int) -> Sequence[Cell]:
    return cells[max(0, index - NEAR) : index + NEAR]


def _added(cells: Iterable[Cell]) -> Interval:
    return sum((cell.interval for cell in cells), Interval.exact(0))


def _sum(kind: str, total: Cell, parts: Sequence[Cell], text: str) -> Relation:
    added = _added(parts)
    wanted = {total.claim.start: added}
    for one in parts:
        others = Interval(added.low - one.interval.low, added.high - one.interval.high)
        left = total.interval - others
        if left.high >= 0:
            wanted[one.claim.start] = left
    said = message(
        text,
        label=total.label or total.claim.subject or gettext_noop("合计"),
        count=len(parts),
        parts=" + ".join(one.claim.text for one in parts),
        sum=written(added.middle, total.claim),
        stated=total.claim.text,
    )
    return Relation(kind, (total.claim, *(one.claim for one in parts)), added.meets(total.interval), said, wanted)


SUM = gettext_noop("“%(label)s”写的是 %(stated)s，而各项相加 %(parts)s = %(sum)s。")
PART = gettext_noop("“%(label)s”一共 %(stated)s，其中的 %(parts)s 比它还多。")


def _breakdowns(layout: Layout) -> Iterator[Relation]:
    for one in layout.breakdowns:
        yield from _breakdown(one)


def _breakdown(one: Breakdown) -> Iterator[Relation]:
    """The parts of each head that are of its unit and measure."""
    groups: dict[tuple[str, str], list[Cell]] = defaultdict(list)
    for part in one.parts:
        if part.kind != MeasureKind.RATE:
            groups[part.key].append(part)
    heads = {head.key: head for head in one.heads}
    sums = [_sum("sum", heads[key], parts, SUM) for key, parts in groups.items() if key in heads and len(parts) > 1]
    closed = one.closed or any(relation.passed for relation in sums)
    for relation in sums:
        if relation.passed or closed or _nearly(relation):
            yield relation
    for key, parts in groups.items():
        if (head := heads.get(key)) is None:
            continue
        for part in parts:
            passed = part.interval.low <= head.interval.high
            wanted = {part.claim.start: Interval(Decimal(0), head.interval.high)}
            said = message(PART, label=head.label or head.claim.unit, stated=head.claim.text, parts=part.claim.text)
            yield Relation("part", (head.claim, part.claim), passed, said, wanted, Decimal("0.25"))


def _nearly(relation: Relation) -> bool:
    """Whether the parts come so near to the total that one slip explains the rest; else they overlap, or lack one."""
    total, added = relation.claims[0], relation.wanted[relation.claims[0].start].middle
    near = TWO_NEARLY_WHOLE if len(relation.claims) == 3 else NEARLY_WHOLE
    if not near <= added / (total.value or 1) <= 2 - near:
        return False
    return any(
        slipped(claim, relation.wanted[claim.start]) for claim in relation.claims if claim.start in relation.wanted
    )


def slipped(claim: Claim, wanted: Interval) -> bool:
    """Whether one digit changed, two neighbours swapped, or a moved point makes of the claim what is wanted."""
    stated = re.sub(r"[^\d.]", "", claim.text)
    bare = stated.replace(".", "")
    if not bare.isdigit() or not claim.step:
        return False
    for digits in _near(bare):
        number = Decimal(digits) * claim.step
        if wanted.low <= number + claim.step / 2 and number - claim.step / 2 <= wanted.high:
            return True
    return any(wanted.low <= claim.value.scaleb(shift) <= wanted.high for shift in (-4, -2, -1, 1, 2, 4))


def _near(digits: str) -> Iterator[str]:
    for at, old in enumerate(digits):
        yield from (digits[:at] + new + digits[at + 1 :] for new in "0123456789" if new != old)
        if at + 1 < len(digits) and digits[at + 1] != old:
            yield digits[:at] + digits[at + 1] + old + digits[at + 2 :]


def _columns(cells: Sequence[Cell]) -> Iterator[Relation]:
    """The places of each time against their whole, where one measure shows that they are all of it."""
    by_row: dict[str, dict[str, dict[str, Cell]]] = defaultdict(lambda: defaultdict(dict))
    for cell in cells:
        if cell.plain and cell.kind != MeasureKind.RATE and "/" not in cell.row:
            by_row[cell.when][cell.row].setdefault(cell.measure, cell)
    for rows in by_row.values():
        whole, parts = _whole(rows)
        sums = [
            _sum("sum", whole[measure], [row[measure] for row in parts], SUM)
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


RATE = gettext_noop("“%(label)s”写的是 %(stated)s，而 %(part)s ÷ %(base)s = %(share)s。")
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
    for (row, when, _paragraph), found in paragraphs.items():
        # What another paragraph says of the row counts here where the text says it only once.
        once = {measure: several[0] for measure, several in told[row, when].items() if len(several) == 1}
        yield from _row({**once, **found})


def _row(row: dict[str, Cell]) -> Iterator[Relation]:
    """One row of one paragraph."""
    if row:
        for rate in COUNTY.rates:
            yield from _rate(row, rate)
        for order in COUNTY.orders:
            if order.strict and order.lesser in row and order.greater in row:
                less, more = row[order.lesser], row[order.greater]
                labels = COUNTY.by_key()
                said = message(
                    ORDER,
                    lesser=labels[order.lesser].label,
                    less=less.claim.text,
                    greater=labels[order.greater].label,
                    more=more.claim.text,
                )
                passed = less.interval.low <= more.interval.high
                wanted = {
                    less.claim.start: Interval(Decimal(0), more.interval.high),
                    more.claim.start: Interval(less.interval.low, max(less.interval.low, HUNDRED**6)),
                }
                yield Relation("order", (less.claim, more.claim), passed, said, wanted, Decimal("0.25"))


def _rate(row: dict[str, Cell], rate: Rate) -> Iterator[Relation]:
    if rate.key not in row or rate.part not in row:
        return
    percent, part = row[rate.key], row[rate.part]
    usual = [row[key] for key in rate.bases if key in row]
    others = [cell for cell in row.values() if cell.kind == part.kind and cell.claim.value > part.claim.value]
    if usual:
        base = next(
            (cell for cell in (*usual, *others) if fits(part.interval, cell.interval, percent.interval)), usual[0]
        )
        yield _share("rate", percent, part, base)


def _share(kind: str, percent: Cell, part: Cell, base: Cell) -> Relation:
    share = rounded(part.interval.middle * HUNDRED / base.interval.middle, 2) if base.interval.middle else Decimal(0)
    said = message(
        RATE,
        label=percent.label or percent.claim.text,
        stated=percent.claim.text,
        part=part.claim.text,
        base=base.claim.text,
        share=f"{share:f}%",
    )
    wanted = {}
    if base.interval.low > 0:
        wanted[percent.claim.start] = Interval(
            part.interval.low * HUNDRED / base.interval.high, part.interval.high * HUNDRED / base.interval.low
        )
    if percent.interval.low > 0:
        low, high = part.interval.low * HUNDRED, part.interval.high * HUNDRED
        wanted[base.claim.start] = Interval(low / percent.interval.high, high / percent.interval.low)
    low, high = percent.interval.low * base.interval.low, percent.interval.high * base.interval.high
    wanted[part.claim.start] = Interval(low / HUNDRED, high / HUNDRED)
    passed = fits(part.interval, base.interval, percent.interval)
    return Relation(kind, (percent.claim, part.claim, base.claim), passed, said, wanted)


_SHARE_OF = re.compile(r"(?:占|完成)[^，,。；;]{0,12}$")
_ITS_SHARE = re.compile(r"\s*[^，,。；;\d]{0,6}的\s*(?:比[例重]为?)?")
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
        near = [cell for cell in _around(cells, index) if cell.paragraph == percent.paragraph]
        alike = (cell for cell in near if cell.claim.unit == part.claim.unit and cell.claim.value > part.claim.value)
        bases = [base, *alike]
        base = next((one for one in bases if fits(part.interval, one.interval, percent.interval)), base)
        yield _share("rate", percent, part, base)


def _share_beside(text: str, cells: Sequence[Cell], index: int) -> tuple[Cell, Cell] | None:
    percent, base, part = cells[index], cells[index - 1], cells[index - 2] if index > 1 else cells[index - 1]
    same = base.sentence == part.sentence == percent.sentence and base.claim.unit == part.claim.unit
    if not same or base is part or not _SHARE_OF.search(text[part.claim.end : base.claim.start]):
        return None
    return (part, base) if _ITS_SHARE.fullmatch(text[base.claim.end : percent.claim.start]) else None


def _share_named(text: str, cells: Sequence[Cell], index: int) -> tuple[Cell, Cell] | None:
    percent, part = cells[index], cells[index - 1]
    said = _SHARE_BY_NAME.search(text[part.claim.end : percent.claim.start])
    if not said or part.sentence != percent.sentence:
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
GROWN = gettext_noop("写的是%(way)s %(stated)s，而从 %(before)s 到 %(now)s 是 %(change)s。")


def _growths(text: str, cells: Sequence[Cell]) -> Iterator[Relation]:
    """今年 A，去年同期 B，同比增长 x %: all in one sentence."""
    for index, change in enumerate(cells):
        said = _GROWTH.search(text[max(0, change.claim.start - 16) : change.claim.start])
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
        before = next((cell for cell in beside if cell.when and cell.claim.unit == now.claim.unit), None)
        if before is not None and before.claim.value:
            yield _growth(change, now, before, down=said[2] in ("下降", "减少", "降低"))


def _growth(change: Cell, now: Cell, before: Cell, *, down: bool) -> Relation:
    """A percentage of what was before, or the difference itself."""
    low, high = now.interval - before.interval, before.interval - now.interval
    moved = high if down else low
    if change.kind == MeasureKind.RATE:
        middle = before.interval.middle
        real = Interval(*sorted((moved.low * HUNDRED / middle, moved.high * HUNDRED / middle)))
        shown = f"{rounded(real.middle, 2):f}%"
    else:
        real, shown = moved, written(moved.middle, change.claim)
    said = message(
        GROWN,
        way=gettext_noop("下降") if down else gettext_noop("增长"),
        stated=change.claim.text,
        before=before.claim.text,
        now=now.claim.text,
        change=shown,
    )
    claims = (change.claim, now.claim, before.claim)
    return Relation("growth", claims, real.meets(change.interval), said, {change.claim.start: real})


TWICE = gettext_noop("“%(label)s”一处写 %(one)s，另一处写 %(other)s。")


def _twice(cells: Sequence[Cell]) -> Iterator[Relation]:
    """One thing told twice: the same measure of the same row and time. Only where both numbers name it in words."""
    seen: dict[tuple[str, str, str, str], Cell] = {}
    for cell in cells:
        if not cell.measure or cell.claim.bound != Bound.EXACT:
            continue
        first = seen.setdefault((cell.row, cell.when, cell.measure, cell.claim.unit), cell)
        if first is cell or not cell.label or cell.label != first.label or _of_other_days(cell, first):
            continue
        said = message(TWICE, label=cell.label, one=first.claim.text, other=cell.claim.text)
        wanted = {first.claim.start: cell.interval, cell.claim.start: first.interval}
        passed = first.interval.meets(cell.interval)
        yield Relation("conflict", (first.claim, cell.claim), passed, said, wanted, Decimal("0.5"))


def _of_other_days(one: Cell, other: Cell) -> bool:
    return bool(one.day and other.day and one.day != other.day)
