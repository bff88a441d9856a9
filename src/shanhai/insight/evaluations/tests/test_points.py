# SPDX-License-Identifier: Apache-2.0
"""How many points what was reached is worth, and which tables are templates."""

from decimal import Decimal

import pytest

from shanhai.insight.evaluations.rules import items_of, points, read_steps
from shanhai.insight.evaluations.values import Item, ItemRow, Scoring
from shanhai.kernel.errors import BadInput

STEPS = ((Decimal(90), Decimal(100)), (Decimal(70), Decimal(80)), (Decimal(0), Decimal(20)))


def item(scoring, **more):
    return Item("资金使用", "支付率", Decimal(10), scoring, **more)


def a_row(number=5, **more):
    stated = {"template": "年度考核", "aspect": "资金", "item": f"指标{number}", "weight": Decimal(50)}
    return ItemRow(number, **{**stated, "scoring": Scoring.BY_HAND, **more})


@pytest.mark.parametrize(
    ("scored", "reached", "given"),
    [
        (item(Scoring.SHARE_OF_TARGET, target=Decimal(80)), "60", "7.50"),
        (item(Scoring.SHARE_OF_TARGET, target=Decimal(80)), "95", "10.00"),
        (item(Scoring.SHARE_OF_TARGET, target=Decimal(3)), "1", "3.33"),
        (item(Scoring.STEPS, steps=STEPS), "90", "10.00"),
        (item(Scoring.STEPS, steps=STEPS), "89.99", "8.00"),
        (item(Scoring.STEPS, steps=STEPS), "0", "2.00"),
        (item(Scoring.YES_NO), "1", "10.00"),
        (item(Scoring.YES_NO), "0", "0.00"),
        (item(Scoring.BY_HAND), "85", "8.50"),
        (item(Scoring.BY_HAND), None, "0"),
    ],
)
def test_points_for_what_was_reached(scored, reached, given):
    assert points(scored, None if reached is None else Decimal(reached)) == Decimal(given)


def test_steps_are_read_in_any_order():
    assert read_steps("70:80；90：100; 0=20") == STEPS


@pytest.mark.parametrize("text", ["", "很好", "90:100；90:80", "90:50；70:80", "90:120", "90-100"])
def test_what_is_no_scale_is_refused(text):
    with pytest.raises(BadInput):
        read_steps(text)


def test_a_table_whose_weights_are_a_hundred_is_a_template():
    items, problems = items_of([a_row(5), a_row(6, scoring=Scoring.STEPS, steps="60:100；0:0")])

    assert problems == []
    assert [one.weight for one in items] == [Decimal(50), Decimal(50)]


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ({"weight": Decimal(49)}, "第 6 行 · 权重"),
        ({"weight": Decimal(0)}, "第 6 行 · 权重"),
        ({"scoring": Scoring.SHARE_OF_TARGET}, "第 6 行 · 目标"),
        ({"scoring": Scoring.STEPS, "steps": "好"}, "第 6 行 · 分档"),
        ({"item": "指标5"}, "第 6 行 · 指标"),
    ],
)
def test_each_fault_of_a_table_is_told_at_its_cell(more, where):
    _items, problems = items_of([a_row(5), a_row(6, **more)])

    assert [str(problem.where) for problem in problems] == [where]
