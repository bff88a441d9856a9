# SPDX-License-Identifier: Apache-2.0
"""No station but the commitment holds less than nothing, on no day; what is allotted to one pays for no other."""

from contextlib import suppress
from datetime import date

import pytest

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.messages import Message
from shanhai.kernel.money import Money
from shanhai.registers.ledger.models import DayTotal, Entry, Posting
from shanhai.registers.ledger.services.writing import FundsInsufficient
from shanhai.registers.ledger.tests.builders import (
    ALLOTTED,
    ARRIVED,
    COMMITMENT,
    ISSUED,
    PAID,
    RESERVE,
    SURPLUS,
    TODAY,
    a_posting,
    an_entry,
    moved,
    posted,
)

pytestmark = pytest.mark.django_db

MARCH, APRIL, MAY, JUNE = (date(2026, month, 1) for month in (3, 4, 5, 6))


@pytest.fixture
def a_year():
    """1000 issued and arrived in March, 400 allotted to a and 300 to b in April, 100 of a paid in May."""
    moved("issue", 1000, COMMITMENT, ISSUED, on_date=MARCH)
    moved("arrive", 1000, ISSUED, ARRIVED, on_date=MARCH)
    moved("allot a", 400, ARRIVED, ALLOTTED, on_date=APRIL, subject="a", place="513301")
    moved("allot b", 300, ARRIVED, ALLOTTED, on_date=APRIL, subject="b", place="513322")
    moved("pay a", 100, ALLOTTED, PAID, on_date=MAY, subject="a", place="513301")


def trace() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Entry, Posting, DayTotal, AuditRow))


@pytest.mark.parametrize(
    ("yuan", "from_kind", "to_kind", "subject", "available"),
    [
        ("0.01", ISSUED, ARRIVED, "", "0.00"),
        ("300.01", ARRIVED, ALLOTTED, "c", "300.00"),
        ("300.01", ALLOTTED, PAID, "a", "300.00"),
        ("300.01", ALLOTTED, SURPLUS, "b", "300.00"),
        ("0.01", ALLOTTED, PAID, "c", "0.00"),
        ("0.01", ALLOTTED, PAID, "", "0.00"),
        ("100.01", PAID, ALLOTTED, "a", "100.00"),
        ("1", PAID, ALLOTTED, "b", "0.00"),
        ("1", RESERVE, ISSUED, "", "0.00"),
        ("1", SURPLUS, ARRIVED, "", "0.00"),
    ],
)
def test_one_fen_too_much_is_refused_with_both_sums_and_leaves_no_trace(
    a_year, yuan, from_kind, to_kind, subject, available
):
    before = trace()

    with pytest.raises(FundsInsufficient) as refusal:
        moved("too much", yuan, from_kind, to_kind, subject=subject)

    params = refusal.value.message.params
    assert (params["available"], params["asked"]) == (Money.from_yuan(available), Money.from_yuan(yuan))
    assert f"可用 {available} CNY" in str(refusal.value)
    assert trace() == before


def test_after_a_refusal_the_callers_transaction_goes_on(a_year):
    with suppress(FundsInsufficient):
        posted(
            an_entry(
                a_posting(500, ALLOTTED, PAID, subject="a"), a_posting(1, ALLOTTED, PAID, subject="b"), source="no"
            )
        )

    moved("enough", 300, ALLOTTED, PAID, subject="a")

    assert Entry.objects.filter(source_id__in=["no", "enough"]).count() == 1


@pytest.mark.parametrize(
    ("from_kind", "to_kind", "subject", "yuan"),
    [
        (ARRIVED, ALLOTTED, "c", 300),
        (ALLOTTED, PAID, "a", 300),
        (ALLOTTED, PAID, "b", 300),
        (ALLOTTED, SURPLUS, "a", 300),
        (ARRIVED, RESERVE, "", 300),
    ],
)
def test_the_last_fen_may_be_taken(a_year, from_kind, to_kind, subject, yuan):
    moved("all of it", yuan, from_kind, to_kind, subject=subject)

    with pytest.raises(FundsInsufficient):
        moved("one more", "0.01", from_kind, to_kind, subject=subject)


