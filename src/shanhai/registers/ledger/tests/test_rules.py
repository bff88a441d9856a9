# SPDX-License-Identifier: Apache-2.0
"""Decisions without a database: when a running sum is lowest, what an entry takes, what a digest covers."""

from dataclasses import replace
from datetime import date

import pytest

from shanhai.registers.ledger import rules
from shanhai.registers.ledger.labels import KIND_LABELS
from shanhai.registers.ledger.tests.builders import ALLOTTED, ARRIVED, COMMITMENT, ISSUED, PAID, a_posting, an_entry
from shanhai.registers.ledger.values import AccountKind, Source

ONE, TWO, THREE = (date(2026, 1, day) for day in (1, 2, 3))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([(ONE, 5)], (ONE, 5)),
        ([(ONE, -5)], (ONE, -5)),
        ([(ONE, 5), (TWO, -7), (THREE, 9)], (TWO, -2)),
        ([(ONE, 5), (TWO, -5), (THREE, 0)], (TWO, 0)),
        ([(ONE, -5), (ONE, 5), (TWO, 3)], (ONE, 0)),
        ([(ONE, 1), (TWO, 1), (THREE, 1)], (ONE, 1)),
        ([(ONE, 10), (TWO, -4), (THREE, -7)], (THREE, -1)),
    ],
)
def test_the_lowest_day_is_the_first_with_the_least_sum_and_a_day_counts_as_a_whole(changes, expected):
    assert rules.lowest(changes) == expected


def test_an_account_without_changes_has_no_lowest_day():
    with pytest.raises(ValueError, match="no lowest day"):
        rules.lowest([])


@pytest.mark.parametrize(
    ("kind", "subject", "fen"),
    [
        (ARRIVED, None, 8000),
        (ALLOTTED, "a", 2000),
        (ALLOTTED, "b", -3000),
        (ALLOTTED, None, -1000),
        (PAID, "a", -7000),
        (COMMITMENT, None, 0),
    ],
)
def test_what_an_entry_takes_is_what_goes_out_less_what_comes_in(kind, subject, fen):
    entry = an_entry(
        a_posting(50, ARRIVED, ALLOTTED, subject="a"),
        a_posting(30, ARRIVED, ALLOTTED, subject="b"),
        a_posting(70, ALLOTTED, PAID, subject="a"),
    )

    assert rules.taken(entry, kind, subject) == fen


def test_the_digest_of_an_entry_never_changes_with_the_program():
    entry = an_entry(a_posting("12.34", COMMITMENT, ISSUED, subject="s", place="513301"), memo="第一批")

    assert rules.content_digest(entry) == "321b228e54dace3ad010e8b51a1eb36ac527e565c24595893d2ebe222763b37b"


def test_the_order_of_postings_counts_in_the_digest_and_the_source_too():
    one, other = a_posting(1), a_posting(2)

    digests = {
        rules.content_digest(an_entry(one, other)),
        rules.content_digest(an_entry(other, one)),
        rules.content_digest(replace(an_entry(one, other), source=Source("test", "2"))),
    }

    assert len(digests) == 3


def test_every_station_has_a_name():
    assert {kind: str(label) for kind, label in KIND_LABELS.items()} == {
        AccountKind.COMMITMENT: "承诺",
        AccountKind.ISSUED: "下达",
        AccountKind.ARRIVED: "到位",
        AccountKind.ALLOTTED: "核拨",
        AccountKind.PAID: "支付",
        AccountKind.RESERVE: "预备费",
        AccountKind.SURPLUS: "结余",
    }
