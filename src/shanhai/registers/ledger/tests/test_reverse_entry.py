# SPDX-License-Identifier: Apache-2.0
"""Taking an entry back: once, not before it was made, and not after its money has moved on."""

from datetime import date, timedelta

import pytest

from shanhai.base.audit.models import AuditRow
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor, Scope
from shanhai.kernel.errors import BadInput, Conflict, NotAllowed, NotVisible, Refused
from shanhai.kernel.money import Money
from shanhai.registers.ledger.models import Entry, Posting
from shanhai.registers.ledger.selectors import balances, integrity, postings
from shanhai.registers.ledger.services import entries
from shanhai.registers.ledger.services.writing import FundsInsufficient
from shanhai.registers.ledger.tests.builders import (
    ALLOTTED,
    ARRIVED,
    COMMITMENT,
    ISSUED,
    PAID,
    TODAY,
    a_posting,
    an_entry,
    moved,
    posted,
    turnover,
)
from tests.cast import AT, AUDITOR, DEPUTY, FINANCE, KANGDING, STRANGER
from tests.refusals import refused

DayNotPossible = (BadInput, "ledger.day_not_possible")
TextNotStorable = (BadInput, "ledger.text_not_storable")
AlreadyReversed = (Conflict, "ledger.already_reversed")
ReversalNotReversible = (Refused, "ledger.reversal_not_reversible")
ReversedTooEarly = (BadInput, "ledger.reversed_too_early")

pytestmark = pytest.mark.django_db

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
WHY = "记错了金额"


def take_back(ref, *, by=FINANCE, because=WHY, on_date=None):
    return entries.reverse_entry(by=by, at=AT, entry=ref.uuid, because=because, on_date=on_date)


def stands(kind, as_of=TODAY):
    return balances.balance(viewer=AUDITOR, programme="zj-ganzi", kind=kind, as_of=as_of)


def went_in(kind, as_of=TODAY):
    return turnover(viewer=AUDITOR, programme="zj-ganzi", kind=kind, as_of=as_of)


def test_a_reversal_is_the_mirror_image_and_says_why():
    ref = posted(
        an_entry(
            a_posting(100, subject="s", place="513301"), a_posting(40, ISSUED, ARRIVED), on_date=MARCH, memo="原账"
        )
    )

    reversal = take_back(ref)

    found = postings.get_entry(viewer=AUDITOR, uuid=reversal.uuid)
    assert (found.reverses, found.on_date, found.memo) == (ref.uuid, TODAY, WHY)
    assert [(row.from_kind, row.to_kind, row.amount, row.subject, row.place) for row in found.postings] == [
        (ISSUED, COMMITMENT, Money(10000), "s", "513301"),
        (ARRIVED, ISSUED, Money(4000), "", ""),
    ]
    assert [row.is_reversal for row in found.postings] == [True, True]
    assert postings.get_entry(viewer=AUDITOR, uuid=ref.uuid).reversed_by == reversal.uuid
    act = AuditRow.objects.order_by("seq").last()
    assert (act.action, act.subject_id, act.because) == ("ledger.entry.reversed", str(reversal.uuid), WHY)
    assert integrity.verify() == ()


def test_it_counts_from_its_own_day_on_and_lowers_the_turnover():
    ref = posted(an_entry(on_date=MARCH))

    take_back(ref, on_date=APRIL)

    assert (stands(ISSUED, MARCH), stands(ISSUED, APRIL)) == (Money(10000), Money(0))
    assert (went_in(ISSUED, MARCH), went_in(ISSUED, APRIL)) == (Money(10000), Money(0))


def test_taking_back_a_payment_does_not_count_as_a_second_allotment():
    moved("1", 100, COMMITMENT, ARRIVED)
    moved("2", 100, ARRIVED, ALLOTTED, subject="s")
    payment = moved("3", 60, ALLOTTED, PAID, subject="s")

    take_back(payment)

    assert (stands(ALLOTTED), went_in(ALLOTTED)) == (Money(10000), Money(10000))
    assert (stands(PAID), went_in(PAID)) == (Money(0), Money(0))


def test_an_entry_is_reversed_once():
    ref = posted(an_entry())
    take_back(ref)
    before = (Entry.objects.count(), AuditRow.objects.count())

    with refused(AlreadyReversed, match="2026-11-22 10:00"):
        take_back(ref, because="又一次")

    assert (Entry.objects.count(), AuditRow.objects.count()) == before


def test_a_reversal_is_not_reversed():
    reversal = take_back(posted(an_entry()))

    with refused(ReversalNotReversible, match="重新记账"):
        take_back(reversal)


def test_posting_the_source_of_a_reversed_entry_again_changes_nothing():
    ref = posted(an_entry())
    take_back(ref)

    again = posted(an_entry())

    assert again == ref
    assert stands(ISSUED) == Money(0)


