# SPDX-License-Identifier: Apache-2.0
"""What is asked for, as it comes in, and what it does to the shares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from shanhai.kernel.messages import Message
from shanhai.kernel.money import Money
from shanhai.kernel.shares import Share

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
    """What an adjustment does to the shares of a place: ``place`` is "" for the programme as a whole."""

    place: str
    name: str
    rows: tuple[EffectRow, ...]

    @property
    def telling(self) -> tuple[EffectRow, ...]:
        """The rows worth a look: all of the programme's, of a county's those that change."""
        return self.rows if not self.place else tuple(row for row in self.rows if row.changed)
