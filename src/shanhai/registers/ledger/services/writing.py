# SPDX-License-Identifier: Apache-2.0
"""What the services share: locking accounts, adding rows, refusing what would overdraw. Asks for no permission."""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import chain
from typing import Any, NamedTuple
from uuid import UUID

from django.db import IntegrityError, transaction

from shanhai.base.audit.services import Act
from shanhai.base.database.services import insert_many, new_keys
from shanhai.kernel import clock, ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import Conflict, Refused
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.money import Money
from shanhai.kernel.subjects import Subject
from shanhai.registers.ledger import rules
from shanhai.registers.ledger.labels import KIND_LABELS
from shanhai.registers.ledger.models import Account, DayTotal, Entry, MonthTotal, Posting, SubjectTotal
from shanhai.registers.ledger.values import AccountKind, EntryRef, NewEntry, Source

NOTHING_REVERSED: Mapping[Source, Entry] = {}
POSTING = (
    "entry_id", "from_account_id", "to_account_id", "amount_fen", "currency", "subject", "place", "programme",
    "on_date", "kind", "is_reversal",
)  # fmt: skip
# Where a subject's total keeps what went into a station, and what went out of it.
IN_OUT = SubjectTotal.SUMS
IN = {kind.value: IN_OUT.index(kind.value) for kind in AccountKind}
OUT = {kind.value: IN_OUT.index(f"{kind.value}_out") for kind in rules.BY_SUBJECT}

Book = dict[AccountKind, Account]


class SourceAlreadyUsed(Conflict):
    """Something else has been posted from this source."""

    code = "ledger.source_already_used"


class FundsInsufficient(Refused):
    """On some day an account, or a subject within it, would hold less than nothing."""

    code = "ledger.funds_insufficient"


class Draft(NamedTuple):
    """An entry's row without its key: a plain tuple, for a hundred thousand of them are made at once."""

    uuid: UUID
    source_kind: str
    source_id: str
    source_form: str
    on_date: date
    memo: str
    strength: str
    reverses_id: int | None
    digest: str
    recorded_at: datetime
    recorded_by: str

    @property
    def source(self) -> Source:
        """What the entry was made from."""
        return Source(self.source_kind, self.source_id)

    @property
    def ref(self) -> EntryRef:
        """The entry as other apps know it."""
        return EntryRef(self.uuid, self.source, self.on_date, self.recorded_at)