def test_money_that_has_moved_on_is_not_taken_back():
    issued = moved("1", 100, COMMITMENT, ISSUED)
    moved("2", 80, ISSUED, ARRIVED)
    before = (Entry.objects.count(), Posting.objects.count(), AuditRow.objects.count())

    with pytest.raises(FundsInsufficient, match=r"“下达”到 2026-11-22 可用 20.00 CNY，这笔要用 100.00 CNY"):
        take_back(issued)

    assert (Entry.objects.count(), Posting.objects.count(), AuditRow.objects.count()) == before


def test_once_the_later_step_is_taken_back_the_earlier_one_can_be():
    issued = moved("1", 100, COMMITMENT, ISSUED)
    arrived = moved("2", 80, ISSUED, ARRIVED)

    take_back(arrived)
    take_back(issued)

    assert [stands(kind) for kind in (COMMITMENT, ISSUED, ARRIVED)] == [Money(0)] * 3


@pytest.mark.parametrize(
    ("on_date", "error", "said"),
    [
        (MARCH - timedelta(days=1), ReversedTooEarly, "2026-02-28 早于原账日期 2026-03-01"),
        (TODAY + timedelta(days=1), DayNotPossible, "还没有到"),
        (date(1900, 1, 1), DayNotPossible, "早于 1978 年"),
    ],
)
def test_a_reversal_lies_between_the_entry_and_today(on_date, error, said):
    ref = posted(an_entry(on_date=MARCH))

    with refused(error, match=said):
        take_back(ref, on_date=on_date)

    assert Entry.objects.count() == 1


@pytest.mark.parametrize("because", ["", "  \n", "长" * 501, "a\x00"], ids=["empty", "blank", "huge", "NUL"])
def test_a_reversal_says_why(because):
    ref = posted(an_entry())

    with refused(TextNotStorable, match="冲正理由"):
        take_back(ref, because=because)

    assert Entry.objects.count() == 1


@pytest.mark.parametrize(("by", "error"), [(STRANGER, NotVisible), (DEPUTY, NotAllowed), (AUDITOR, NotAllowed)])
def test_only_finance_reverses_and_a_stranger_does_not_learn_that_there_is_something(by, error):
    ref = posted(an_entry())

    with refused(error):
        take_back(ref, by=by)

    assert Entry.objects.count() == 1


def test_an_entry_elsewhere_does_not_exist_for_a_county():
    ref = posted(an_entry(a_posting(place="513322")))

    with pytest.raises(NotVisible):
        take_back(ref, by=KANGDING)


def test_whoever_may_reverse_in_one_place_does_not_reverse_what_concerns_another_too():
    here = Scope("zj-ganzi", "513301")
    kangding = Actor("user:k", grants={"fund.view": (here,), "fund.reverse": (here,)})
    ref = posted(an_entry(a_posting(place="513301"), a_posting(place="513322")))

    with pytest.raises(NotAllowed):
        take_back(ref, by=kangding)

    assert Entry.objects.count() == 1


def test_an_entry_that_is_not_there_cannot_be_reversed():
    with pytest.raises(NotVisible):
        entries.reverse_entry(by=FINANCE, at=AT, entry=ids.new_id(), because=WHY)


def test_many_are_taken_back_on_their_own_days_and_only_what_one_instant_recorded():
    first = posted(an_entry(source="1", on_date=MARCH))
    posted(an_entry(source="2", on_date=APRIL), at=AT + timedelta(seconds=1))
    sources = [first.source, *(type(first.source)("test", name) for name in ("2", "never"))]

    taken = entries.reverse_entries(by=FINANCE, at=AT, sources=sources, recorded_at=AT, because=WHY)

    assert taken == 1
    assert (stands(ISSUED, MARCH), stands(ISSUED, APRIL)) == (Money(0), Money.from_yuan(100))
    assert AuditRow.objects.get(action="ledger.entries.reversed").changes["reversed"] == 1
    assert entries.reverse_entries(by=FINANCE, at=AT, sources=sources, recorded_at=AT, because=WHY) == 0
    assert integrity.verify() == ()


def test_many_are_not_taken_back_without_the_right_or_a_reason_or_once_the_money_moved_on():
    first = posted(an_entry(source="1", on_date=MARCH))
    asked = {"at": AT, "sources": [first.source], "recorded_at": AT}

    with pytest.raises(NotAllowed):
        entries.reverse_entries(by=DEPUTY, because=WHY, **asked)
    with refused(TextNotStorable):
        entries.reverse_entries(by=FINANCE, because=" ", **asked)
    moved("3", 60, ISSUED, ARRIVED, on_date=APRIL)
    with pytest.raises(FundsInsufficient):
        entries.reverse_entries(by=FINANCE, because=WHY, **asked)

    assert Entry.objects.filter(reverses__isnull=False).count() == 0
