# SPDX-License-Identifier: Apache-2.0
"""What crosses the border of the ledger: kinds of account, entries to post, and what comes back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from shanhai.kernel.figures import Strength
from shanhai.kernel.money import Money


class AccountKind(StrEnum):
    """The stations of money in a programme.

    ``commitment`` is the supporter, outside, and may be negative; from there money goes to ``issued`` 计划下达,
    ``arrived`` 到位, ``allotted`` 核拨 and ``paid`` 支付; besides there are ``reserve`` 预备费 and ``surplus`` 结余.
    """

    COMMITMENT = "commitment"
    ISSUED = "issued"
    ARRIVED = "arrived"
    ALLOTTED = "allotted"
    PAID = "paid"
    RESERVE = "reserve"
    SURPLUS = "surplus"


@dataclass(frozen=True, slots=True)
class Source:
    """What an entry was made from: ``kind`` ("projects.import") and the maker's own ``id`` for it, unique together.

    ``apart`` says that somebody has looked at those of its kind whose ids are possible twins of this one.
    """

    kind: str
    id: str
    apart: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class NewPosting:
    """A positive ``amount`` that goes from one kind of account to another.

    ``subject`` is opaque to the ledger (the uuid of an allocation line or of a return's row); ``place`` is a GB/T 2260
    code of six digits, or empty.
    """

    from_kind: AccountKind
    to_kind: AccountKind
    amount: Money
    subject: str = ""
    place: str = ""

    def mirrored(self) -> NewPosting:
        """The same amount the other way."""
        return replace(self, from_kind=self.to_kind, to_kind=self.from_kind)


@dataclass(frozen=True, slots=True)
class NewEntry:
    """Postings of one programme and fund source (both by code) that belong together, on one day."""

    source: Source
    programme: str
    fund_source: str
    on_date: date
    postings: tuple[NewPosting, ...]
    memo: str = ""
    strength: Strength = Strength.VOUCHER


@dataclass(frozen=True, slots=True)
class EntryRef:
    """An entry that stands in the ledger."""

    uuid: UUID
    source: Source
    on_date: date
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class BulkResult:
    """What a bulk posting did: ``posted`` entries are new, ``skipped`` ones stood there already.

    ``sums`` adds up the new postings by (from, to, currency), in fen; ``digest`` is the SHA-256 over the digests of the
    new entries in their order, and stands in the audit trail.
    """

    posted: int
    skipped: int
    sums: dict[tuple[AccountKind, AccountKind, str], int]
    digest: str


@dataclass(frozen=True, slots=True)
class Movement:
    """What has gone into the accounts of a kind, net of reversals, and what stands there."""

    turnover: Money
    balance: Money


@dataclass(frozen=True, slots=True)
class PostingRow:
    """A posting with what its entry says: one row of proof.

    ``kind`` is the station whose turnover it counts in; ``counted`` is its amount there, negative for a reversal.
    """

    entry: UUID
    on_date: date
    fund_source: str
    from_kind: AccountKind
    to_kind: AccountKind
    kind: AccountKind
    amount: Money
    memo: str
    strength: Strength
    source: Source
    subject: str
    place: str
    is_reversal: bool
    is_reversed: bool

    @property
    def counted(self) -> Money:
        """What the row adds to the turnover of ``kind``."""
        return -self.amount if self.is_reversal else self.amount


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which postings of a programme are looked for; what is None or empty is not asked.

    ``text`` stands in the id of the source, also that of what an entry takes back, or in the memo; both days are
    included, and the instant ``recorded_since``.
    """

    kind: AccountKind | None = None
    place: str | None = None
    fund_source: str = ""
    subjects: Collection[str] | None = None
    recorded_by: Collection[str] | None = None
    text: str = ""
    since: date | None = None
    until: date | None = None
    recorded_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class EntryDetail:
    """An entry with those of its postings that the viewer may see."""

    uuid: UUID
    source: Source
    programme: str
    fund_source: str
    on_date: date
    memo: str
    strength: Strength
    recorded_at: datetime
    recorded_by: str
    reverses: UUID | None
    reversed_by: UUID | None
    postings: tuple[PostingRow, ...]
