# SPDX-License-Identifier: Apache-2.0
"""Which postings a step makes."""

from datetime import date

import pytest

from shanhai.kernel.money import Money
from shanhai.planning.programmes.money.rules import entry_for
from shanhai.planning.programmes.values import Step, StepKind
from shanhai.registers.ledger.values import Source


def a_step(kind: str, fen: int = 100, **kw) -> Step:
    facts = {"programme": "zj-ganzi", "fund_source": "province", "on_date": date(2023, 3, 1)}
    return Step(StepKind(kind), amount=Money(fen), source=Source("test", "1"), **{**facts, **kw})


def ways(step: Step) -> list[tuple[str, str, int]]:
    return [(p.from_kind.value, p.to_kind.value, p.amount.fen) for p in entry_for(step).postings]


@pytest.mark.parametrize(
    ("kind", "way"),
    [
        ("issue", ("commitment", "issued", 100)),
        ("arrive", ("issued", "arrived", 100)),
        ("allot", ("arrived", "allotted", 100)),
        ("pay", ("allotted", "paid", 100)),
        ("return", ("allotted", "surplus", 100)),
        ("release", ("reserve", "issued", 100)),
    ],
)
def test_each_step_is_one_posting_from_station_to_station(kind, way):
    assert ways(a_step(kind)) == [way]


def test_a_plan_with_a_reserve_puts_it_on_in_the_same_entry():
    step = a_step("issue", 1000, reserve=Money(150))

    assert ways(step) == [("commitment", "issued", 1000), ("issued", "reserve", 150)]


@pytest.mark.parametrize(
    ("over", "expected"),
    [
        (0, [("issued", "arrived", 100)]),
        (1, [("issued", "arrived", 99), ("commitment", "arrived", 1)]),
        (99, [("issued", "arrived", 1), ("commitment", "arrived", 99)]),
        (100, [("commitment", "arrived", 100)]),
    ],
)
def test_what_arrives_beyond_the_plan_comes_straight_from_the_supporter(over, expected):
    assert ways(a_step("arrive", over_plan=Money(over))) == expected


def test_an_arrival_beyond_the_plan_says_so_in_its_memo_and_keeps_its_own_words():
    within = entry_for(a_step("arrive", memo="第一批"))
    beyond = entry_for(a_step("arrive", memo="第一批", over_plan=Money(1)))

    assert within.memo == "第一批"
    assert beyond.memo == "第一批 超计划到位"


def test_subject_place_day_source_and_strength_go_into_the_entry():
    entry = entry_for(a_step("allot", subject="line-1", place="513301"))

    assert (entry.postings[0].subject, entry.postings[0].place) == ("line-1", "513301")
    assert (entry.on_date, entry.source, entry.strength.value) == (date(2023, 3, 1), Source("test", "1"), "voucher")
