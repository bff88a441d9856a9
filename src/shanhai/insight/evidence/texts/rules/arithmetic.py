# SPDX-License-Identifier: Apache-2.0
"""One relation between numbers: what must hold, what each would have to be for it, and how it is said.

Numbers stand for intervals: rounding alone never breaks a relation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from shanhai.insight.evidence.texts.rules.layout import Cell
from shanhai.insight.evidence.texts.values import Claim
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.money import rounded
from shanhai.planning.returns.values import HUNDRED, Interval, MeasureKind, fits

SUM = gettext_noop("“%(label)s”写的是 %(stated)s，而各项相加 %(parts)s = %(sum)s。")
PRODUCT = gettext_noop("“%(label)s”写的是 %(stated)s，而 %(count)s × %(each)s = %(product)s。")
RATE = gettext_noop("“%(label)s”写的是 %(stated)s，而 %(part)s ÷ %(base)s = %(share)s。")
GROWN = gettext_noop("写的是%(way)s %(stated)s，而从 %(before)s 到 %(now)s 是 %(change)s。")


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


def written(number: Decimal, like: Claim) -> str:
    """``number`` as the text writes ``like``: with its unit and as many decimals."""
    digits = re.sub(r"[^\d.]", "", like.text)
    if not digits:
        return f"{number:f}{like.unit}"
    decimals = len(digits.partition(".")[2])
    scale = like.step * Decimal(10) ** decimals
    unit = re.sub(r"[\d.,，\s]+", "", like.text) or like.unit
    return f"{rounded(number / scale, decimals):f}{unit}"


def sum_of(total: Cell, parts: Sequence[Cell]) -> Relation:
    """The parts make the total."""
    added = sum((one.interval for one in parts), Interval.exact(0))
    wanted = {total.claim.start: added}
    for one in parts:
        others = Interval(added.low - one.interval.low, added.high - one.interval.high)
        left = total.interval - others
        if left.high >= 0:
            wanted[one.claim.start] = left
    said = message(
        SUM,
        label=total.claim.subject or total.label or gettext_noop("合计"),
        parts=" + ".join(one.claim.text for one in parts),
        sum=written(added.middle, total.claim),
        stated=total.claim.text,
    )
    return Relation("sum", (total.claim, *(one.claim for one in parts)), added.meets(total.interval), said, wanted)


def hundred_of(shares: Sequence[Cell]) -> Relation:
    """The shares of one thing make a hundred, as far as they are rounded."""
    added = sum((one.interval for one in shares), Interval.exact(0))
    wanted = {}
    for one in shares:
        others = Interval(added.low - one.interval.low, added.high - one.interval.high)
        wanted[one.claim.start] = Interval.exact(HUNDRED) - others
    said = message(
        SUM,
        label=shares[0].claim.subject or gettext_noop("占比"),
        parts=" + ".join(one.claim.text for one in shares),
        sum=f"{added.middle:f}%",
        stated="100%",
    )
    passed = added.meets(Interval.exact(HUNDRED))
    return Relation("sum", tuple(one.claim for one in shares), passed, said, wanted)


def product_of(total: Cell, count: Cell, each: Cell) -> Relation:
    """As many times as much for each is the total."""
    product = count.interval * each.interval
    wanted = {total.claim.start: product}
    for one, other in ((count, each), (each, count)):
        if other.interval.low > 0:
            wanted[one.claim.start] = _between(
                total.interval.low / other.interval.high, total.interval.high / other.interval.low
            )
    said = message(
        PRODUCT,
        label=total.claim.subject or total.label or gettext_noop("合计"),
        stated=total.claim.text,
        count=count.claim.text,
        each=each.claim.text,
        product=written(product.middle, total.claim),
    )
    claims = (total.claim, count.claim, each.claim)
    return Relation("product", claims, product.meets(total.interval), said, wanted)


def share_of(percent: Cell, part: Cell, base: Cell) -> Relation:
    """The percentage is the part of the base."""
    share = rounded(part.interval.middle * HUNDRED / base.interval.middle, 2) if base.interval.middle else Decimal(0)
    said = message(
        RATE,
        label=percent.claim.subject or percent.label or percent.claim.text,
        stated=percent.claim.text,
        part=part.claim.text,
        base=base.claim.text,
        share=f"{share:f}%",
    )
    wanted = {}
    if base.interval.low > 0:
        wanted[percent.claim.start] = _between(
            part.interval.low * HUNDRED / base.interval.high, part.interval.high * HUNDRED / base.interval.low
        )
    if percent.interval.low > 0:
        low, high = part.interval.low * HUNDRED, part.interval.high * HUNDRED
        wanted[base.claim.start] = _between(low / percent.interval.high, high / percent.interval.low)
    low, high = percent.interval.low * base.interval.low, percent.interval.high * base.interval.high
    wanted[part.claim.start] = _between(low / HUNDRED, high / HUNDRED)
    passed = fits(part.interval, base.interval, percent.interval)
    return Relation("rate", (percent.claim, part.claim, base.claim), passed, said, wanted)


def growth_of(change: Cell, now: Cell, before: Cell, *, down: bool) -> Relation:
    """A percentage of what was before, or the difference itself."""
    low, high = now.interval - before.interval, before.interval - now.interval
    moved = high if down else low
    if change.kind == MeasureKind.RATE:
        middle = before.interval.middle
        real = _between(moved.low * HUNDRED / middle, moved.high * HUNDRED / middle)
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
    wanted = {change.claim.start: real}
    one = Interval(-change.interval.high, -change.interval.low) if down else change.interval
    if change.kind == MeasureKind.RATE and one.low > -HUNDRED and now.interval.low > 0 and before.interval.low > 0:
        times = Interval(1 + one.low / HUNDRED, 1 + one.high / HUNDRED)
        wanted[now.claim.start] = before.interval * times
        wanted[before.claim.start] = Interval(now.interval.low / times.high, now.interval.high / times.low)
    claims = (change.claim, now.claim, before.claim)
    return Relation("growth", claims, real.meets(change.interval), said, wanted)


def _between(one: Decimal, other: Decimal) -> Interval:
    return Interval(min(one, other), max(one, other))


def explained(relation: Relation, by: Cell | None = None) -> bool:
    """Whether one slip in one of its numbers, or in that of ``by``, would explain all that is wrong."""
    asked = relation.claims if by is None else (by.claim,)
    return any(slipped(one, relation.wanted[one.start]) for one in asked if one.start in relation.wanted)


def slipped(claim: Claim, wanted: Interval) -> bool:
    """Whether one digit changed, two neighbours swapped, or a moved point makes of the claim what is wanted."""
    steps = abs(claim.value) / claim.step if claim.step else Decimal("0.5")
    if steps != steps.to_integral_value():
        return False
    for digits in _near(f"{steps.to_integral_value():f}"):
        number = Decimal(digits) * claim.step
        # Nought at half a step either way would explain everything small.
        if number and wanted.low <= number + claim.step / 2 and number - claim.step / 2 <= wanted.high:
            return True
    return any(wanted.low <= claim.value.scaleb(shift) <= wanted.high for shift in (-4, -2, -1, 1, 2, 4))


def _near(digits: str) -> Iterator[str]:
    for at, old in enumerate(digits):
        yield from (digits[:at] + new + digits[at + 1 :] for new in "0123456789" if new != old)
        if at + 1 < len(digits) and digits[at + 1] != old:
            yield digits[:at] + digits[at + 1] + old + digits[at + 2 :]
