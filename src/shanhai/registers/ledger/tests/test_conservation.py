# SPDX-License-Identifier: Apache-2.0
"""Whatever is posted and taken back, in whatever order: no fen is made, none is lost, every sum can be recomputed."""

from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.money import Money
from shanhai.registers.ledger.models import Entry
from shanhai.registers.ledger.selectors import balances, integrity
from shanhai.registers.ledger.services import entries
from shanhai.registers.ledger.services.writing import FundsInsufficient
from shanhai.registers.ledger.tests.builders import COMMITMENT, TODAY, an_entry, posted, turnover
from shanhai.registers.ledger.values import AccountKind, NewPosting
from tests.cast import AT, AUDITOR, FINANCE

pytestmark = pytest.mark.django_db

KINDS = list(AccountKind)
DAYS = [TODAY - timedelta(days=age) for age in range(5)]
CHAIN = [*pairwise(KINDS[:5]), (COMMITMENT, AccountKind.ARRIVED)]

some_postings = st.builds(
    lambda way, fen, subject, place: NewPosting(*way, Money(fen), subject, place),
    st.one_of(st.sampled_from(CHAIN), st.permutations(KINDS).map(lambda kinds: tuple(kinds[:2]))),
    st.integers(1, 200),
    st.sampled_from(["", "a"]),
    st.sampled_from(["", "513301"]),
)
some_entries = st.lists(
    st.builds(
        lambda postings, day: an_entry(*postings, on_date=day),
        st.lists(some_postings, min_size=1, max_size=3),
        st.sampled_from(DAYS),
    ),
    max_size=10,
)


@contextmanager
def undone():
    """What an example stores is gone after it."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def numbered(drawn):
    return [an_entry(*new.postings, on_date=new.on_date, source=str(number)) for number, new in enumerate(drawn)]


def stands(kind, as_of=TODAY, **asked):
    return balances.balance(viewer=AUDITOR, programme="zj-ganzi", kind=kind, as_of=as_of, **asked).fen


def went_in(kind):
    return turnover(viewer=AUDITOR, programme="zj-ganzi", kind=kind, as_of=TODAY).fen


def naive(accepted, as_of, place=None):
    """Balances by kind, added up posting by posting."""
    sums = Counter()
    for new in accepted:
        for posting in new.postings:
            if new.on_date <= as_of and place in (None, posting.place):
                sums[posting.from_kind] -= posting.amount.fen
                sums[posting.to_kind] += posting.amount.fen
    return [sums[kind] for kind in KINDS]


@settings(max_examples=40, deadline=None)
@given(some_entries)
def test_any_sequence_of_postings_conserves_money_and_every_balance_is_the_naive_sum(drawn):
    with undone():
        accepted = []
        for new in numbered(drawn):
            try:
                posted(new)
            except FundsInsufficient:
                continue
            accepted.append(new)

        assert sum(stands(kind) for kind in KINDS) == 0
        assert all(stands(kind, day) >= 0 for kind in KINDS if kind != COMMITMENT for day in DAYS)
        for day in DAYS:
            assert [stands(kind, day) for kind in KINDS] == naive(accepted, day)
        assert [stands(kind, place="513301") for kind in KINDS] == naive(accepted, TODAY, "513301")
        assert Entry.objects.count() == len(accepted)
        assert integrity.verify() == ()


@settings(max_examples=25, deadline=None)
@given(some_entries, st.randoms(use_true_random=False))
def test_no_order_of_reversals_loses_a_fen(drawn, order):
    with undone():
        standing = []
        for new in numbered(drawn):
            try:
                standing.append(posted(new))
            except FundsInsufficient:
                continue
        while standing:
            order.shuffle(standing)
            refused = []
            for ref in standing:
                before = Entry.objects.count(), AuditRow.objects.count()
                try:
                    entries.reverse_entry(by=FINANCE, at=AT, entry=ref.uuid, because="倒着冲")
                except FundsInsufficient:
                    refused.append(ref)
                    assert (Entry.objects.count(), AuditRow.objects.count()) == before
            assert sum(stands(kind) for kind in KINDS) == 0
            assert len(refused) < len(standing)
            standing = refused

        assert [stands(kind) for kind in KINDS] == [0] * 7
        assert [went_in(kind) for kind in KINDS] == [0] * 7
        assert integrity.verify() == ()


def overdrawn(news):
    """Whether any account that is checked lacks money on any day, added up posting by posting."""
    checked = {(posting.from_kind, posting.subject) for new in news for posting in new.postings}
    for kind, subject in checked - {(COMMITMENT, subject) for _, subject in checked}:
        by_subject = kind in (AccountKind.ALLOTTED, AccountKind.PAID)
        for day in DAYS:
            concerned = [
                posting
                for new in news
                for posting in new.postings
                if new.on_date <= day and (not by_subject or posting.subject == subject)
            ]
            gone_in = sum(posting.amount.fen for posting in concerned if posting.to_kind == kind)
            if gone_in < sum(posting.amount.fen for posting in concerned if posting.from_kind == kind):
                return True
    return False


@settings(max_examples=60, deadline=None)
@given(some_entries)
def test_many_at_once_are_refused_whole_exactly_when_money_would_be_lacking_on_some_day(drawn):
    with undone():
        news = numbered(drawn)
        refused = False
        try:
            entries.post_entries(by=FINANCE, at=AT, entries=news)
        except FundsInsufficient:
            refused = True

        assert refused == overdrawn(news)
        assert Entry.objects.count() == (0 if refused else len(news))
        for day in DAYS:
            assert [stands(kind, day) for kind in KINDS] == naive([] if refused else news, day)
        assert integrity.verify() == ()
