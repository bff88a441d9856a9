# SPDX-License-Identifier: Apache-2.0
"""Which values an adjustment of a kind may carry, and what is not taken for a value."""

from datetime import date

import pytest

from shanhai.kernel.errors import BadInput
from shanhai.kernel.money import Money
from shanhai.planning.adjustments.rules import FIELDS, Case, case_of, changes_between, checked_values, with_changes
from shanhai.planning.adjustments.states import Kind
from shanhai.planning.adjustments.values import Change
from shanhai.planning.projects.states import Delivery
from shanhai.planning.projects.tests.builders import some_facts
from tests.refusals import refused


def test_every_kind_has_its_fields():
    assert set(FIELDS) == set(Kind)


@pytest.mark.parametrize(
    ("kind", "field"),
    [(Kind.SCOPE, "place"), (Kind.PERIOD, "total_investment_fen"), (Kind.SITE, "stage"), (Kind.ESTIMATE, "code")],
)
def test_a_value_of_another_kind_is_refused(kind, field):
    with refused(BadInput, "adjustments.field_not_of_kind"):
        checked_values(kind, {field: "513322"})


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        (Kind.ESTIMATE, "total_investment_fen", -1),
        (Kind.ESTIMATE, "total_investment_fen", True),
        (Kind.ESTIMATE, "total_investment_fen", "100"),
        (Kind.ESTIMATE, "total_investment_fen", None),
        (Kind.ESTIMATE, "total_investment_fen", 10**18),
        (Kind.PERIOD, "planned_finish_on", "2026-13-01"),
        (Kind.PERIOD, "planned_finish_on", "20261101"),
        (Kind.PERIOD, "planned_finish_on", 20261101),
        (Kind.PERIOD, "cross_year", "yes"),
        (Kind.SCOPE, "delivery", "gift"),
        (Kind.SCOPE, "name", None),
        (Kind.SCOPE, "content", "长" * 501),
        (Kind.SCOPE, "content", "a\x00b"),
        (Kind.SITE, "site", "not-a-uuid"),
        (Kind.SITE, "altitude_m", "4500"),
    ],
)
def test_what_is_no_value_of_the_field_is_refused(kind, field, value):
    with refused(BadInput, "adjustments.value_not_understood"):
        checked_values(kind, {field: value})


def test_values_come_in_the_order_of_the_fields_and_without_spaces_around():
    assert list(checked_values(Kind.SCOPE, {"content": " 两层 ", "name": "学校"}).items()) == [
        ("name", "学校"),
        ("content", "两层"),
    ]


def test_only_what_differs_is_a_change():
    current = {"planned_start_on": "2026-04-01", "planned_finish_on": "2026-10-31"}

    changes = changes_between(current, {"planned_start_on": "2026-04-01", "planned_finish_on": None})

    assert changes == (Change("", "planned_finish_on", "2026-10-31", None),)


def test_changes_go_into_what_is_stated_about_the_project():
    facts = with_changes(
        some_facts(),
        [
            Change("", "delivery", "turnkey", "cheque"),
            Change("", "total_investment_fen", 100_000, 120_000),
            Change("", "planned_finish_on", "2026-10-31", "2027-06-30"),
            Change("", "cross_year", False, True),
            Change("", "site", None, None),
        ],
    )

    assert facts == some_facts(
        delivery=Delivery.CHEQUE,
        total_investment=Money(120_000),
        cross_year=True,
        dates=some_facts().dates.__class__(date(2026, 4, 1), date(2027, 6, 30)),
    )


def test_the_case_of_moved_money_is_that_of_the_side_that_gives():
    changes = [Change("a", "amount_fen", 100, 40), Change("b", "amount_fen", 10, 70)]

    assert case_of(Kind.MOVE_MONEY, changes, current_estimate=0, capital=False) == Case(Kind.MOVE_MONEY, 100, 40, False)


def test_other_sources_alone_do_not_raise_the_estimate():
    changes = [Change("", "other_sources_fen", 0, 500)]

    case = case_of(Kind.ESTIMATE, changes, current_estimate=1000, capital=True)

    assert case == Case(Kind.ESTIMATE, 1000, 1000, True)
