# SPDX-License-Identifier: Apache-2.0
"""What the services share: locking accounts, adding rows, refusing what would overdraw. Asks for no permission."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby

from django.db import IntegrityError, transaction

from shanhai.base.audit.services import Act
from shanhai.base.database.services import insert_many
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import Conflict, Refused
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.money import Money
from shanhai.registers.ledger import rules
from shanhai.registers.ledger.labels import KIND_LABELS
from shanhai.registers.ledger.models import Account, DayTotal, Entry, Posting
from shanhai.registers.ledger.values import AccountKind, NewEntry, Source

BATCH = 500
NOTHING_REVERSED: Mapping[Source, Entry] = {}

Book = dict[AccountKind, Account]
# An account, and the subject within it where each subject is checked by itself.
Drain = tuple[Account, str | None]


class SourceAlreadyUsed(Conflict):
    """Something else has been posted from this source."""

    code = "ledger.source_already_used"


class FundsInsufficient(Refused):
    """On some day an account, or a subject within it, would hold less than nothing."""

    code = "ledger.funds_insufficient"


class Writer:
    """The writing of one transaction: what it has locked, added, and taken from where.

    All accounts of one fund source in one programme (a book) are locked together, in the order of their keys: two
    payments that race for the last fen wait for each other, and two transactions that post several times each within
    a book cannot lock crosswise. Totals are written and checked once, by ``settle``.
    """

    def __init__(self, by: Actor, at: datetime) -> None:
        self._by, self._at = by, at
        self._books: dict[tuple[str, str, str], Book] = {}
        self._days: dict[tuple[int, str, date], list[int]] = defaultdict(lambda: [0, 0])
        self._drains: dict[Drain, date] = {}
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
        kinds = {kind for posting in new.postings for kind in (posting.from_kind, posting.to_kind)}
        return self.lock(new.programme, new.fund_source, new.postings[0].amount.currency, kinds)

    def add(
        self, batch: Iterable[NewEntry], *, reverses: Mapping[Source, Entry] = NOTHING_REVERSED
    ) -> tuple[list[tuple[NewEntry, Entry]], dict[Source, Entry]]:
        """Add what of ``batch`` is not there yet; answer what was added and, by source, what stood there already.

        ``reverses`` names, by the sources of those of the batch that are reversals, what they take back.
        Raises SourceAlreadyUsed when something else stands there.
        """
        drafts: dict[Source, tuple[NewEntry, Entry]] = {}
        for new in batch:
            # Locked before it is looked for: whoever posts the same from the same source waits here, and finds it.
            self.lock_for(new)
            draft = self._draft(new, reverses.get(new.source))
            first = drafts.setdefault(new.source, (new, draft))
            _require_same(first[1], draft)
        stored: dict[Source, Entry] = {}
        found = list(Entry.objects.of_sources(drafts))
        while True:
            for entry in found:
                _require_same(entry, drafts.pop(entry.source)[1])
                stored[entry.source] = entry
            found = _insert([entry for _, entry in drafts.values()])
            if not found:
                break
        self._insert_postings(drafts.values())
        return list(drafts.values()), stored

    def settle(self, only: NewEntry | None = None) -> None:
        """Write the totals by day and raise FundsInsufficient if money was taken where there is none.

        The sentence names what was there and what was asked for when ``only`` one entry has been added, else what
        is missing. Each account is checked on every day from the first on which money was taken.
        """
        if self._days:
            DayTotal.objects.add(self._days)
        pooled = [drain for drain in self._drains if drain[1] is None]
        for account, _ in pooled:
            changes = DayTotal.objects.net_by_day(account, self._drains[account, None])
            _require_funds((account, None), changes, only)
        by_account: dict[Account, list[str]] = defaultdict(list)
        for account, subject in self._drains:
            if subject is not None:
                by_account[account].append(subject)
        for account, subjects in by_account.items():
            for start in range(0, len(subjects), BATCH):
                rows = Posting.objects.net_by_subject_and_day(account, subjects[start : start + BATCH])
                # Read whole: a cursor still open when a refusal rolls back would break the caller's transaction.
                for subject, days in groupby(list(rows), key=lambda row: row[0]):
                    _require_funds((account, subject), [(day, net) for _, day, net in days], only)

    def _open(self, key: tuple[str, str, str], kind: AccountKind) -> None:
        programme, fund_source, currency = key
        account, is_new = Account.objects.get_or_create(
            programme=programme, fund_source=fund_source, currency=currency, kind=kind
        )
        if is_new:
            facts = {"fund_source": fund_source, "kind": kind.value, "currency": currency}
            self.opened.append(
                Act("ledger.account.opened", "ledger.account", str(account.pk), programme=programme, changes=facts)
            )

    def _draft(self, new: NewEntry, reverses: Entry | None) -> Entry:
        return Entry(
            source_kind=new.source.kind,
            source_id=new.source.id,
            on_date=new.on_date,
            memo=new.memo,
            strength=new.strength.value,
            reverses_id=reverses.pk if reverses else None,
            digest=rules.content_digest(new),
            recorded_at=self._at,
            recorded_by=self._by.ref,
        )

    def _insert_postings(self, drafts: Collection[tuple[NewEntry, Entry]]) -> None:
        rows = []
        for new, entry in drafts:
            book, is_reversal = self.lock_for(new), entry.reverses_id is not None
            for posting in new.postings:
                source, target = book[posting.from_kind], book[posting.to_kind]
                row = Posting(
                    entry_id=entry.pk,
                    from_account_id=source.pk,
                    to_account_id=target.pk,
                    amount_fen=posting.amount.fen,
                    currency=posting.amount.currency,
                    subject=posting.subject,
                    place=posting.place,
                    programme=new.programme,
                    on_date=new.on_date,
                    kind=(posting.from_kind if is_reversal else posting.to_kind).value,
                    is_reversal=is_reversal,
                )
                rows.append(row)
                self._count(row)
                if posting.from_kind not in rules.UNLIMITED:
                    drain = (source, posting.subject if posting.from_kind in rules.BY_SUBJECT else None)
                    self._drains[drain] = min(self._drains.get(drain, new.on_date), new.on_date)
        insert_many(rows)

    def _count(self, row: Posting) -> None:
        # A reversal takes back what went out and in, so that turnovers stay net of it.
        gone_out, gone_in, fen = row.from_account_id, row.to_account_id, row.amount_fen
        if row.is_reversal:
            gone_out, gone_in, fen = gone_in, gone_out, -fen
        self._days[gone_out, row.place, row.on_date][1] += fen
        self._days[gone_in, row.place, row.on_date][0] += fen


def _locked(key: tuple[str, str, str]) -> Book:
    return {AccountKind(account.kind): account for account in Account.objects.of_book(*key).select_for_update()}


def _insert(entries: Sequence[Entry]) -> list[Entry]:
    """Insert ``entries`` and answer []; where sources were used meanwhile, insert none and answer what stands there."""
    try:
        with transaction.atomic():
            Entry.objects.insert(entries)
    except IntegrityError:
        found = list(Entry.objects.of_sources(entry.source for entry in entries))
        if not found:
            raise
        return found
    return []


def _require_same(stored: Entry, draft: Entry) -> None:
    if stored.digest != draft.digest:
        raise SourceAlreadyUsed(
            gettext_noop("来源“%(source)s”已于 %(at)s 记过另一笔账。请核对；确是新的一笔，请用新的来源编号。"),
            source=f"{stored.source_kind} {stored.source_id}",
            at=f"{clock.local(stored.recorded_at):%Y-%m-%d %H:%M}",
        )


def _require_funds(drain: Drain, changes: Iterable[tuple[date, int]], only: NewEntry | None) -> None:
    account, subject = drain
    kind = AccountKind(account.kind)
    day, left = rules.lowest(changes)
    if left >= 0:
        return
    if only is None:
        raise FundsInsufficient(
            gettext_noop("这批账会使“%(station)s”在 %(on)s 缺 %(missing)s，所以一笔也没有记。请核对金额和日期。"),
            station=KIND_LABELS[kind],
            on=day,
            missing=Money(-left, account.currency),
            subject=subject,
        )
    asked = rules.taken(only, kind, subject)
    raise FundsInsufficient(
        gettext_noop("“%(station)s”到 %(on)s 可用 %(available)s，这笔要用 %(asked)s，不够。请核对金额和日期。"),
        station=KIND_LABELS[kind],
        on=day,
        available=Money(left + asked, account.currency),
        asked=Money(asked, account.currency),
        subject=subject,
    )
