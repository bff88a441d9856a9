# SPDX-License-Identifier: Apache-2.0
"""Many entries in one transaction, streamed: for imports and for the demo."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from typing import TypeVar

from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch

from shanhai.base.audit import services as audit
from shanhai.base.database.services import analyse
from shanhai.kernel import clock, ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.subjects import Subject
from shanhai.registers.ledger import rules
from shanhai.registers.ledger.access import require_in_places
from shanhai.registers.ledger.models import DayTotal, Entry, MonthTotal, Posting, SubjectTotal
from shanhai.registers.ledger.permissions import FundPermission
from shanhai.registers.ledger.services.writing import Writer
from shanhai.registers.ledger.values import AccountKind, BulkResult, NewEntry, Source

STREAM = 1000
MANY = 50_000
T = TypeVar("T")


class EntryNotPostable(BadInput):
    """One of many entries is wrong by itself; the sentence says which and why."""

    code = "ledger.entry_not_postable"


@transaction.atomic
def post_entries(
    *, by: Actor, at: datetime, entries: Iterable[NewEntry], progress: Callable[[int], None] | None = None
) -> BulkResult:
    """Post all ``entries``, or none. Those that stand there already with the same content are skipped and counted.

    ``entries`` may be a generator: it is read once, 1000 at a time, and ``progress`` is told after each thousand how
    many have been read. Memory grows with the number of days, places and subjects, not of entries. Funds are checked at
    the end, on every day, so within a day the order does not matter. One row in the audit trail stands for all.

    Raises EntryNotPostable, which says which entry is wrong and why; NotAllowed, SourceAlreadyUsed and
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
        audit.record_many(by=by, at=at, acts=[*writer.opened, _act(result, writer.programmes)])
    if posted >= MANY:
        analyse(Entry, Posting, DayTotal, MonthTotal, SubjectTotal)
    return result


@transaction.atomic
def reverse_entries(*, by: Actor, at: datetime, sources: Iterable[Source], recorded_at: datetime, because: str) -> int:
    """Take back what was made from ``sources``, each entry on its own day, as if it had never been; all or nothing.

    Only what was recorded at that instant; what was reversed before, or never posted, is passed over. Answers how many
    were taken back; one row in the trail stands for all. Raises NotAllowed without fund.reverse in every posting's
    place, TextNotStorable without a reason, FundsInsufficient when the money has moved on.
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
            require_in_places(by, FundPermission.REVERSE, programme=mirror.programme, places=places)
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


def _postable(by: Actor, entries: Iterable[NewEntry], *, today: date) -> Iterator[NewEntry]:
    """``entries`` as they come, each checked by itself, and the permission for each place asked for once."""
    allowed: set[tuple[str, str]] = set()
    for number, new in enumerate(entries, start=1):
        wanted = {(new.programme, posting.place) for posting in new.postings} - allowed
        require_in_places(by, FundPermission.POST, programme=new.programme, places=[place for _, place in wanted])
        allowed |= wanted
        try:
            rules.require_postable(new, today=today)
        except BadInput as reason:
            raise EntryNotPostable(
                gettext_noop("第 %(number)d 笔（来源“%(source)s”）不能记账：%(reason)s"),
                number=number,
                source=f"{new.source.kind} {new.source.id}"[:230],
                reason=reason.message,
            ) from reason
        yield new


def _batches(items: Iterator[T]) -> Iterator[list[T]]:
    while batch := list(islice(items, STREAM)):
        yield batch


def _act(result: BulkResult, programmes: set[str]) -> audit.Act:
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
