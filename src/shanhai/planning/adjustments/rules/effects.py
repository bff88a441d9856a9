# SPDX-License-Identifier: Apache-2.0
"""The shares an adjustment is weighed by, and how what it does to them is written down and read again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.kernel.shares import Base, Measure, Share, number_of
from shanhai.kernel.units import PROJECT, Quantity
from shanhai.planning.adjustments.values import Effect, EffectRow
from shanhai.planning.programmes.values import FLOOR_PERCENT

MEASURES: dict[str, Message] = {
    "completion": message(gettext_noop("完工率")),
    "investment": message(gettext_noop("投资完成率")),
    "arrival": message(gettext_noop("资金到位率")),
    "livelihood.plan": message(gettext_noop("民生占比，按计划安排")),
    "livelihood.arrived": message(gettext_noop("民生占比，按到位")),
    "livelihood.paid": message(gettext_noop("民生占比，按支付")),
    "grassroots.plan": message(gettext_noop("基层占比，按计划安排")),
    "grassroots.arrived": message(gettext_noop("基层占比，按到位")),
    "grassroots.paid": message(gettext_noop("基层占比，按支付")),
}
# What raising a whole plan is weighed by.
OF_PLAN: dict[str, Message] = {
    "plan.arrived": message(gettext_noop("到位，占下达计划")),
    "plan.arranged": message(gettext_noop("已安排到项目，占下达计划")),
}
KNOWN = MEASURES | OF_PLAN


def area_as_json(place: str, name: str, before: Mapping[str, Share], after: Mapping[str, Share]) -> dict[str, Any]:
    """The shares of one place before and after, in plain JSON values: each part and whole, and the base's name."""
    shares = {
        key: {
            "base": [before[key].base.key, before[key].base.name.text],
            "unit": "money" if isinstance(before[key].part, Money) else "projects",
            "before": _pair(before[key]),
            "after": _pair(after[key]),
        }
        for key in KNOWN
        if key in before
    }
    return {"place": place, "name": name, "shares": shares}


def effects_from_json(stored: Iterable[Mapping[str, Any]], currency: str) -> tuple[Effect, ...]:
    """What was written down with ``area_as_json``, place by place."""
    return tuple(
        Effect(
            area["place"],
            area["name"],
            tuple(_row(key, area["shares"][key], currency) for key in KNOWN if key in area["shares"]),
        )
        for area in stored
    )


def broken_floors(effects: Iterable[Effect]) -> tuple[EffectRow, ...]:
    """The shares of the programme as a whole that the adjustment takes below their floor."""
    return tuple(row for effect in effects if not effect.place for row in effect.rows if row.breaks_floor)


def _pair(share: Share) -> list[int]:
    return [int(number_of(share.part)), int(number_of(share.whole))]


def _row(key: str, stored: Mapping[str, Any], currency: str) -> EffectRow:
    base_key, base_name = stored["base"]
    base = Base(base_key, message(base_name))

    def share(pair: Sequence[int]) -> Share:
        part, whole = (_measure(stored["unit"], number, currency) for number in pair)
        return Share(part, whole, base)

    floor = FLOOR_PERCENT if key.startswith(("livelihood.", "grassroots.")) else None
    return EffectRow(key, KNOWN[key], share(stored["before"]), share(stored["after"]), floor)


def _measure(unit: str, number: int, currency: str) -> Measure:
    return Money(number, currency) if unit == "money" else Quantity(Decimal(number), PROJECT)
