# SPDX-License-Identifier: Apache-2.0
"""Posting and taking back: one entry at a time, or many in one transaction, streamed. Rows are added, never changed."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import islice
from typing import TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch

from shanhai.base.audit import services as audit
from shanhai.base.database.services import analyse
from shanhai.kernel import clock, ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, Conflict, NotVisible, Refused
from shanhai.kernel.figures import Strength
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.subjects import Subject
from shanhai.registers.ledger import rules
from shanhai.registers.ledger.models import DayTotal, Entry, MonthTotal, Posting, SubjectTotal
from shanhai.registers.ledger.permissions import FundPermission
from shanhai.registers.ledger.services.writing import Draft, Writer
from shanhai.registers.ledger.values import AccountKind, BulkResult, EntryRef, NewEntry, NewPosting, Source

STREAM = 1000
MANY = 50_000
T = TypeVar("T")


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
    content, Conflict for a source that is a possible twin of another's and not known to be ``apart``,
    FundsInsufficient when an account would be overdrawn on that day or on any later one.
    """
    _require_in_places(by, FundPermission.POST, programme=programme, places=(posting.place for posting in postings))

    new = NewEntry(source, programme, fund_source, on_date, tuple(postings), memo, strength)
    rules.require_postable(new, today=clock.local_date(at))
    writer = Writer(by, at)
    fresh, stored = writer.add([new])
    if not fresh:
        return stored[source].ref
    if not source.apart:
        _require_no_twin(source)
    writer.settle(only=new)

    entry = fresh[0][1]
    audit.record_many(by=by, at=at, acts=[*writer.opened, _act_of_one("ledger.entry.posted", new, entry)])
    return entry.ref


@transaction.atomic
def reverse_entry(*, by: Actor, at: datetime, entry: UUID, because: str, on_date: date | None = None) -> EntryRef:
    """Take an entry back by its mirror image, dated ``on_date`` or the day of ``at``.

    An entry is reversed once, and a reversal not at all: what should stand after all is posted anew from a new source.
    Raises NotVisible, NotAllowed without fund.reverse in every posting's place, BadInput without a reason or for a day
    that cannot be, Conflict, Refused for a reversal, FundsInsufficient when the money has moved on.
    """
    writer, mirror, reversal = _taken_back(by, at, entry, because, on_date or clock.local_date(at))
    writer.settle(only=mirror)

    act = _act_of_one("ledger.entry.reversed", mirror, reversal, because=because)
    audit.record_many(by=by, at=at, acts=[act])
    return reversal.ref


@transaction.atomic
def repost_entry(
    *,
    by: Actor,
    at: datetime,
    entry: UUID,
    source: Source,
    postings: Sequence[NewPosting],
    memo: str,
    because: str,
    on_date: date | None = None,
) -> EntryRef:
    """Take an entry back and post others in its place, from ``source``, on ``on_date`` or the day of ``at``: both.

    Funds are checked once both stand. Raises as ``reverse_entry`` and ``post_entry`` do.
    """
    writer, mirror, reversal = _taken_back(by, at, entry, because, on_date or clock.local_date(at))
    new = replace(mirror, source=source, postings=tuple(postings), memo=memo)
    places = {posting.place for posting in new.postings}
    _require_in_places(by, FundPermission.POST, programme=new.programme, places=places)
    rules.require_postable(new, today=clock.local_date(at))
    [(_, posted)] = writer.add([new])[0]
    writer.settle()

    acts = [
        *writer.opened,
        _act_of_one("ledger.entry.reversed", mirror, reversal, because=because),
        _act_of_one("ledger.entry.posted", new, posted),
    ]
    audit.record_many(by=by, at=at, acts=acts)
    return posted.ref


