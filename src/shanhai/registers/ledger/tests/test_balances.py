# SPDX-License-Identifier: Apache-2.0
"""Sums as of a day, by place and by subject; and that each viewer gets those of their scope."""

from datetime import date

import pytest

from shanhai.kernel.actors import Actor, Scope
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.money import Money
from shanhai.registers.ledger.selectors import balances
from shanhai.registers.ledger.services import entries
from shanhai.registers.ledger.tests.builders import (
    ALLOTTED,
    ARRIVED,
    COMMITMENT,
    ISSUED,
    PAID,
    RESERVE,
    TODAY,
    moved,
    turnover,
)
from tests.cast import ADMIN, AT, AUDITOR, FINANCE, KANGDING, STRANGER

pytestmark = pytest.mark.django_db

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
KANGDING_CODE, LUDING, LHASA = "513301", "513322", "540102"
OF_GANZI = {"programme": "zj-ganzi", "as_of": TODAY}


def a_viewer(*scopes: Scope) -> Actor:
    return Actor("user:v", grants={"fund.view": scopes})


@pytest.fixture(autouse=True)
def some_money():
    """Of zj-ganzi 1000 issued, 800 arrived; allotted 300 to Kangding, 200 to Luding; paid 100 in each; city: 50."""
    moved("1", 1000, COMMITMENT, ISSUED, on_date=MARCH)
    moved("2", 800, ISSUED, ARRIVED, on_date=MARCH)
    moved("3", 300, ARRIVED, ALLOTTED, on_date=MARCH, place=KANGDING_CODE, subject="school")
    moved("4", 200, ARRIVED, ALLOTTED, on_date=APRIL, place=LUDING, subject="road")
    moved("5", 100, ALLOTTED, PAID, on_date=APRIL, place=KANGDING_CODE, subject="school")
    moved("6", 100, ALLOTTED, PAID, on_date=APRIL, place=LUDING, subject="road")
    moved("7", 50, COMMITMENT, ISSUED, on_date=APRIL, fund_source="city")
    moved("8", 7, COMMITMENT, ISSUED, programme="zj-naqu", place=LHASA)
    moved("9", 9, COMMITMENT, ISSUED, currency="USD")


@pytest.mark.parametrize(
    ("asked", "balance", "went_in"),
    [
        ({"kind": COMMITMENT}, -1050, 0),
        ({"kind": ISSUED}, 250, 1050),
        ({"kind": ISSUED, "fund_source": "city"}, 50, 50),
        ({"kind": ISSUED, "fund_source": "province"}, 200, 1000),
        ({"kind": ISSUED, "fund_source": "none"}, 0, 0),
        ({"kind": ISSUED, "as_of": MARCH}, 200, 1000),
        ({"kind": ISSUED, "as_of": date(2026, 2, 28)}, 0, 0),
        ({"kind": ARRIVED}, 300, 800),
        ({"kind": ARRIVED, "place": KANGDING_CODE}, -300, 0),
        ({"kind": ALLOTTED}, 300, 500),
        ({"kind": ALLOTTED, "place": KANGDING_CODE}, 200, 300),
        ({"kind": ALLOTTED, "place": KANGDING_CODE, "as_of": MARCH}, 300, 300),
        ({"kind": ALLOTTED, "place": LUDING}, 100, 200),
        ({"kind": ALLOTTED, "place": "513300"}, 300, 500),
        ({"kind": ALLOTTED, "place": "510000"}, 300, 500),
        ({"kind": ALLOTTED, "place": "540000"}, 0, 0),
        ({"kind": RESERVE}, 0, 0),
        ({"kind": ISSUED, "programme": "zj-naqu"}, 7, 7),
        ({"kind": ISSUED, "programme": "no-such"}, 0, 0),
    ],
)
def test_a_balance_is_what_went_in_less_what_went_out_and_a_turnover_what_went_in(asked, balance, went_in):
    question = {"viewer": AUDITOR, **OF_GANZI, **asked}

    assert balances.balance(**question) == Money.from_yuan(balance)
    assert turnover(**question) == Money.from_yuan(went_in)


