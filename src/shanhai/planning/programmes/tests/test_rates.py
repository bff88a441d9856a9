# SPDX-License-Identifier: Apache-2.0
"""The rates against figures that were published, and against nothing to divide by."""

from decimal import Decimal

import pytest

from shanhai.kernel.money import Money
from shanhai.planning.programmes.money.rules import (
    GAPS,
    RATES,
    rate,
    whole_of,
)
from shanhai.planning.programmes.values import FundTotals


def yi(amount: str) -> Money:
    """亿元, exact."""
    return Money.from_yuan(Decimal(amount) * 100_000_000)


def totals(issued="0", arrived="0", allotted="0", paid="0", reserve="0", plan=None) -> FundTotals:
    return FundTotals(
        issued=yi(issued),
        reserve=yi(reserve),
        arrived=yi(arrived),
        allotted=yi(allotted),
        paid=yi(paid),
        released=Money(0),
        surplus=Money(0),
        five_year_plan=None if plan is None else yi(plan),
    )


@pytest.mark.parametrize(
    ("key", "base", "facts", "places", "percent"),
    [
        # Nineteen provinces to Xinjiang: arrived by 30 April 2014 of the year's plan.
        ("arrival_rate", "issued", totals(issued="110", arrived="45.8"), 1, "41.6"),
        # The same programme to July 2015, of the five-year plan.
        ("plan_completion_rate", "five_year_plan", totals(arrived="573.2", plan="564.3"), 1, "101.6"),
        # Jiangsu to Kezhou 2014: everything but the reserve arrived.
        ("arrival_rate", "issued", totals(issued="4.1759", arrived="4.0460", reserve="0.1299"), 2, "96.89"),
        (
            "arrival_rate",
            "issued_without_reserve",
            totals(issued="4.1759", arrived="4.0460", reserve="0.1299"),
            2,
            "100.00",
        ),
        # Kezhou 2021, the sums of its four counties: 核拨 15.99 and 支付 15.82 of 17.44 that arrived.
        ("allotment_rate", "arrived", totals(arrived="17.44", allotted="15.99"), 2, "91.69"),
        ("payment_rate", "arrived", totals(arrived="17.44", allotted="15.99", paid="15.82"), 2, "90.71"),
        ("payment_rate", "allotted", totals(arrived="17.44", allotted="15.99", paid="15.82"), 2, "98.94"),
        ("payment_rate", "issued", totals(issued="19.89", arrived="17.44", paid="15.82"), 2, "79.54"),
        ("allotment_rate", "issued", totals(issued="19.89", allotted="15.99"), 2, "80.39"),
    ],
)
def test_a_rate_on_a_base_is_what_was_published(key, base, facts, places, percent):
    found = rate(key, facts, base)

    assert found.share is not None
    assert found.share.base.key == base
    assert found.share.percent(places) == Decimal(percent)
    assert found.gap is None


@pytest.mark.parametrize(
    ("key", "default", "others"),
    [
        ("arrival_rate", "issued", ["issued_without_reserve"]),
        ("allotment_rate", "arrived", ["issued"]),
        ("payment_rate", "arrived", ["allotted", "issued"]),
        ("plan_completion_rate", "five_year_plan", []),
    ],
)
def test_every_other_base_stands_beside_the_default(key, default, others):
    found = rate(key, totals(issued="10", arrived="8", allotted="6", paid="4", reserve="1", plan="50"))

    assert found.share is not None
    assert found.share.base.key == default
    assert [share.base.key for share in found.other_bases] == others


def test_a_base_that_a_rate_is_never_taken_of_leaves_its_default():
    found = rate("arrival_rate", totals(issued="10", arrived="8"), "five_year_plan")

    assert found.share is not None
    assert found.share.base.key == "issued"


@pytest.mark.parametrize("key", list(RATES))
def test_nothing_to_divide_by_is_a_gap_with_a_sentence(key):
    found = rate(key, totals())

    assert found.share is None
    assert str(found.gap).endswith("算不出比率。")
    assert found.other_bases == ()


def test_a_base_without_value_is_left_out_of_the_others():
    found = rate("payment_rate", totals(arrived="8", allotted="0", paid="0"))

    assert found.share is not None
    assert found.share.percent() == Decimal("0.00")
    assert found.other_bases == ()


def test_every_base_in_use_has_a_whole_and_a_gap():
    facts = totals(issued="5", arrived="4", allotted="3", paid="2", reserve="1", plan="9")
    wholes = {base.key: whole_of(base, facts) for base in GAPS}

    assert wholes == {
        "issued": yi("5"),
        "issued_without_reserve": yi("4"),
        "arrived": yi("4"),
        "allotted": yi("3"),
        "five_year_plan": yi("9"),
    }
    assert {base.key for rule in RATES.values() for base in rule.formulas} == set(wholes)


def test_the_formula_names_the_base_in_use():
    facts = totals(arrived="8", allotted="6", paid="4")

    default, chosen = rate("payment_rate", facts), rate("payment_rate", facts, "allotted")

    assert str(default.formula) == "支付率 = 支付资金 ÷ 到位资金"
    assert str(chosen.formula) == "支付率 = 支付资金 ÷ 核拨资金"