def _taken_back(by: Actor, at: datetime, entry: UUID, because: str, day: date) -> tuple[Writer, NewEntry, Draft]:
    """The entry's mirror image, written but not settled."""
    if not Posting.objects.visible_to(by).filter(entry__uuid=entry).exists():
        raise NotVisible(gettext_noop("没有找到这笔账。请从资金页重新进入。"))
    first = Entry.objects.get(uuid=entry)
    postings = list(first.postings.select_related("from_account", "to_account").order_by("pk"))
    programme, places = postings[0].programme, {posting.place for posting in postings}
    _require_in_places(by, FundPermission.REVERSE, programme=programme, places=places)

    rules.require_reason(because)
    rules.require_day(day, today=clock.local_date(at))
    mirror = rules.mirror_of(first.content(postings), first.uuid, on_date=day, because=because)
    writer = Writer(by, at)
    writer.lock_for(mirror)
    _require_reversible(first, day)

    [(_, reversal)] = writer.add([mirror], reverses={mirror.source: first})[0]
    return writer, mirror, reversal


@transaction.atomic
def post_entries(
    *, by: Actor, at: datetime, entries: Iterable[NewEntry], progress: Callable[[int], None] | None = None
) -> BulkResult:
    """Post all ``entries``, or none. Those that stand there already with the same content are skipped and counted.

    ``entries`` may be a generator: it is read once, 1000 at a time, and ``progress`` is told after each thousand how
    many have been read. Memory grows with the number of days, places and subjects, not of entries. Funds are checked at
    the end, on every day, so within a day the order does not matter. One row in the audit trail stands for all.

    Raises BadInput, which says which entry is wrong and why; NotAllowed, SourceAlreadyUsed and
    FundsInsufficient as ``post_entry`` does.
    """
    writer, read, posted = Writer(by, at), 0, 0
    sums: Counter[tuple[AccountKind, AccountKind, str]] = Counter()
    digest = hashlib.sha256()
    for batch in _batches(_postable(by, entries, today=clock.local_date(at))):
        fresh, _ = writer.add(batch)
        read, posted = read + len(batch), posted + len(fresh)
        for new, entry in fresh:
            digest.update(entry.digest.encode())
            for posting in new.postings:
                sums[posting.from_kind, posting.to_kind, posting.amount.currency] += posting.amount.fen
        if progress is not None:
            progress(read)
    writer.settle()

    result = BulkResult(posted, read - posted, dict(sums), digest.hexdigest())
    if posted:
        audit.record_many(by=by, at=at, acts=[*writer.opened, _act_of_many(result, writer.programmes)])
    if posted >= MANY:
        analyse(Entry, Posting, DayTotal, MonthTotal, SubjectTotal)
    return result


@transaction.atomic
def reverse_entries(*, by: Actor, at: datetime, sources: Iterable[Source], recorded_at: datetime, because: str) -> int:
    """Take back what was made from ``sources``, each entry on its own day, as if it had never been; all or nothing.

    Only what was recorded at that instant; what was reversed before, or never posted, is passed over. Answers how many
    were taken back; one row in the trail stands for all. Raises NotAllowed without fund.reverse in every posting's
    place, BadInput without a reason, FundsInsufficient when the money has moved on.
    """
    rules.require_reason(because)
    writer, reversed_ = Writer(by, at), 0
    digest = hashlib.sha256()
    for some in _batches(iter(sources)):
        found = (
            Entry.objects.of_sources(some)
            .filter(~Exists(Entry.objects.filter(reverses=OuterRef("pk"))), recorded_at=recorded_at, reverses=None)
            .order_by("pk")
        )
        rows = found.prefetch_related(
            Prefetch("postings", Posting.objects.select_related("from_account", "to_account").order_by("pk"))
        )
        mirrors = {}
        for entry in rows:
            content = entry.content(list(entry.postings.all()))
            mirror = rules.mirror_of(content, entry.uuid, on_date=entry.on_date, because=because)
            places = {posting.place for posting in mirror.postings}
            _require_in_places(by, FundPermission.REVERSE, programme=mirror.programme, places=places)
            mirrors[mirror.source] = (mirror, entry)
        first = {source: entry for source, (_, entry) in mirrors.items()}
        fresh, _ = writer.add([mirror for mirror, _ in mirrors.values()], reverses=first)
        reversed_ += len(fresh)
        for _, reversal in fresh:
            digest.update(reversal.digest.encode())
    writer.settle()

    if reversed_:
        act = audit.Act(
            "ledger.entries.reversed",
            Subject("ledger.bulk", ids.new_id(), min(writer.programmes)),
            changes={"reversed": reversed_, "digest": digest.hexdigest()},
            because=because,
        )
        audit.record_many(by=by, at=at, acts=[act])
    return reversed_


