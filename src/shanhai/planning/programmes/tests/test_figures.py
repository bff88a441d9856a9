# SPDX-License-Identifier: Apache-2.0
"""The figures of the money: values, bases, gaps, what a place and a year change, and who sees what."""

from datetime import date
from decimal import Decimal

import pytest

from shanhai.kernel import proofs
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.figures import Figure, FigureScope, Strength
from shanhai.kernel.money import Money
from shanhai.kernel.shares import Share
from shanhai.planning.programmes.money.selectors import JUDGED, plan_totals
from shanhai.planning.programmes.tests.builders import a_programme
from shanhai.planning.programmes.tests.test_chain import take
from shanhai.planning.programmes.values import StepKind
from shanhai.registers.ledger.services.entries import reverse_entry
from tests.cast import ADMIN, AT, AUDITOR, DEPUTY, FINANCE, KANGDING, STRANGER, actor

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 22)
KEYS = [
    "plan_issued",
    "reserve",
    "funds_arrived",
    "funds_allotted",
    "funds_paid",
    "surplus",
    "arrival_rate",
    "allotment_rate",
    "payment_rate",
    "plan_completion_rate",
]


def figures(viewer=AUDITOR, **kw) -> dict[str, Figure]:
    scope = FigureScope(**{"programme": "zj-ganzi", "as_of": TODAY, **kw})
    return proofs.some_figures(viewer, scope, ["funds"])


def percent(figure: Figure) -> str | None:
    return str(figure.value.percent()) if isinstance(figure.value, Share) else None


def yuan(figure: Figure) -> Decimal | None:
    return figure.value.yuan if isinstance(figure.value, Money) else None


@pytest.fixture
def money():
    """A plan of 200 with a reserve of 20 and its way, 40 of it in Kangding and 30 in Luding, over two years."""
    a_programme()
    take(StepKind.ISSUE, 200, day="2022-01-10", reserve=Money.from_yuan(20))
    take(StepKind.ARRIVE, 150, day="2022-03-01")
    take(StepKind.ALLOT, 40, day="2022-04-01", subject="k", place="513301")
    take(StepKind.ALLOT, 30, day="2022-04-01", subject="l", place="513322", strength=Strength.FORM)
    take(StepKind.PAY, 30, day="2022-05-01", subject="k", place="513301")
    take(StepKind.PAY, 10, day="2023-02-01", subject="k", place="513301")
    take(StepKind.RETURN, 5, day="2023-03-01", subject="l", place="513322")
    take(StepKind.ISSUE, 100, day="2023-01-10")
    take(StepKind.ARRIVE, 50, day="2023-04-01")


def test_every_figure_of_the_money_is_there_with_its_value(money):
    found = figures()

    assert list(found) == KEYS
    assert {key: yuan(found[key]) for key in KEYS[:6]} == {
        "plan_issued": 300,
        "reserve": 20,
        "funds_arrived": 200,
        "funds_allotted": 70,
        "funds_paid": 40,
        "surplus": 5,
    }
    assert {key: percent(found[key]) for key in KEYS[6:]} == {
        "arrival_rate": "66.67",
        "allotment_rate": "35.00",
        "payment_rate": "20.00",
        "plan_completion_rate": "20.00",
    }


def test_the_other_bases_stand_beside_and_can_be_chosen(money):
    default = figures()["payment_rate"]
    chosen = figures(base="allotted")["payment_rate"]

    assert {share.base.key: str(share.percent()) for share in default.other_bases} == {
        "allotted": "57.14",
        "issued": "13.33",
    }
    assert (default.base, chosen.base, percent(chosen)) == ("arrived", "allotted", "57.14")
    assert str(chosen.formula) == "支付率 = 支付资金 ÷ 核拨资金"


def test_released_reserve_is_not_planned_twice(money):
    take(StepKind.RELEASE, 8, day="2023-05-01")

    found = figures()

    assert (yuan(found["plan_issued"]), yuan(found["reserve"])) == (300, 12)
    assert [str(share.percent()) for share in found["arrival_rate"].other_bases] == ["69.44"]


def test_a_figure_is_as_of_a_day(money):
    found = figures(as_of=date(2022, 3, 31))

    assert (yuan(found["plan_issued"]), yuan(found["funds_arrived"]), yuan(found["funds_allotted"])) == (200, 150, 0)
    assert found["funds_arrived"].as_of == date(2022, 3, 31)


def test_a_year_counts_what_was_posted_in_it_but_the_five_year_plan_knows_no_years(money):
    found = figures(year=2023)

    assert {key: yuan(found[key]) for key in KEYS[:6]} == {
        "plan_issued": 100,
        "reserve": 0,
        "funds_arrived": 50,
        "funds_allotted": 0,
        "funds_paid": 10,
        "surplus": 5,
    }
    assert percent(found["arrival_rate"]) == "50.00"
    assert percent(found["plan_completion_rate"]) == "20.00"
    assert str(found["funds_paid"].note) == "按记账日期所在的年份计。"


def test_a_year_that_has_not_begun_on_the_day_has_nothing(money):
    found = figures(year=2023, as_of=date(2022, 6, 1))

    assert found["funds_arrived"].value is None
    assert str(found["funds_arrived"].gap).startswith("在所看的范围内还没有记过账")


