# SPDX-License-Identifier: Apache-2.0
"""Money that arrives for nobody in particular."""

from hypothesis import given
from hypothesis import strategies as st

from shanhai.kernel.errors import Refused
from shanhai.kernel.money import Money
from shanhai.planning.projects.shares.rules.money import pooled_shares
from tests.refusals import refused


def test_an_arrival_is_shared_in_proportion_to_what_is_outstanding():
    lines = [(300, 0), (300, 200), (100, 100), (100, 150)]

    assert pooled_shares(Money(100), lines) == (75, 25, 0, 0)


def test_the_last_fen_goes_to_the_largest_remainder():
    assert pooled_shares(Money(100), [(100, 0)] * 3) == (34, 33, 33)


def test_more_than_all_lines_wait_for_is_refused_with_both_sums():
    with refused(Refused, "projects.pooled_arrival.beyond_plan", match=r"1\.01.*1\.00"):
        pooled_shares(Money(101), [(100, 0)])


def test_nothing_arriving_for_nobody_is_nothing():
    assert pooled_shares(Money(0), [(5, 5)]) == (0,)
    assert pooled_shares(Money(0), []) == ()


@given(st.lists(st.tuples(st.integers(0, 10**12), st.integers(0, 10**12)), min_size=1, max_size=30), st.data())
def test_the_shares_add_up_and_no_line_gets_more_than_it_waits_for(lines, data):
    outstanding = [max(given - arrived, 0) for given, arrived in lines]
    amount = data.draw(st.integers(0, sum(outstanding)))

    shares = pooled_shares(Money(amount), lines)

    assert sum(shares) == amount
    assert all(share <= most for share, most in zip(shares, outstanding, strict=True))