class Writer:
    """The writing of one transaction: what it has locked, added, and taken from where.

    All accounts of one fund source in one programme (a book) are locked together, in the order of their keys: two
    payments that race for the last fen wait for each other, and two transactions that post several times each within
    a book cannot lock crosswise. Totals are written and checked once, by ``settle``.
    """

    def __init__(self, by: Actor, at: datetime) -> None:
        self._by, self._at = by, at
        self._books: dict[tuple[str, str, str], Book] = {}
        # Changes by the keys of DayTotal and of SubjectTotal, in the order of their sums.
        self._days: dict[tuple[int, date, str], list[int]] = defaultdict(lambda: [0, 0, 0])
        self._subjects: dict[tuple[str, str, date, str, str, str], list[int]] = defaultdict(lambda: [0] * len(IN_OUT))
        self._drains: dict[Account, dict[str | None, date]] = defaultdict(dict)
        # For the caller to record last of all: the trail's lock must be the last one taken.
        self.opened: list[Act] = []

    @property
    def programmes(self) -> set[str]:
        """The codes of the programmes concerned."""
        return {programme for programme, _, _ in self._books}

    def lock(self, programme: str, fund_source: str, currency: str, kinds: Collection[AccountKind]) -> Book:
        """The accounts of a book, locked; what it lacks of ``kinds`` is opened."""
        key = (programme, fund_source, currency)
        if not self._books.get(key, {}).keys() >= set(kinds):
            book = _locked(key)
            missing = [kind for kind in AccountKind if kind in kinds and kind not in book]
            for kind in missing:
                self._open(key, kind)
            self._books[key] = _locked(key) if missing else book
        return self._books[key]

    def lock_for(self, new: NewEntry) -> Book:
        """The accounts that ``new`` moves money between, with the rest of their book, locked."""
        book = self._books.get((new.programme, new.fund_source, new.postings[0].amount.currency))
        if book and all(posting.from_kind in book and posting.to_kind in book for posting in new.postings):
            return book
        kinds = {kind for posting in new.postings for kind in (posting.from_kind, posting.to_kind)}
        return self.lock(new.programme, new.fund_source, new.postings[0].amount.currency, kinds)

    def add(
        self, batch: Iterable[NewEntry], *, reverses: Mapping[Source, Entry] = NOTHING_REVERSED
    ) -> tuple[list[tuple[NewEntry, Draft]], dict[Source, Draft]]:
        """Add what of ``batch`` is not there yet; answer what was added and, by source, what stood there already.

        ``reverses`` names, by the sources of those of the batch that are reversals, what they take back.
        Raises SourceAlreadyUsed when something else stands there.
        """
        drafts: dict[Source, tuple[NewEntry, Draft]] = {}
        for new in batch:
            # Locked before it is looked for: whoever posts the same from the same source waits here, and finds it.
            self.lock_for(new)
            draft = self._draft(new, reverses.get(new.source))
            first = drafts.setdefault(new.source, (new, draft))
            if first[1] is not draft:
                _require_same(first[1], draft)
        stored: dict[Source, Draft] = {}
        found = _stored(drafts)
        while True:
            for entry in found:
                _require_same(entry, drafts.pop(entry.source)[1])
                stored[entry.source] = entry
            keys, found = _insert(drafts)
            if not found:
                break
        fresh = list(drafts.values())
        rows = (self._rows(key, new, draft) for key, (new, draft) in zip(keys, fresh, strict=True))
        insert_many(Posting, POSTING, chain.from_iterable(rows))
        return fresh, stored

    def settle(self, only: NewEntry | None = None) -> None:
        """Write the totals and raise FundsInsufficient if money was taken where there is none.

        The sentence names what was there and what was asked for when ``only`` one entry has been added, else what
        is missing. Each account is checked on every day from the first on which money was taken.
        """
        months: dict[tuple[int, date, str], list[int]] = defaultdict(lambda: [0, 0, 0])
        for (account_pk, day, place), sums in self._days.items():
            month = months[account_pk, day.replace(day=1), place]
            month[:] = map(operator.add, month, sums)
        DayTotal.objects.add(self._days)
        MonthTotal.objects.add(months)
        SubjectTotal.objects.add(self._subjects)
        for account, drained in self._drains.items():
            _require_funds(account, drained, only)

    def _open(self, key: tuple[str, str, str], kind: AccountKind) -> None:
        programme, fund_source, currency = key
        account, is_new = Account.objects.get_or_create(
            programme=programme, fund_source=fund_source, currency=currency, kind=kind
        )
        if is_new:
            facts = {"fund_source": fund_source, "kind": kind.value, "currency": currency}
            self.opened.append(Act("ledger.account.opened", Subject("ledger.account", account.pk, programme), facts))

    def _draft(self, new: NewEntry, reverses: Entry | None) -> Draft:
        return Draft(
            ids.new_id(),
            new.source.kind,
            new.source.id,
            rules.source_form(new.source.id),
            new.on_date,
            new.memo,
            new.strength.value,
            reverses.pk if reverses else None,
            rules.content_digest(new),
            self._at,
            self._by.ref,
        )

    def _rows(self, key: int, new: NewEntry, draft: Draft) -> Iterator[tuple[Any, ...]]:
        """The rows of an entry's postings, in the order of POSTING; what they change is counted meanwhile."""
        book, day, is_reversal = self.lock_for(new), new.on_date, draft.reverses_id is not None
        for posting in new.postings:
            source, target, fen = book[posting.from_kind], book[posting.to_kind], posting.amount.fen
            subject, place, currency = posting.subject, posting.place, posting.amount.currency
            # A reversal takes back what went out and in, so that turnovers stay net of it.
            out_of, into, net = (target, source, -fen) if is_reversal else (source, target, fen)
            yield key, source.pk, target.pk, fen, currency, subject, place, new.programme, day, into.kind, is_reversal
            self._days[out_of.pk, day, place][1] += net
            entered = self._days[into.pk, day, place]
            entered[0] += net
            entered[2] += 1
            moved = self._subjects[new.programme, subject, day, place, new.fund_source, currency]
            moved[IN[into.kind]] += net
            if out_of.kind in OUT:
                moved[OUT[out_of.kind]] += net
            if posting.from_kind not in rules.UNLIMITED:
                drained = self._drains[source]
                drain = subject if posting.from_kind in rules.BY_SUBJECT else None
                drained[drain] = min(drained.get(drain, day), day)


