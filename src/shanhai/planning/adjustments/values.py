# SPDX-License-Identifier: Apache-2.0
"""What is asked for, as it comes in, and what pages get to see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from shanhai.kernel.messages import Message
from shanhai.kernel.money import Money
from shanhai.kernel.shares import Share

if TYPE_CHECKING:
    from shanhai.planning.adjustments.states import Approver, Kind, State, Verdict

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


@dataclass(frozen=True, slots=True)
class OpinionRow:
    """What somebody did or said; ``by`` is a reference, not a name."""

    verdict: Verdict
    by: str
    words: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AdjustmentRow:
    """A line of the list; ``waits`` when the viewer is the one to act. One of a whole plan has no project."""

    uuid: UUID
    kind: Kind
    state: State
    approver: Approver | None
    project: UUID | None
    project_code: str
    project_name: str
    place_name: str
    year: int | None
    reason: str
    proposed_by: str
    proposed_at: datetime
    submitted_at: datetime | None
    provenance: str
    waits: bool


@dataclass(frozen=True, slots=True)
class AdjustmentList:
    """A page of rows out of ``count``."""

    rows: tuple[AdjustmentRow, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Rights:
    """What a viewer may do to an adjustment as it stands."""

    edit: bool
    withdraw: bool
    decide: bool
    send_back: bool
    advise: bool
    apply: bool


@dataclass(frozen=True, slots=True)
class AdjustmentPage:
    """All that the page of one adjustment shows. ``rule`` is the line of the table; ``stale`` when things have moved.

    ``first`` are the amounts approved at first, in fen, where earlier adjustments have changed them; ``opinions`` come
    with the newest first.
    """

    row: AdjustmentRow
    programme: str
    currency: str
    other_project: UUID | None
    other_name: str
    extra_source: str
    rule: str
    changes: tuple[Change, ...]
    first: tuple[tuple[Change, int], ...]
    effects: tuple[Effect, ...]
    opinions: tuple[OpinionRow, ...]
    stale: bool
    rights: Rights
