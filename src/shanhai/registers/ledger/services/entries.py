# SPDX-License-Identifier: Apache-2.0
"""One entry at a time: post it, or take it back. Rows are added, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, Conflict, NotVisible, Refused
from shanhai.kernel.figures import Strength
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.subjects import Subject
from shanhai.registers.ledger import rules
from shanhai.registers.ledger.access import require_in_places
from shanhai.registers.ledger.models import Entry, Posting
from shanhai.registers.ledger.permissions import FundPermission
from shanhai.registers.ledger.services.writing import Draft, Writer
from shanhai.registers.ledger.values import EntryRef, NewEntry, NewPosting, Source


class AlreadyReversed(Conflict):
    """The entry has been reversed before."""

    code = "ledger.already_reversed"


class ReversalNotReversible(Refused):
    """The entry is itself a reversal."""

    code = "ledger.reversal_not_reversible"


class ReversedTooEarly(BadInput):
    """A reversal dated before the entry that it reverses."""

    code = "ledger.reversed_too_early"


@transaction.atomic
def post_entry(
    *,
    by: Actor,
    at: datetime,
    source: Source,
    programme: str,
    fund_source: str,
    on_date: date,
    postings: Sequence[NewPosting],
    memo: str = "",
    strength: Strength = Strength.VOUCHER,
) -> EntryRef:
    """Post one entry: all its postings, or nothing. The same content from the same ``source`` is posted once.

    A second identical call answers the first entry, even one that has been reversed meanwhile. Raises NotAllowed
    without fund.post in every posting's place, what ``rules.require_postable`` raises, SourceAlreadyUsed for another
    content, FundsInsufficient when an account would be overdrawn on that day or on any later one.
    """
    require_in_places(by, FundPermission.POST, programme=programme, places=(posting.place for posting in postings))

    new = NewEntry(source, programme, fund_source, on_date, tuple(postings), memo, strength)
    rules.require_postable(new, today=clock.local_date(at))
    writer = Writer(by, at)
    fresh, stored = writer.add([new])
    if not fresh:
        return stored[source].ref
    writer.settle(only=new)

    entry = fresh[0][1]
    audit.record_many(by=by, at=at, acts=[*writer.opened, _act("ledger.entry.posted", new, entry)])
    return entry.ref


@transaction.atomic
def reverse_entry(*, by: Actor, at: datetime, entry: UUID, because: str, on_date: date | None = None) -> EntryRef:
    """Take an entry back by its mirror image, dated ``on_date`` or the day of ``at``.

    An entry is reversed once, and a reversal not at all: what should stand after all is posted anew from a new source.
    Raises NotVisible, NotAllowed without fund.reverse in every posting's place, TextNotStorable without a reason,
    DayNotPossible, ReversedTooEarly, AlreadyReversed, ReversalNotReversible, FundsInsufficient when the money has
    moved on.
    """
    if not Posting.objects.visible_to(by).filter(entry__uuid=entry).exists():
        raise NotVisible(gettext_noop("没有找到这笔账。请从资金页重新进入。"))
    first = Entry.objects.get(uuid=entry)
    postings = list(first.postings.select_related("from_account", "to_account").order_by("pk"))
    programme, places = postings[0].programme, {posting.place for posting in postings}
    require_in_places(by, FundPermission.REVERSE, programme=programme, places=places)

    rules.require_reason(because)
    day, today = on_date or clock.local_date(at), clock.local_date(at)
    rules.require_day(day, today=today)
    mirror = rules.mirror_of(first.content(postings), first.uuid, on_date=day, because=because)
    writer = Writer(by, at)
    writer.lock_for(mirror)
    _require_reversible(first, day)

    [(_, reversal)] = writer.add([mirror], reverses={mirror.source: first})[0]
    writer.settle(only=mirror)

    act = _act("ledger.entry.reversed", mirror, reversal, because=because)
    audit.record_many(by=by, at=at, acts=[act])
    return reversal.ref


def _require_reversible(first: Entry, day: date) -> None:
    if first.reverses_id is not None:
        raise ReversalNotReversible(gettext_noop("这笔账本身是冲正，不能再冲正。请用新的来源编号重新记账。"))
    earlier = Entry.objects.filter(reverses=first).first()
    if earlier is not None:
        raise AlreadyReversed(
            gettext_noop("这笔账已于 %(at)s 冲正，不能再冲正。"),
            at=f"{clock.local(earlier.recorded_at):%Y-%m-%d %H:%M}",
        )
    if day < first.on_date:
        raise ReversedTooEarly(
            gettext_noop("冲正日期 %(on)s 早于原账日期 %(first)s。请改为原账当天或以后。"), on=day, first=first.on_date
        )


def _act(action: str, new: NewEntry, entry: Draft, because: str = "") -> audit.Act:
    places = {posting.place for posting in new.postings}
    return audit.Act(
        action,
        Subject("ledger.entry", entry.uuid, new.programme, places.pop() if len(places) == 1 else ""),
        changes={
            "source": [new.source.kind, new.source.id],
            "fund_source": new.fund_source,
            "on": new.on_date.isoformat(),
            "postings": len(new.postings),
            "amount_fen": sum(posting.amount.fen for posting in new.postings),
            "currency": new.postings[0].amount.currency,
            "digest": entry.digest,
        },
        because=because,
    )