def _locked(key: tuple[str, str, str]) -> Book:
    return {AccountKind(account.kind): account for account in Account.objects.of_book(*key).select_for_update()}


def _insert(drafts: Mapping[Source, tuple[NewEntry, Draft]]) -> tuple[Sequence[int], list[Draft]]:
    """Insert entries and answer their keys; where sources were used meanwhile, none, and answer what stands there."""
    try:
        with transaction.atomic():
            return _put(drafts), []
    except IntegrityError:
        found = _stored(drafts)
        if not found:
            raise
        return (), found


def _put(drafts: Mapping[Source, tuple[NewEntry, Draft]]) -> Sequence[int]:
    keys = new_keys(Entry, len(drafts))
    rows = [(key, *draft) for key, (_, draft) in zip(keys, drafts.values(), strict=True)]
    insert_many(Entry, ("id", *Draft._fields), rows)
    return keys


def _stored(sources: Iterable[Source]) -> list[Draft]:
    return [Draft(*row) for row in Entry.objects.of_sources(sources).values_list(*Draft._fields)]


def _require_same(stored: Draft, draft: Draft) -> None:
    if stored.digest != draft.digest:
        raise SourceAlreadyUsed(
            gettext_noop("“%(number)s”已于 %(at)s 记过另一笔账。请核对；确是新的一笔，请换一个编号。"),
            field="source",
            number=stored.source_id.rpartition(":")[2],
            at=f"{clock.local(stored.recorded_at):%Y-%m-%d %H:%M}",
        )


def _require_funds(account: Account, drained: Mapping[str | None, date], only: NewEntry | None) -> None:
    """Raise FundsInsufficient when the account, or a subject of ``drained``, has less than nothing on some day."""
    kind = AccountKind(account.kind)
    if kind in rules.BY_SUBJECT:
        # Read whole: a cursor still open when a refusal rolls back would break the caller's transaction.
        short = list(SubjectTotal.objects.below_zero(account, [one for one in drained if one is not None]))
    else:
        day, left = rules.lowest(DayTotal.objects.net_by_day(account, drained[None]))
        short = [(None, day, left)] if left < 0 else []
    if not short:
        return
    subject, day, left = min((row for row in short if row[0] == short[0][0]), key=operator.itemgetter(2))
    if only is None:
        raise FundsInsufficient(
            gettext_noop("这批账会使“%(station)s”在 %(on)s 缺 %(missing)s，所以一笔也没有记。请核对金额和日期。"),
            station=KIND_LABELS[kind],
            on=day,
            missing=Money(-left, account.currency),
            subject=subject,
            fund_source=account.fund_source,
        )
    asked = rules.taken(only, kind, subject)
    raise FundsInsufficient(
        gettext_noop("“%(station)s”到 %(on)s 可用 %(available)s，这笔要用 %(asked)s，不够。请核对金额和日期。"),
        field="amount",
        station=KIND_LABELS[kind],
        on=day,
        available=Money(left + asked, account.currency),
        asked=Money(asked, account.currency),
        subject=subject,
        fund_source=account.fund_source,
    )
