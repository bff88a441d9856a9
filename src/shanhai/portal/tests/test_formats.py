# SPDX-License-Identifier: Apache-2.0
"""Kernel values in words."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import translation

from shanhai.base import formats
from shanhai.kernel.messages import message
from shanhai.kernel.money import Money
from shanhai.kernel.shares import Base, Share
from shanhai.kernel.units import PERSON, WAN_YUAN, Quantity

PLAN = Base("plan", message("年度计划"))


@pytest.fixture(autouse=True)
def chinese():
    with translation.override("zh-hans"):
        yield


@pytest.mark.parametrize(
    ("fen", "number", "unit", "exact"),
    [
        (72_000_000_000, "7.20", "亿元", "720,000,000.00 元"),
        (9_999_999_999, "10,000", "万元", "99,999,999.99 元"),
        (1_685_000_000, "1,685", "万元", "16,850,000.00 元"),
        (31_256_000, "31.26", "万元", "312,560.00 元"),
        (98_000, "980", "元", "980.00 元"),
        (98_001, "980.01", "元", "980.01 元"),
        (0, "0", "元", "0.00 元"),
        (-71_300_000_000, "-7.13", "亿元", "-713,000,000.00 元"),
    ],
)
def test_money_is_written_in_the_unit_officials_would_use(fen, number, unit, exact):
    assert formats.money(Money(fen)) == formats.Words(number, unit, exact)


def test_in_a_column_every_amount_has_the_unit_and_the_decimals_of_the_column():
    assert [formats.money(Money(fen), WAN_YUAN).number for fen in (1_000_000, 123_456_789, 0)] == [
        "1.00",
        "123.46",
        "0.00",
    ]


@pytest.mark.parametrize(
    ("fen", "number", "unit"),
    [(720_000_000_000, "7.20", "十亿元"), (64_800_000_000, "648.00", "百万元"), (98_000_000, "980,000", "元")],
)
def test_english_counts_in_thousands(fen, number, unit):
    with translation.override("en"):
        words = formats.money(Money(fen))

    assert words.number == number
    with translation.override("en"):
        assert words.unit == formats.gettext(unit)


def test_another_currency_is_never_called_yuan():
    assert str(formats.money(Money(123_450, "USD"))) == "1,234.50 USD"


def test_a_share_is_a_percentage_that_names_its_base():
    words = formats.share(Share(Money(64_800_000_000), Money(72_000_000_000), PLAN))

    assert words == formats.Words("90.0", "%", "6.48 亿元 ÷ 年度计划 7.20 亿元")


def test_a_share_of_nothing_is_no_zero():
    words = formats.share(Share(Quantity(Decimal(0), PERSON), Quantity(Decimal(0), PERSON), PLAN))

    assert words.number == "—"
    assert words.exact == "分母为零，没有比率。"


@pytest.mark.parametrize(
    ("value", "expected"),
    [(Decimal("12480"), "12,480"), (Decimal("0.50"), "0.5"), (Decimal("1E+3"), "1,000"), (Decimal("-0.25"), "-0.25")],
)
def test_numbers_have_separators_and_no_idle_zeros(value, expected):
    assert formats.number(value) == expected


def test_days_are_written_in_three_forms():
    on = date(2026, 11, 22)

    assert formats.day(on) == "2026-11-22"
    assert formats.day(on, "short") == "11月22日"
    assert formats.day(on, "long") == "2026年11月22日 星期日"


def test_an_instant_is_shown_as_clocks_in_shanghai_show_it():
    late = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)

    assert formats.moment(late) == "2026-11-23 00:30"
    assert formats.day(late) == "2026-11-23"


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        formats.moment(datetime(2026, 11, 22, 16, 30, tzinfo=UTC).replace(tzinfo=None))


def test_a_sentence_says_its_parameters_in_words():
    said = formats.say(
        message(
            "%(who)s 于 %(on)s 拨 %(amount)s，占 %(share)s，第 %(row)s 行，%(when)s",
            who=message("指挥部"),
            on=date(2026, 11, 22),
            amount=Money(31_200_000),
            share=Share(Money(1), Money(3), PLAN),
            row=2021,
            when=datetime(2026, 11, 22, 0, 0, tzinfo=UTC),
        )
    )

    assert said == "指挥部 于 2026-11-22 拨 31.20 万元，占 33.3%，第 2021 行，2026-11-22 08:00"


def test_a_percent_sign_in_a_sentence_without_parameters_is_left_alone():
    assert formats.say(message("不低于 80%")) == "不低于 80%"
    assert formats.say("") == ""
