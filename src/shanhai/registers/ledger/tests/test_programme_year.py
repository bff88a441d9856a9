# SPDX-License-Identifier: Apache-2.0
"""The textbook story of one programme year, in ten thousand yuan: 1000 issued, 900 arrived, 700 allotted, 650 paid."""

from datetime import date

import pytest

from shanhai.kernel.money import Money
from shanhai.registers.ledger.selectors import balances
from shanhai.registers.ledger.tests.builders import (
    ALLOTTED,
    ARRIVED,
    COMMITMENT,
    ISSUED,
    PAID,
    RESERVE,
    SURPLUS,
    TODAY,
    moved,
    turnover,
)
from tests.cast import AUDITOR

pytestmark = pytest.mark.django_db

WAN = 10_000
HOSPITAL = "0192f0c4-0000-7000-8000-000000000001"


@pytest.fixture
def the_year():
    """The five steps, the last of them today."""
    moved("issue", 1000 * WAN, COMMITMENT, ISSUED, on_date=date(2026, 2, 10))
    moved("arrive", 900 * WAN, ISSUED, ARRIVED, on_date=date(2026, 4, 1))
    moved("allot", 700 * WAN, ARRIVED, ALLOTTED, on_date=date(2026, 5, 8), subject=HOSPITAL, place="513301")
    moved("pay", 650 * WAN, ALLOTTED, PAID, on_date=date(2026, 9, 30), subject=HOSPITAL, place="513301")
    moved("return", 50 * WAN, ALLOTTED, SURPLUS, on_date=TODAY, subject=HOSPITAL, place="513301")


@pytest.mark.parametrize(
    ("kind", "stands", "went_in"),
    [
        (COMMITMENT, "-10000000", "0"),
        (ISSUED, "1000000", "10000000"),
        (ARRIVED, "2000000", "9000000"),
        (ALLOTTED, "0", "7000000"),
        (PAID, "6500000", "6500000"),
        (RESERVE, "0", "0"),
        (SURPLUS, "500000", "500000"),
    ],
)
def test_at_the_end_of_the_year_each_station_holds_what_the_book_says(the_year, kind, stands, went_in):
    asked = {"viewer": AUDITOR, "programme": "zj-ganzi", "kind": kind, "as_of": TODAY}

    assert balances.balance(**asked) == Money.from_yuan(stands)
    assert turnover(**asked) == Money.from_yuan(went_in)


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        (date(2026, 2, 9), [0, 0, 0, 0, 0]),
        (date(2026, 2, 10), [-1000, 1000, 0, 0, 0]),
        (date(2026, 4, 1), [-1000, 100, 900, 0, 0]),
        (date(2026, 5, 8), [-1000, 100, 200, 700, 0]),
        (date(2026, 9, 30), [-1000, 100, 200, 50, 650]),
    ],
)
def test_on_any_day_before_each_station_holds_what_had_happened_by_then(the_year, as_of, expected):
    kinds = [COMMITMENT, ISSUED, ARRIVED, ALLOTTED, PAID]

    stands = [balances.balance(viewer=AUDITOR, programme="zj-ganzi", kind=kind, as_of=as_of) for kind in kinds]

    assert stands == [Money.from_yuan(wan * WAN) for wan in expected]