def _require_in_places(by: Actor, permission: str, *, programme: str, places: Iterable[str]) -> None:
    """Raise NotAllowed unless ``by`` holds ``permission`` in each of ``places``; "" is the programme as a whole."""
    for place in set(places):
        by.require(permission, programme=programme, place=place or None)


def _require_no_twin(source: Source) -> None:
    """Raise Conflict when another source of the kind differs in case, width, blanks or leading noughts only."""
    alike = Entry.objects.filter(source_kind=source.kind, source_form=rules.source_form(source.id))
    other = alike.exclude(source_id=source.id).order_by("pk").values_list("source_id", flat=True).first()
    if other is not None:
        text = gettext_noop(
            "编号“%(number)s”和已记账的“%(other)s”只差大小写、全半角、空格或前面的零，像是同一张凭证。"
            "请核对；确实是另一张的，请勾选“确实是不同的”再记。"
        )
        numbers = {"number": source.id.rpartition(":")[2], "other": other.rpartition(":")[2]}
        raise Conflict(text, "ledger.possible_twin", field="source", **numbers)


def _require_reversible(first: Entry, day: date) -> None:
    if first.reverses_id is not None:
        text = gettext_noop("这笔账本身是冲正，不能再冲正。请用新的来源编号重新记账。")
        raise Refused(text, "ledger.reversal_not_reversible")
    earlier = Entry.objects.filter(reverses=first).first()
    if earlier is not None:
        when = f"{clock.local(earlier.recorded_at):%Y-%m-%d %H:%M}"
        raise Conflict(gettext_noop("这笔账已于 %(at)s 冲正，不能再冲正。"), "ledger.already_reversed", at=when)
    if day < first.on_date:
        text = gettext_noop("冲正日期 %(on)s 早于原账日期 %(first)s。请改为原账当天或以后。")
        raise BadInput(text, "ledger.reversed_too_early", on=day, first=first.on_date)


def _act_of_one(action: str, new: NewEntry, entry: Draft, because: str = "") -> audit.Act:
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


def _postable(by: Actor, entries: Iterable[NewEntry], *, today: date) -> Iterator[NewEntry]:
    """``entries`` as they come, each checked by itself, and the permission for each place asked for once."""
    allowed: set[tuple[str, str]] = set()
    for number, new in enumerate(entries, start=1):
        wanted = {(new.programme, posting.place) for posting in new.postings} - allowed
        _require_in_places(by, FundPermission.POST, programme=new.programme, places=[place for _, place in wanted])
        allowed |= wanted
        try:
            rules.require_postable(new, today=today)
        except BadInput as reason:
            text = gettext_noop("第 %(number)d 笔（来源“%(source)s”）不能记账：%(reason)s")
            said = f"{new.source.kind} {new.source.id}"[:230]
            raise BadInput(
                text, "ledger.entry_not_postable", number=number, source=said, reason=reason.message
            ) from reason
        yield new


def _batches(items: Iterator[T]) -> Iterator[list[T]]:
    while batch := list(islice(items, STREAM)):
        yield batch


def _act_of_many(result: BulkResult, programmes: set[str]) -> audit.Act:
    return audit.Act(
        "ledger.entries.posted",
        Subject("ledger.bulk", ids.new_id(), min(programmes) if len(programmes) == 1 else ""),
        changes={
            "posted": result.posted,
            "skipped": result.skipped,
            "programmes": sorted(programmes),
            "sums": [
                {"from": source.value, "to": target.value, "currency": currency, "amount_fen": fen}
                for (source, target, currency), fen in sorted(result.sums.items())
            ],
            "digest": result.digest,
        },
    )
