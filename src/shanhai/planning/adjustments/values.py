# SPDX-License-Identifier: Apache-2.0
"""What is asked for, as it comes in, and what it does to the shares: written down as JSON and read again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.kernel.shares import Base, Measure, Share, number_of
from shanhai.kernel.units import PROJECT, Quantity
from shanhai.planning.programmes.values import FLOOR_PERCENT

# The names of the fields that code asks for.
CONTENT = "content"
STAGE = "stage"
AMOUNT = "amount_fen"
PLAN_AMOUNT = "plan_amount_fen"
MONEY_FIELDS = frozenset({"total_investment_fen", "other_sources_fen", AMOUNT, PLAN_AMOUNT})
DATE_FIELDS = frozenset({"planned_start_on", "planned_finish_on"})

# A value as it is stored: text, a whole number of fen or metres, yes or no, an ISO day, or nothing.
Stored = str | int | bool | None


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants changed.

    ``values`` are the wanted values by field, as stored (for "plan" by the code of the fund source, in fen); ``line``
    is the allocation line that is to change (for "amount") or to give (for "move_money", where ``moved_fen`` says how
    much and ``to_line`` who gets it). ``extra_source`` names where the money for a larger estimate comes from.
    """

    values: Mapping[str, Stored] = field(default_factory=dict)
    line: UUID | None = None
    to_line: UUID | None = None
    moved_fen: int = 0
    extra_source: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One value before and after: ``subject`` is the uuid of an allocation line or, in a plan, of a fund source.

    It is "" for the project itself.

    ``name`` says in words which line; ``old_words`` and ``new_words`` are the values as a person reads them.
    """

    subject: str
    field: str
    old: Stored
    new: Stored
    name: str = ""
    old_words: str = ""
    new_words: str = ""


@dataclass(frozen=True, slots=True)
class EffectRow:
    """One share before and after; ``floor_percent`` where a rule asks for a least share, with the room above it."""

    key: str
    label: Message
    before: Share
    after: Share
    floor_percent: int | None

    @property
    def changed(self) -> bool:
        """Whether the adjustment touches it."""
        return (self.before.part, self.before.whole) != (self.after.part, self.after.whole)

    @property
    def room_before(self) -> Money | None:
        """Money that could still leave before the share falls below its floor; negative when it is below."""
        return None if self.floor_percent is None else self.before.headroom(self.floor_percent)

    @property
    def room_after(self) -> Money | None:
        """The same after the adjustment."""
        return None if self.floor_percent is None else self.after.headroom(self.floor_percent)

    @property
    def breaks_floor(self) -> bool:
        """Whether the adjustment takes the share below its floor."""
        before, after = self.room_before, self.room_after
        return before is not None and after is not None and before.fen >= 0 > after.fen


@dataclass(frozen=True, slots=True)
class Effect:
    """What an adjustment does to the shares of a place: ``place`` is "" for the programme as a whole.

    Its ``name`` is given to it where it is read: what is stored has no language.
    """

    place: str
    rows: tuple[EffectRow, ...]
    name: str = ""

    @property
    def telling(self) -> tuple[EffectRow, ...]:
        """The rows worth a look: all of the programme's, of a county's those that change."""
        return self.rows if not self.place else tuple(row for row in self.rows if row.changed)


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


def area_as_json(place: str, before: Mapping[str, Share], after: Mapping[str, Share]) -> dict[str, Any]:
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
    return {"place": place, "shares": shares}


def effects_from_json(stored: Iterable[Mapping[str, Any]], currency: str) -> tuple[Effect, ...]:
    """What was written down with ``area_as_json``, place by place."""
    return tuple(
        Effect(area["place"], tuple(_row(key, area["shares"][key], currency) for key in KNOWN if key in area["shares"]))
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
