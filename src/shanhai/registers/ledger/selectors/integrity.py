# SPDX-License-Identifier: Apache-2.0
"""Whether the ledger adds up: everything that could be wrong is computed anew from the postings. Slow, and streamed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from itertools import groupby, islice
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils.translation import gettext

from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.money import Money
from shanhai.registers.ledger import rules
from shanhai.registers.ledger.labels import KIND_LABELS
from shanhai.registers.ledger.models import Account, DayTotal, Entry, MonthTotal, Posting, SubjectTotal
from shanhai.registers.ledger.values import AccountKind

# Enough to see what kind of damage it is.
MOST = 100
CHUNK = 500
# What a kept total is told by that differs from the postings, and what one that is not there.
DAY_DIFFERS = (
    gettext_noop("账户 %(account)s 在 %(place)s %(on)s 的日合计与分录不符。"),
    gettext_noop("账户 %(account)s 在 %(place)s %(on)s 有分录而没有日合计。"),
)
MONTH_DIFFERS = (
    gettext_noop("账户 %(account)s 在 %(place)s %(on)s 起的月合计与分录不符。"),
    gettext_noop("账户 %(account)s 在 %(place)s %(on)s 起有分录而没有月合计。"),
)
SUBJECT_DIFFERS = (
    gettext_noop("事项 %(subject)s 在 %(place)s %(on)s 的合计与分录不符。"),
    gettext_noop("事项 %(subject)s 在 %(place)s %(on)s 有分录而没有合计。"),
)

# Sums by the key of a kept total.
Sums = dict[tuple[Any, ...], list[int]]


def verify() -> tuple[str, ...]:
    """Sentences about what does not add up, at most a hundred; none when all is well.

    Compares the kept totals with the postings, looks for accounts below zero on any day, for entries without postings,
    for rows that contradict their entry or account, for reversals that do not mirror, and for entries whose content is
    no longer what was posted.
    """
    checks: tuple[Callable[[], Iterator[str]], ...] = (
        _totals_that_differ,
        _accounts_below_zero,
        _entries_without_postings,
        _postings_that_contradict,
        _entries_whose_content_changed,
        _reversals_that_do_not_mirror,
    )
    return tuple(islice((sentence for check in checks for sentence in check()), MOST))


def _totals_that_differ() -> Iterator[str]:
    accounts = Account.objects.in_bulk()
    for programme in sorted({account.programme for account in accounts.values()}):
        days, months, subjects = _recomputed(programme, accounts)
        for stored, recomputed, sentences in ((DayTotal, days, DAY_DIFFERS), (MonthTotal, months, MONTH_DIFFERS)):
            rows = stored._default_manager.filter(account__programme=programme).order_by("account", "place", "on_date")
            for (account, on, place), sentence in _differing(rows, recomputed, sentences):
                yield gettext(sentence) % {"account": accounts[account], "place": place or "—", "on": on}
        totals = SubjectTotal.objects.filter(programme=programme).order_by("subject", "on_date", "place", "pk")
        for (_, subject, on, place, *_others), sentence in _differing(totals, subjects, SUBJECT_DIFFERS):
            yield gettext(sentence) % {"subject": subject or "—", "place": place or "—", "on": on}


def _differing(rows: QuerySet[Any], recomputed: Sums, sentences: tuple[str, str]) -> Iterator[tuple[Any, str]]:
    """The key and the sentence of each stored total that is not the one recomputed, then of those that lack."""
    keys, sums = rows.model.KEYS, rows.model.SUMS
    for row in rows.values_list(*keys, *sums).iterator():
        key, found = row[: len(keys)], list(row[len(keys) :])
        if found != recomputed.pop(key, [0] * len(sums)):
            yield key, sentences[0]
    for key in recomputed:
        yield key, sentences[1]


def _recomputed(programme: str, accounts: Mapping[int, Account]) -> tuple[Sums, Sums, Sums]:
    """The totals of a programme by day, month and subject, all net of reversals, from its postings."""
    days: Sums = defaultdict(lambda: [0] * len(DayTotal.SUMS))
    months: Sums = defaultdict(lambda: [0] * len(MonthTotal.SUMS))
    columns = SubjectTotal.SUMS
    subjects: Sums = defaultdict(lambda: [0] * len(columns))
    keys = ("from_account_id", "to_account_id", "place", "on_date", "subject", "is_reversal")
    rows = Posting.objects.filter(programme=programme).values_list(*keys)
    for source, target, place, day, subject, is_reversal, fen, count in (
        rows.annotate(fen=Sum("amount_fen"), count=Count("pk")).order_by(*keys).iterator()
    ):
        # A reversal takes back what had come in where it starts, and what had gone out where it ends.
        left, entered, net = (target, source, -fen) if is_reversal else (source, target, fen)
        for kept, on in ((days, day), (months, day.replace(day=1))):
            kept[left, on, place][1] += net
            kept[entered, on, place][0] += net
            kept[entered, on, place][2] += count
        account = accounts[entered]
        of_subject = subjects[programme, subject, day, place, account.fund_source, account.currency]
        of_subject[columns.index(account.kind)] += net
        if (gone_out := f"{accounts[left].kind}_out") in columns:
            of_subject[columns.index(gone_out)] += net
    return days, months, subjects


def _accounts_below_zero() -> Iterator[str]:
    for account in Account.objects.order_by("pk"):
        kind = AccountKind(account.kind)
        if kind in rules.UNLIMITED:
            continue
        rows = Posting.objects.net_by_subject_and_day(account)
        if kind not in rules.BY_SUBJECT:
            rows = rows.order_by("on_date")
        for subject, days in groupby(rows.iterator(), key=lambda row: row[0] if kind in rules.BY_SUBJECT else None):
            day, left = rules.lowest((day, net) for _, day, net in days)
            if left < 0:
                yield gettext("“%(station)s”（账户 %(account)s，事项 %(subject)s）到 %(on)s 为 %(left)s，低于零。") % {
                    "station": gettext(KIND_LABELS[kind].text),
                    "account": account,
                    "subject": subject or "—",
                    "on": day,
                    "left": Money(left, account.currency),
                }


def _entries_without_postings() -> Iterator[str]:
    for uuid in Entry.objects.filter(postings=None).order_by("pk").values_list("uuid", flat=True).iterator():
        yield gettext("第 %(entry)s 笔账没有分录。") % {"entry": uuid}


def _postings_that_contradict() -> Iterator[str]:
    same = Q()
    for name in ("programme", "fund_source", "currency"):
        same &= Q(**{f"from_account__{name}": F(f"to_account__{name}")})
    counted = Q(is_reversal=False, kind=F("to_account__kind")) | Q(is_reversal=True, kind=F("from_account__kind"))
    reversal = Q(is_reversal=True, entry__reverses__isnull=False) | Q(is_reversal=False, entry__reverses=None)
    repeated = Q(
        on_date=F("entry__on_date"), programme=F("from_account__programme"), currency=F("from_account__currency")
    )
    wrong = Posting.objects.exclude(same & counted & reversal & repeated).order_by("pk")
    for uuid in wrong.values_list("entry__uuid", flat=True).iterator():
        yield gettext("第 %(entry)s 笔账有分录与所记的账或账户不一致。") % {"entry": uuid}


def _entries_whose_content_changed() -> Iterator[str]:
    accounts = Account.objects.in_bulk()
    rows = Posting.objects.select_related("entry").order_by("entry_id", "pk")
    for _, group in groupby(rows.iterator(chunk_size=CHUNK), key=lambda posting: posting.entry_id):
        postings = list(group)
        for posting in postings:
            posting.from_account = accounts[posting.from_account_id]
            posting.to_account = accounts[posting.to_account_id]
        entry = postings[0].entry
        if rules.content_digest(entry.content(postings)) != entry.digest:
            yield gettext("第 %(entry)s 笔账的内容与记账时不同。") % {"entry": entry.uuid}


def _reversals_that_do_not_mirror() -> Iterator[str]:
    reversals = Entry.objects.filter(reverses__isnull=False).select_related("reverses").order_by("pk")
    for reversal in reversals.prefetch_related("postings", "reverses__postings").iterator(chunk_size=CHUNK):
        assert reversal.reverses is not None
        undone = sorted(_direction(posting) for posting in reversal.postings.all())
        done = sorted(_direction(posting, swapped=True) for posting in reversal.reverses.postings.all())
        if undone != done or reversal.on_date < reversal.reverses.on_date:
            yield gettext("第 %(entry)s 笔冲正与原账不对应。") % {"entry": reversal.uuid}


def _direction(posting: Posting, *, swapped: bool = False) -> tuple[int, int, int, str, str]:
    ends = (posting.from_account_id, posting.to_account_id)
    source, target = reversed(ends) if swapped else ends
    return source, target, posting.amount_fen, posting.subject, posting.place
