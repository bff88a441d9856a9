# SPDX-License-Identifier: Apache-2.0
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanhai.kernel.messages import message
from shanhai.kernel.money import Money
from shanhai.kernel.shares import Base, Share
from shanhai.kernel.units import (
    HECTARE,
    KILOGRAM,
    MU,
    PERSON,
    PROJECT,
    TONNE,
    WAN_YUAN,
    YI_YUAN,
    YUAN,
    AmountNotUnderstood,
    Quantity,
    UnitMismatch,
    in_unit,
    money_in,
    parse_money,
    scale_for,
)

ARRIVED = Base("arrived", message("到位资金"))


@pytest.mark.parametrize(
    ("text", "unit", "fen"),
    [
        ("1,234.50", YUAN, 123450),
        ("7.2亿", YUAN, 72_000_000_000),
        ("17.87 亿元", WAN_YUAN, 178_700_000_000),
        ("186", WAN_YUAN, 186_000_000),
        ("￥12", YUAN, 1200),
        ("-3.5万元", YUAN, -3_500_000),
        ("1，000", YUAN, 100_000),
    ],
)
def test_amounts_are_read_as_officials_write_them(text, unit, fen):
    assert parse_money(text, unit) == Money(fen)


@pytest.mark.parametrize("text", ["", "七亿", "12美元", "1.2.3", "0.001", "--5", "1" * 40 + "x"])
def test_what_is_not_an_amount_is_named(text):
    with pytest.raises(AmountNotUnderstood):
        parse_money(text)


def test_an_amount_finer_than_a_fen_in_its_unit_is_refused():
    assert money_in(Decimal("0.000001"), WAN_YUAN) == Money(1)
    with pytest.raises(AmountNotUnderstood):
        money_in(Decimal("0.0000001"), WAN_YUAN)


@pytest.mark.parametrize(("fen", "unit"), [(99_999_999, WAN_YUAN), (999_999, YUAN), (-(10**12), YI_YUAN), (0, YUAN)])
def test_the_scale_is_the_one_officials_use(fen, unit):
    assert scale_for(Money(fen)) is unit


def test_showing_in_a_unit_rounds_half_up():
    assert in_unit(Money(123_450_000), WAN_YUAN, 1) == Decimal("123.5")


def test_measures_convert_within_their_dimension():
    assert Quantity(Decimal(15), MU).to(HECTARE).number == 1
    assert Quantity(Decimal("1.5"), TONNE).to(KILOGRAM).number == 1500
    with pytest.raises(UnitMismatch):
        Quantity(Decimal(1), TONNE).to(MU)


def test_a_quantity_is_never_a_float():
    with pytest.raises(TypeError):
        Quantity(0.5, TONNE)


def test_a_share_names_its_base_and_has_no_value_of_nothing():
    share = Share(Money(1582), Money(1744), ARRIVED)

    assert share.percent() == Decimal("90.71")
    assert share.base.key == "arrived"
    assert Share(Money(0), Money(0), ARRIVED).percent() is None


def test_a_share_is_taken_of_its_own_kind():
    with pytest.raises(TypeError):
        Share(Money(1), Quantity(Decimal(1), PERSON), ARRIVED)


def test_headroom_is_what_may_still_leave_and_negative_what_is_missing():
    assert Share(Money(82), Money(100), ARRIVED).headroom(80) == Money(2)
    assert Share(Money(789), Money(1000), ARRIVED).headroom(80) == Money(-11)
    assert Share(Money(3), Money(3), ARRIVED).headroom(80) == Money(0)
    assert Share(Quantity(Decimal(1), PROJECT), Quantity(Decimal(2), PROJECT), ARRIVED).headroom(80) is None


@given(st.integers(min_value=1, max_value=10**13), st.data())
def test_taking_the_headroom_away_keeps_the_floor_and_one_fen_more_breaks_it(whole, data):
    part = data.draw(st.integers(min_value=0, max_value=whole))
    room = Share(Money(part), Money(whole), ARRIVED).headroom(80)

    assert (part - room.fen) * 100 >= whole * 80
    assert (part - room.fen - 1) * 100 < whole * 80
