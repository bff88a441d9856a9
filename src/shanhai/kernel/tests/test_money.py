# SPDX-License-Identifier: Apache-2.0
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanhai.kernel.money import (
    CurrencyMismatch,
    Money,
    MoneyNotUnderstood,
    largest_remainder,
    rounded,
    rounded_in,
    total,
)

FEN = st.integers(min_value=-(10**15), max_value=10**15)
WEIGHTS = st.lists(st.integers(min_value=0, max_value=10**9), min_size=1, max_size=30).filter(any)


def test_money_is_read_from_yuan_exactly():
    assert Money.from_yuan("1234.5") == Money(123450)
    assert Money.from_yuan(Decimal("0.01")) == Money(1)
    assert Money.from_yuan(-3) == Money(-300)


@pytest.mark.parametrize("text", ["", "abc", "1.234", "1,000", "NaN", "Infinity", "1e999999", "一百"])
def test_what_is_not_an_amount_is_refused_with_a_sentence(text):
    with pytest.raises(MoneyNotUnderstood):
        Money.from_yuan(text)


def test_a_float_never_becomes_money():
    with pytest.raises(TypeError):
        Money.from_yuan(0.1)
    with pytest.raises(TypeError):
        Money(1.0)


def test_a_truth_value_is_not_an_amount():
    with pytest.raises(TypeError):
        Money(True)


def test_an_amount_beyond_all_budgets_is_refused():
    with pytest.raises(MoneyNotUnderstood):
        Money(10**17 + 1)


def test_currencies_do_not_mix():
    with pytest.raises(CurrencyMismatch):
        Money(1) + Money(1, "HKD")


def test_money_does_not_add_to_a_number():
    with pytest.raises(TypeError):
        Money(1) + 1


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [("2.345", 2, "2.35"), ("2.344999", 2, "2.34"), ("-2.345", 2, "-2.35"), ("0.5", 0, "1"), ("1.5", 0, "2")],
)
def test_rounding_is_half_up(value, places, expected):
    assert rounded(Decimal(value), places) == Decimal(expected)


@given(FEN, st.sampled_from([1, 2, 100, 10_000, 1_000_000]))
def test_rounding_without_a_decimal_is_the_same_rounding(fen, step):
    assert rounded_in(fen, step) == rounded(Decimal(fen) / step)


@pytest.mark.parametrize(("fen", "steps"), [(15_000, 2), (14_999, 1), (-15_000, -2), (25_000, 3), (0, 0)])
def test_a_half_step_counts_as_a_whole_one(fen, steps):
    assert rounded_in(fen, 10_000) == steps


@given(FEN, FEN, FEN)
def test_addition_loses_no_fen(one, two, three):
    assert (Money(one) + Money(two)) + Money(three) == Money(one) + (Money(two) + Money(three))
    assert Money(one) + Money(two) - Money(two) == Money(one)


@given(st.lists(FEN, max_size=20))
def test_a_total_is_the_sum_of_its_fen(fens):
    assert total(Money(fen) for fen in fens).fen == sum(fens)


@given(FEN, WEIGHTS)
def test_apportioned_parts_add_up_to_the_whole(whole, weights):
    parts = largest_remainder(whole, weights)

    assert sum(parts) == whole
    assert len(parts) == len(weights)


@given(st.integers(min_value=0, max_value=10**15), WEIGHTS)
def test_no_part_is_off_its_fair_share_by_a_whole_fen(whole, weights):
    for part, weight in zip(largest_remainder(whole, weights), weights, strict=True):
        assert abs(part * sum(weights) - whole * weight) < sum(weights)


def test_the_fen_left_over_goes_to_the_largest_remainder_and_ties_to_the_first():
    assert largest_remainder(100, [1, 1, 1]) == (34, 33, 33)
    assert largest_remainder(10, [15, 15, 70]) == (2, 1, 7)
    assert largest_remainder(-100, [1, 1, 1]) == (-34, -33, -33)


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1], [2, -1]])
def test_weights_that_cannot_share_are_refused(weights):
    with pytest.raises(ValueError, match="weights"):
        largest_remainder(100, weights)