def test_currencies_do_not_mix():
    dollars = balances.balance(viewer=AUDITOR, **OF_GANZI, kind=ISSUED, currency="USD")

    assert dollars == Money(900, "USD")


def test_turnovers_by_place_name_each_place_that_has_any():
    found = balances.turnover_by_place(viewer=AUDITOR, **OF_GANZI, kinds=[ISSUED, ALLOTTED, PAID])

    assert found == {
        ("", ISSUED): Money.from_yuan(1050),
        (KANGDING_CODE, ALLOTTED): Money.from_yuan(300),
        (KANGDING_CODE, PAID): Money.from_yuan(100),
        (LUDING, ALLOTTED): Money.from_yuan(200),
        (LUDING, PAID): Money.from_yuan(100),
    }


def test_turnovers_by_place_can_be_asked_for_a_part_of_the_map_and_a_day():
    asked = {"viewer": AUDITOR, "programme": "zj-ganzi", "kinds": [ALLOTTED, PAID]}

    assert balances.turnover_by_place(**asked, as_of=TODAY, place=LUDING) == {
        (LUDING, ALLOTTED): Money.from_yuan(200),
        (LUDING, PAID): Money.from_yuan(100),
    }
    assert balances.turnover_by_place(**asked, as_of=MARCH) == {(KANGDING_CODE, ALLOTTED): Money.from_yuan(300)}


def test_totals_by_subject_are_turnovers_net_of_reversals():
    wrong = moved("wrong", 150, ALLOTTED, PAID, place=KANGDING_CODE, subject="school")
    entries.reverse_entry(by=FINANCE, at=AT, entry=wrong.uuid, because="付错了")

    found = balances.totals_by_subject(viewer=AUDITOR, programme="zj-ganzi", subjects=["school", "road", "nothing"])

    assert found == {
        ("school", ALLOTTED): Money.from_yuan(300),
        ("school", PAID): Money.from_yuan(100),
        ("road", ALLOTTED): Money.from_yuan(200),
        ("road", PAID): Money.from_yuan(100),
    }


def test_totals_of_all_subjects_include_what_has_none():
    found = balances.totals_by_subject(viewer=AUDITOR, programme="zj-ganzi", as_of=MARCH)

    assert found == {
        ("", ISSUED): Money.from_yuan(1000),
        ("", ARRIVED): Money.from_yuan(800),
        ("school", ALLOTTED): Money.from_yuan(300),
    }


@pytest.mark.parametrize("subjects", [None, ["school", "road"]])
def test_totals_of_some_kinds_are_only_theirs(subjects):
    found = balances.totals_by_subject(viewer=AUDITOR, programme="zj-ganzi", subjects=subjects, kinds=[ALLOTTED])

    assert found == {("school", ALLOTTED): Money.from_yuan(300), ("road", ALLOTTED): Money.from_yuan(200)}


def test_totals_of_more_subjects_than_a_statement_takes_parameters_are_complete(django_assert_num_queries):
    subjects = [f"s{number}" for number in range(300_000)] + ["school"]

    with django_assert_num_queries(1):
        found = balances.totals_by_subject(viewer=AUDITOR, programme="zj-ganzi", subjects=subjects)

    assert set(found) == {("school", ALLOTTED), ("school", PAID)}


@pytest.mark.parametrize("subject", ["'; DROP TABLE x; --", '"', "%s", "{school}", "学校", "\\"])
def test_totals_of_a_subject_of_any_spelling_are_only_its_own(subject):
    assert balances.totals_by_subject(viewer=AUDITOR, programme="zj-ganzi", subjects=[subject]) == {}
    moved("odd", 7, ARRIVED, ALLOTTED, place=KANGDING_CODE, subject=subject)

    found = balances.totals_by_subject(viewer=AUDITOR, programme="zj-ganzi", subjects=[subject])

    assert found == {(subject, ALLOTTED): Money.from_yuan(7)}


