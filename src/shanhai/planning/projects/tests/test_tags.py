# SPDX-License-Identifier: Apache-2.0
"""The two 80 % rules."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanhai.kernel.money import Money
from shanhai.planning.programmes.values import FLOOR_PERCENT
from shanhai.planning.projects.shares.rules.money import (
    TaggedSums,
    chosen,
    grassroots_shares,
    livelihood_part,
    livelihood_shares,
)

SUMS = {
    "plan": TaggedSums(1000_00, 850_00, 900_00, 700_00),
    "arrived": TaggedSums(500_00, 380_00, 500_00, 400_00),
    "paid": TaggedSums(),
}


@pytest.mark.parametrize(
    ("fen", "percent", "part"),
    [(100, 80, 80), (1, 50, 1), (1, 49, 0), (333, 33, 110), (0, 80, 0), (7, 100, 7), (7, 0, 0)],
)
def test_the_livelihood_part_is_rounded_to_the_fen(fen, percent, part):
    assert livelihood_part(fen, percent) == part


@given(st.integers(0, 10**15), st.integers(0, 100))
def test_the_part_and_the_rest_add_up_and_match_what_the_database_computes(fen, percent):
    part = livelihood_part(fen, percent)

    assert 0 <= part <= fen
    assert part == (fen * percent + 50) // 100


def test_the_livelihood_share_stands_on_three_bases_side_by_side():
    shares = livelihood_shares(SUMS)

    assert {key: share.percent(1) for key, share in shares.items()} == {
        "plan": Decimal("85.0"),
        "arrived": Decimal("76.0"),
        "paid": None,
    }
    assert shares["plan"].headroom(FLOOR_PERCENT) == Money(50_00)
    assert shares["arrived"].headroom(FLOOR_PERCENT) == Money(-20_00)
    assert shares["paid"].headroom(FLOOR_PERCENT) is None


def test_the_grassroots_share_counts_who_benefits_and_shows_who_carries_it_out():
    shares = grassroots_shares(SUMS)

    assert list(shares) == [
        "plan",
        "arrived",
        "paid",
        "plan_by_implementer",
        "arrived_by_implementer",
        "paid_by_implementer",
    ]
    assert shares["plan"].percent(0) == 90
    assert shares["plan_by_implementer"].percent(0) == 70


def test_a_reader_may_choose_the_base_and_still_sees_the_others():
    share, others = chosen(livelihood_shares(SUMS), "arrived")

    assert share.base.key == "arrived"
    assert [other.base.key for other in others] == ["plan", "paid"]


def test_a_base_nobody_knows_leaves_the_plan():
    assert chosen(livelihood_shares(SUMS), "no such base")[0].base.key == "plan"


def test_sums_of_two_places_add_up():
    assert TaggedSums(1, 2, 3, 4).plus(TaggedSums(10, 20, 30, 40)) == TaggedSums(11, 22, 33, 44)