def test_the_sentence_names_the_station_the_day_and_the_sums(a_year):
    with pytest.raises(FundsInsufficient) as refusal:
        moved("too much", 500, ALLOTTED, PAID, subject="a")

    assert str(refusal.value) == "“核拨”到 2026-11-22 可用 300.00 CNY，这笔要用 500.00 CNY，不够。请核对金额和日期。"
    assert refusal.value.message.params["station"] == Message("核拨")
    assert refusal.value.message.params["subject"] == "a"


def test_money_of_another_place_pays_as_long_as_the_subject_is_the_same(a_year):
    moved("pay elsewhere", 300, ALLOTTED, PAID, subject="a", place="513322")

    assert Posting.objects.filter(subject="a", place="513322").count() == 1


def test_the_commitment_may_owe_without_end():
    moved("1", 10**12, COMMITMENT, ISSUED)
    moved("2", 10**12, COMMITMENT, ISSUED)

    assert Posting.objects.count() == 2


def test_money_cannot_be_used_before_it_came(a_year):
    with pytest.raises(FundsInsufficient, match=r"到 2026-03-31 可用 0.00 CNY，这笔要用 100.00 CNY"):
        moved("early", 100, ALLOTTED, PAID, subject="a", on_date=date(2026, 3, 31))


def test_money_that_was_used_later_cannot_be_used_before(a_year):
    moved("pay the rest of a", 300, ALLOTTED, PAID, subject="a", on_date=JUNE)

    with pytest.raises(FundsInsufficient, match=r"到 2026-06-01 可用 0.00 CNY"):
        moved("pay a before that", "0.01", ALLOTTED, PAID, subject="a", on_date=APRIL)


def test_pooled_money_that_was_used_later_cannot_be_used_before(a_year):
    moved("allot c", 200, ARRIVED, ALLOTTED, subject="c", on_date=JUNE)
    moved("arrive late", 50, COMMITMENT, ARRIVED, on_date=TODAY)

    with pytest.raises(FundsInsufficient, match=r"到 2026-06-01 可用 100.00 CNY，这笔要用 100.01 CNY"):
        moved("allot d before that", "100.01", ARRIVED, ALLOTTED, subject="d", on_date=MAY)


def test_a_back_dated_entry_that_leaves_enough_on_every_later_day_is_posted(a_year):
    moved("allot c", 200, ARRIVED, ALLOTTED, subject="c", on_date=JUNE)

    moved("allot d before that", 100, ARRIVED, ALLOTTED, subject="d", on_date=MAY)

    assert Posting.objects.filter(subject="d").count() == 1


def test_within_a_day_the_order_does_not_matter():
    moved("issue", 100, COMMITMENT, ISSUED, on_date=MARCH)
    moved("arrive", 100, ISSUED, ARRIVED, on_date=MARCH)

    posted(
        an_entry(
            a_posting(100, ALLOTTED, PAID, subject="a"), a_posting(100, ARRIVED, ALLOTTED, subject="a"), on_date=MARCH
        )
    )

    assert Posting.objects.filter(subject="a").count() == 2


def test_an_entry_that_puts_in_and_takes_out_is_asked_for_the_difference(a_year):
    with pytest.raises(FundsInsufficient, match=r"可用 300.00 CNY，这笔要用 350.00 CNY"):
        posted(an_entry(a_posting(400, ALLOTTED, PAID, subject="b"), a_posting(50, ARRIVED, ALLOTTED, subject="b")))


@pytest.mark.parametrize(
    "elsewhere", [{"programme": "zj-naqu"}, {"fund_source": "city"}, {"currency": "USD"}], ids=lambda kw: next(iter(kw))
)
def test_money_of_another_book_does_not_help(a_year, elsewhere):
    with pytest.raises(FundsInsufficient, match=r"可用 0\.00"):
        moved("from nothing", 1, ARRIVED, ALLOTTED, subject="a", **elsewhere)