def test_totals_of_no_subjects_are_none():
    assert balances.totals_by_subject(viewer=AUDITOR, programme="zj-ganzi", subjects=[]) == {}


@pytest.mark.parametrize(
    ("viewer", "allotted"),
    [
        (AUDITOR, 500),
        (KANGDING, 300),
        (a_viewer(Scope("zj-ganzi")), 500),
        (a_viewer(Scope(None, "513300")), 500),
        (a_viewer(Scope(None, "513322")), 200),
        (a_viewer(Scope("zj-ganzi", KANGDING_CODE), Scope("zj-ganzi", LUDING)), 500),
        (a_viewer(Scope("zj-naqu"), Scope("zj-ganzi", LUDING)), 200),
    ],
    ids=["auditor", "county", "programme", "prefecture", "another county", "two counties", "two programmes"],
)
def test_each_viewer_gets_the_sums_of_his_scope(viewer, allotted):
    assert balances.balance(viewer=viewer, **OF_GANZI, kind=ALLOTTED) + turnover(
        viewer=viewer, **OF_GANZI, kind=PAID
    ) == Money.from_yuan(allotted)
    by_place = balances.turnover_by_place(viewer=viewer, **OF_GANZI, kinds=[ALLOTTED])
    assert sum(money.fen for money in by_place.values()) == allotted * 100
    by_subject = balances.totals_by_subject(viewer=viewer, programme="zj-ganzi")
    assert sum(money.fen for (_, kind), money in by_subject.items() if kind == ALLOTTED) == allotted * 100


@pytest.mark.parametrize(
    ("viewer", "asked"),
    [
        (STRANGER, {}),
        (ADMIN, {}),
        (KANGDING, {"programme": "zj-naqu"}),
        (KANGDING, {"place": LUDING}),
        (KANGDING, {"place": "540000"}),
        (a_viewer(Scope(None, LUDING)), {"place": KANGDING_CODE}),
    ],
    ids=["stranger", "administrator", "another programme", "another county", "another province", "place alone"],
)
def test_where_a_viewer_may_see_nothing_there_is_nothing(viewer, asked):
    question = {"viewer": viewer, **OF_GANZI, **asked}

    with pytest.raises(NotVisible):
        balances.balance(**question, kind=ALLOTTED)
    with pytest.raises(NotVisible):
        turnover(**question, kind=ALLOTTED)
    with pytest.raises(NotVisible):
        balances.turnover_by_place(**question, kinds=[ALLOTTED])


def test_a_county_asking_for_the_prefecture_gets_the_county():
    found = turnover(viewer=KANGDING, **OF_GANZI, kind=ALLOTTED, place="513300")

    assert found == Money.from_yuan(300)


@pytest.mark.parametrize("viewer", [AUDITOR, KANGDING], ids=lambda viewer: viewer.name)
def test_each_sum_is_one_query(django_assert_num_queries, viewer):
    with django_assert_num_queries(1):
        balances.balance(viewer=viewer, **OF_GANZI, kind=ALLOTTED)
    with django_assert_num_queries(1):
        balances.turnover_by_place(viewer=viewer, **OF_GANZI, kinds=[ARRIVED, ALLOTTED, PAID])
    with django_assert_num_queries(1):
        balances.totals_by_subject(viewer=viewer, programme="zj-ganzi", subjects=["school", "road"])


def test_no_sum_reads_the_postings(django_assert_num_queries):
    with django_assert_num_queries(2) as queries:
        balances.balance(viewer=AUDITOR, **OF_GANZI, kind=ALLOTTED)
        turnover(viewer=AUDITOR, **OF_GANZI, kind=ALLOTTED, place=LUDING)

    assert all("ledger_posting" not in query["sql"] for query in queries.captured_queries)
