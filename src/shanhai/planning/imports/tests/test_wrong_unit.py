# SPDX-License-Identifier: Apache-2.0
"""Yuan typed as 万元."""

import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanhai.planning.imports.rules.whole_table import rows_in_wrong_unit, total_in_wrong_unit

WAN = 1_000_000


@pytest.mark.parametrize(
    ("amounts", "usual", "found"),
    [
        ({5: 300 * WAN, 6: 250 * WAN, 7: 2_000_000 * WAN}, (), (7,)),
        ({5: 300 * WAN, 6: 250 * WAN, 7: 274_999 * WAN}, (), ()),
        ({5: 300 * WAN, 6: 250 * WAN, 7: 275_000 * WAN}, (), (7,)),
        ({5: 2_000_000 * WAN}, (300 * WAN, 250 * WAN), (5,)),
        ({5: 2_000_000 * WAN}, (), ()),
        ({5: 2_000_000 * WAN, 6: 1}, (), ()),
        ({5: 0, 6: 0, 7: 10}, (), ()),
        ({1: 1, 2: 1, 3: 10**6, 4: 10**6}, (), (3, 4)),
        ({}, (1, 2, 3), ()),
    ],
)
def test_a_row_a_thousand_times_the_median_of_the_others_is_found(amounts, usual, found):
    assert rows_in_wrong_unit(amounts, usual) == found


@given(st.lists(st.integers(1, 10**9), min_size=3, max_size=12))
def test_the_quick_median_is_the_median_of_the_others(amounts):
    expected = tuple(
        index
        for index, amount in enumerate(amounts)
        if amount >= 1000 * statistics.median(amounts[:index] + amounts[index + 1 :])
    )

    assert rows_in_wrong_unit(dict(enumerate(amounts))) == expected


@pytest.mark.parametrize(("total", "plan", "wrong"), [(9_999, 100, False), (10_000, 100, True), (5, 0, False)])
def test_a_total_a_hundred_times_the_plan_is_found(total, plan, wrong):
    assert total_in_wrong_unit(total, plan) is wrong
