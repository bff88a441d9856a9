# SPDX-License-Identifier: Apache-2.0
"""What makes a template one, and how many points what was reached is worth."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from shanhai.insight.evaluations.values import Item, ItemRow, Scoring
from shanhai.kernel.errors import BadInput, Problem
from shanhai.kernel.figures import Figure
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.money import Money, rounded
from shanhai.kernel.shares import Share

HUNDRED = Decimal(100)
_STEP = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*[:：=]\s*([0-9]+(?:\.[0-9]+)?)\s*")
STEPS_LOOK_SO = gettext_noop("分档写成“80:100；60:80；0:0”，达到 80 得全部权重，达到 60 得八成。")


def read_steps(text: str) -> tuple[tuple[Decimal, Decimal], ...]:
    """Steps such as ``80:100；60:80；0:0``, the highest first. Raises BadInput for anything else."""
    parts = [part for part in re.split(r"[;；,，、\s]+(?=[0-9])", text.strip(" ;；,，、")) if part]
    found = [_STEP.fullmatch(part) for part in parts]
    steps = tuple(sorted(((Decimal(one[1]), Decimal(one[2])) for one in found if one), reverse=True))
    once = len({reached for reached, _percent in steps}) == len(steps) == len(parts)
    falling = all(high[1] >= low[1] for high, low in pairwise(steps))
    if not steps or not once or not falling or steps[0][1] > HUNDRED:
        raise BadInput(STEPS_LOOK_SO, "evaluations.steps_not_understood", field="steps")
    return steps


def items_of(rows: Sequence[ItemRow]) -> tuple[list[Item], list[Problem]]:
    """The items of one template; or what is wrong with its rows, at their cells."""
    items, problems = [], []

    def wrong(row: ItemRow, column: str, text: str) -> None:
        problems.append(Problem("evaluations.item_not_accepted", message(text), row.row, column))

    seen: set[tuple[str, str]] = set()
    for row in rows:
        before = len(problems)
        if (row.aspect, row.item) in seen:
            wrong(row, gettext_noop("指标"), gettext_noop("同一方面里有两个同名的指标。请改名，或者删掉一个。"))
        seen.add((row.aspect, row.item))
        if row.weight is None or not 0 < row.weight <= HUNDRED:
            wrong(row, gettext_noop("权重"), gettext_noop("权重应大于 0，不超过 100。"))
        if row.scoring == Scoring.SHARE_OF_TARGET and not (row.target and row.target > 0):
            wrong(row, gettext_noop("目标"), gettext_noop("按目标计分要写目标，应大于 0。"))
        steps: tuple[tuple[Decimal, Decimal], ...] = ()
        if row.scoring == Scoring.STEPS:
            try:
                steps = read_steps(row.steps)
            except BadInput:
                wrong(row, gettext_noop("分档"), STEPS_LOOK_SO)
        if len(problems) == before and row.weight is not None and row.scoring is not None:
            figure, target = row.figure, row.target
            items.append(Item(row.aspect, row.item, row.weight, row.scoring, target, steps, figure, row.evidence))
    total = sum((row.weight or Decimal(0) for row in rows), Decimal(0))
    if rows and not problems and total != HUNDRED:
        text = gettext_noop("权重加起来是 %(total)s，应当正好是 100。")
        said = message(text, total=f"{total:f}")
        problems.append(Problem("evaluations.weights", said, rows[-1].row, gettext_noop("权重")))
    return items, problems


def points(item: Item, reached: Decimal | None) -> Decimal:
    """The points for what was reached, to two decimals; none for nothing.

    What was reached is a number in the unit of the target or the steps, 1 or 0 for yes or no, and by hand the percent
    of the weight.
    """
    if reached is None:
        return Decimal(0)
    return rounded(item.weight * min(max(_percent(item, reached), Decimal(0)), HUNDRED) / HUNDRED, 2)


def _percent(item: Item, reached: Decimal) -> Decimal:
    if item.scoring == Scoring.SHARE_OF_TARGET:
        return reached * HUNDRED / item.target if item.target else Decimal(0)
    if item.scoring == Scoring.STEPS:
        return next((percent for step, percent in item.steps if reached >= step), Decimal(0))
    return HUNDRED * reached if item.scoring == Scoring.YES_NO else reached


def reached_by(figure: Figure) -> Decimal | None:
    """What a figure says was reached: yuan, percent to two decimals, or a number; None for a gap."""
    value = figure.value
    if value is None:
        return None
    if isinstance(value, Money):
        return Decimal(value.fen) / HUNDRED
    return value.percent() if isinstance(value, Share) else value.number