def test_a_place_has_what_is_posted_for_it_and_gaps_where_there_is_nothing_to_divide_by(money):
    found = figures(place="513301")

    assert (yuan(found["funds_allotted"]), yuan(found["funds_paid"])) == (40, 40)
    assert found["arrival_rate"].value is None
    assert str(found["arrival_rate"].gap) == "在所看的范围内还没有下达计划，没有分母，算不出比率。"
    assert str(found["plan_completion_rate"].gap) == "五年规划额没有登记，或分不到所看的范围，算不出比率。"
    assert found["payment_rate"].value is None
    assert percent(figures(place="513301", base="allotted")["payment_rate"]) == "100.00"


@pytest.mark.parametrize("place", ["513300", "510000"])
def test_a_place_around_the_whole_recipient_is_the_whole_programme(money, place):
    found = figures(place=place)

    assert yuan(found["plan_issued"]) == 300
    assert percent(found["plan_completion_rate"]) == "20.00"


def test_a_county_user_gets_his_county_and_is_told_so(money):
    found = figures(KANGDING)

    assert (yuan(found["funds_allotted"]), yuan(found["funds_paid"])) == (40, 40)
    assert yuan(found["funds_arrived"]) == 0
    assert found["plan_completion_rate"].value is None
    assert str(found["funds_paid"].note) == "只计您能看到的地方的账。"
    with pytest.raises(NotVisible):
        figures(KANGDING, place="513322")


@pytest.mark.parametrize("viewer", [STRANGER, ADMIN, actor("finance", programme="zj-aksu")])
def test_who_may_not_see_the_programme_gets_no_figure(money, viewer):
    with pytest.raises(NotVisible):
        figures(viewer)


def test_the_commander_sees_what_the_auditor_sees(money):
    assert figures(DEPUTY) == figures(AUDITOR)


def test_a_figure_is_as_weak_as_the_weakest_entry_behind_it(money):
    found = figures()

    assert {key: found[key].strength.value for key in KEYS} == {
        "plan_issued": "voucher",
        "reserve": "voucher",
        "funds_arrived": "voucher",
        "funds_allotted": "form",
        "funds_paid": "voucher",
        "surplus": "voucher",
        "arrival_rate": "voucher",
        "allotment_rate": "form",
        "payment_rate": "voucher",
        "plan_completion_rate": "form",
    }
    assert figures(base="allotted")["payment_rate"].strength == Strength.FORM


def test_a_programme_without_any_entry_has_gaps_and_no_zeros():
    a_programme()

    found = figures()

    assert [figure.key for figure in found.values() if figure.value is not None or not figure.gap] == []
    assert {figure.strength for figure in found.values()} == {Strength.NONE}


def test_a_programme_without_a_five_year_plan_has_a_gap_there():
    a_programme(five_year_plan=Money(0))
    take(StepKind.ARRIVE, 50)

    assert figures()["plan_completion_rate"].value is None


def test_what_was_reversed_counts_no_more():
    a_programme()
    take(StepKind.ISSUE, 100, day="2023-01-01")
    wrong = take(StepKind.ARRIVE, 60, day="2023-02-01")
    take(StepKind.ARRIVE, 10, day="2023-02-01")

    reverse_entry(by=FINANCE, at=AT, entry=wrong.uuid, because="记错", on_date=date(2023, 2, 2))

    assert yuan(figures()["funds_arrived"]) == 10
    assert percent(figures()["arrival_rate"]) == "10.00"


def test_an_arrival_over_the_plan_is_more_than_a_hundred_percent():
    a_programme(five_year_plan=Money.from_yuan(5643))
    take(StepKind.ISSUE, 5000, day="2023-01-01")
    take(StepKind.ARRIVE, 5732, day="2023-02-01")

    found = figures()

    assert percent(found["arrival_rate"]) == "114.64"
    assert percent(found["plan_completion_rate"]) == "101.58"


def test_made_up_programmes_have_made_up_figures():
    a_programme(provenance="demo")
    a_programme(code="zj-aksu", recipient="652900", provenance="public")

    assert {figure.provenance for figure in figures().values()} == {"demo"}
    assert {figure.provenance for figure in figures(programme="zj-aksu").values()} == {""}


def test_the_figures_ask_three_questions_whatever_there_is(money, django_assert_num_queries):
    with django_assert_num_queries(3):
        figures()
    with django_assert_num_queries(3):
        figures(year=2022)


def test_where_there_are_more_entries_than_are_looked_at_the_figure_says_so_and_no_station_is_left_out(money):
    for number in range(JUDGED):
        take(StepKind.ARRIVE, 1, f"small:{number}", day="2024-01-01")

    found = figures()

    assert str(found["funds_arrived"].note) == "依据的强度按最近 200 笔账判断。"
    assert (found["funds_allotted"].strength, found["funds_paid"].strength) == (Strength.FORM, Strength.VOUCHER)


def test_totals_name_what_was_released(money):
    take(StepKind.RELEASE, 8, day="2023-05-01")

    totals = plan_totals(viewer=AUDITOR, programme="zj-ganzi", as_of=TODAY)

    assert (totals.released, totals.reserve, totals.issued) == (
        Money.from_yuan(8),
        Money.from_yuan(12),
        Money.from_yuan(300),
    )
