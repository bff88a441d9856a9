# SPDX-License-Identifier: Apache-2.0
"""Entries for tests: 100 yuan from the commitment to the plan of zj-ganzi, unless told otherwise."""

from __future__ import annotations

from datetime import date
from typing import Any

from shanhai.kernel.figures import Strength
from shanhai.kernel.money import Money
from shanhai.registers.ledger.selectors import balances
from shanhai.registers.ledger.services import entries
from shanhai.registers.ledger.values import AccountKind, EntryRef, NewEntry, NewPosting, Source
from tests.cast import AT, FINANCE

COMMITMENT, ISSUED, ARRIVED, ALLOTTED, PAID, RESERVE, SURPLUS = AccountKind
TODAY = date(2026, 11, 22)


def a_posting(
    yuan: int | str = 100,
    from_kind: AccountKind = COMMITMENT,
    to_kind: AccountKind = ISSUED,
    *,
    subject: str = "",
    place: str = "",
    currency: str = "CNY",
) -> NewPosting:
    """A posting of ``yuan``."""
    return NewPosting(from_kind, to_kind, Money.from_yuan(yuan, currency), subject, place)


def an_entry(
    *postings: NewPosting,
    source: str = "1",
    programme: str = "zj-ganzi",
    fund_source: str = "province",
    on_date: date = TODAY,
    memo: str = "",
    strength: Strength = Strength.VOUCHER,
) -> NewEntry:
    """An entry made from ("test", source), of one posting of 100 yuan unless others are given."""
    return NewEntry(Source("test", source), programme, fund_source, on_date, postings or (a_posting(),), memo, strength)


def posted(new: NewEntry, *, by=FINANCE, at=AT) -> EntryRef:
    """The entry after posting it."""
    return entries.post_entry(
        by=by,
        at=at,
        source=new.source,
        programme=new.programme,
        fund_source=new.fund_source,
        on_date=new.on_date,
        postings=new.postings,
        memo=new.memo,
        strength=new.strength,
    )


def moved(source: str, yuan: int | str, from_kind: AccountKind, to_kind: AccountKind, **kw) -> EntryRef:
    """``yuan`` moved by an entry of its own; ``subject`` and ``place`` go to the posting, the rest to the entry."""
    parts = {key: kw.pop(key) for key in ("subject", "place", "currency") if key in kw}
    return posted(an_entry(a_posting(yuan, from_kind, to_kind, **parts), source=source, **kw))


def turnover(*, kind: AccountKind, as_of: date, **asked: Any) -> Money:
    """What went into the accounts of one kind until the end of a day, net of reversals."""
    return balances.movements(kinds=[kind], days=[as_of], **asked)[as_of, kind].turnover
