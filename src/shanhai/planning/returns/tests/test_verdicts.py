# SPDX-License-Identifier: Apache-2.0
"""Which number is named, and when none is."""

import sys
from decimal import Decimal
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shanhai.kernel.money import rounded
from shanhai.planning.returns.rules.checks import printed
from shanhai.planning.returns.rules.verdicts import reconcile
from shanhai.planning.returns.tests.tables import AMOUNT, BY_PLACE, COUNT, RATE, a_table, county
from shanhai.planning.returns.values import COUNTY, HUNDRED, At, CheckKind, Confidence, Row, Severity, Table


def said(text: str) -> list[tuple[str, str, str, str]]:
    """The findings of a county table in words, in short."""
    return [(finding.kind.value, *finding.at, finding.suggested) for finding in reconcile(county(text)).findings]


def test_rows_that_do_not_add_up_accuse_no_number_when_nothing_else_speaks():
    assert said("- 到位资金\n甲县 100\n乙县 250\n合计 777") == [("sum", "合计", "arrived", "")]


def test_rows_that_differ_from_the_total_by_less_than_rounding_are_no_finding():
    assert said("- 到位资金\n甲县 6.83\n乙县 9.24\n丙县 1.83\n丁县 1.98\n合计 19.89") == []


def test_a_row_is_named_when_its_own_rate_and_order_speak_against_it():
    found = reconcile(
        county(
            """
            - 到位资金 核拨资金 核拨率
            甲县 100.00 19.50 95.00%
            乙县 200.00 180.00 90.00%
            合计 300.00 275.00 91.67%
            """
        )
    )

    assert [(finding.at, finding.suggested, finding.confidence) for finding in found.findings] == [
        (At("甲县", "allotted"), "95.00", Confidence.MEDIUM)
    ]


def test_two_counties_each_with_a_fault_of_its_own_are_both_named():
    assert said(
        """
        - 项目数 完工 完工率 到位资金 核拨资金 核拨率
        甲县 40 30 57.00% 100.00 95.00 95.00%
        乙县 60 30 50.00% 200.00 180.00 70.00%
        合计 100 60 60.00% 300.00 275.00 91.67%
        """
    ) == [("rate", "乙县", "allotment_rate", "90.00%"), ("rate", "甲县", "completion_rate", "75.00%")]


def test_digits_that_changed_places_are_recognised():
    found = reconcile(county("- 到位资金\n甲县 618\n乙县 150\n合计 786"))

    assert [(f.at, f.suggested) for f in found.findings] == [(At("合计", "arrived"), "768")]
    assert found.findings[0].checks[-1].key.kind == CheckKind.SLIP


def test_a_moved_decimal_point_is_recognised():
    found = reconcile(county("- 到位资金\n甲县 6180\n乙县 150.00\n丙县 85.00\n合计 296.80"))

    assert [(f.at, f.suggested) for f in found.findings] == [(At("甲县", "arrived"), "61.80")]


@pytest.mark.parametrize(
    ("headings", "numbers", "key"),
    [
        ("项目数 开工", "10 11", "started"),
        ("开工 完工", "10 11", "completed"),
        ("完工 验收", "10 11", "accepted"),
        ("到位资金 核拨资金", "10.00 10.02", "allotted"),
        ("核拨资金 支付资金", "10.00 10.02", "paid"),
    ],
)
def test_what_comes_later_is_never_more_than_what_comes_before(headings, numbers, key):
    found = reconcile(county(f"- {headings}\n甲县 {numbers}"))

    assert [(f.kind, f.severity, f.at) for f in found.findings] == [(CheckKind.ORDER, Severity.ERROR, At("甲县", key))]


def test_more_invested_than_planned_is_only_a_warning():
    found = reconcile(county("- 计划投资 完成投资\n甲县 10.00 10.85"))

    assert [(f.kind, f.severity) for f in found.findings] == [(CheckKind.ORDER, Severity.WARNING)]


def test_equal_within_rounding_keeps_the_order():
    assert said("- 到位资金 核拨资金\n甲县 10.00 10.01") == []


def test_a_rate_that_fits_an_unusual_base_is_noted_with_both_bases():
    found = reconcile(county("- 项目数 完工 验收 验收率\n甲县 40 30 20 50.00%"))

    assert [(f.severity, str(f.message)) for f in found.findings] == [
        (Severity.NOTE, "甲县的“验收率”50.00% 是按“项目数”算的；通常的分母是“完工”（30）。")
    ]


def test_a_rate_that_fits_no_base_is_answered_with_what_it_should_be():
    found = reconcile(county("- 到位资金 核拨资金 核拨率\n甲县 80.00 40.00 77.00%"))

    assert [(f.suggested, str(f.message)) for f in found.findings] == [
        ("50.00%", "甲县的“核拨率”写的是 77.00%，而 40.00万元 ÷ 80.00万元（到位资金）= 50.00%。")
    ]


def test_a_rate_of_nothing_is_no_finding():
    assert said("- 到位资金 核拨资金 核拨率\n甲县 0.00 0.00 0.00%") == []


def test_a_part_that_does_not_add_up_to_its_whole_is_found():
    table = a_table([["地区", "安排援疆资金", "预备费", "到位资金"], ["甲州", "41759", "1299", "40640"]], BY_PLACE)

    found = reconcile(table)

    assert [(f.kind, f.at) for f in found.findings] == [(CheckKind.IDENTITY, At("甲州", "arrived"))]
    assert found.findings[0].suggested == "40460"


def test_a_table_without_a_total_is_still_checked_row_by_row():
    assert said("- 项目数 完工率\n甲县 37 73.38%\n乙县 10 50%") == [("whole", "甲县", "completion_rate", "78.38%")]


def test_no_row_at_all_is_no_finding():
    assert reconcile(Table(COUNTY, ())).findings == ()


def calls_of(table: Table) -> int:
    """How many functions are called to judge a table: the same on every machine, however busy."""
    called, before = 0, sys.getprofile()

    def count(_frame: FrameType, event: str, _arg: object) -> None:
        nonlocal called
        called += event == "call"

    sys.setprofile(count)
    try:
        reconcile(table)
    finally:
        sys.setprofile(before)
    return called


def full_of_faults(size: int) -> Table:
    rows = "\n".join(f"县{n} {n + 7} {n * 3 % 101} {n * 7 % 13}.{n % 100:02} {n}.11 99.99%" for n in range(1, size + 1))
    return county(f"- 项目数 完工 到位资金 核拨资金 核拨率\n{rows}\n合计 1 2 3.00 4.00 5.00%")


def with_wrong_totals(size: int) -> Table:
    rows = "\n".join(f"县{n} {n + 7} {n + 3} {n}.90 {n}.10 {n}.05" for n in range(1, size + 1))
    return county(f"- 项目数 完工 到位资金 核拨资金 支付资金\n{rows}\n合计 99999 88888 77777.77 66666.66 55555.55")


def test_a_large_table_full_of_faults_is_judged_in_time():
    half, whole = calls_of(full_of_faults(40)), calls_of(full_of_faults(80))

    assert whole < 5 * half
    assert whole < 100_000
    assert len(reconcile(full_of_faults(200)).findings) > 100


def test_a_large_table_with_wrong_totals_is_judged_in_time():
    half, whole = calls_of(with_wrong_totals(25)), calls_of(with_wrong_totals(50))

    # Twice the rows are twice the numbers tried, each against twice the rows.
    assert whole < 5 * half
    assert whole < 2_000_000
    assert [finding.kind for finding in reconcile(with_wrong_totals(200)).findings] == [CheckKind.SUM] * 5


AMOUNTS = st.integers(min_value=1, max_value=10**9)


@st.composite
def true_counties(draw):
    """A county with nothing wrong: counts and amounts in order."""
    projects = draw(st.integers(min_value=1, max_value=400))
    completed = draw(st.integers(min_value=0, max_value=projects))
    accepted = draw(st.integers(min_value=0, max_value=completed))
    arrived = draw(AMOUNTS)
    allotted = draw(st.integers(min_value=0, max_value=arrived))
    paid = draw(st.integers(min_value=0, max_value=allotted))
    return projects, completed, accepted, arrived, allotted, paid


def _row(label, numbers, places):
    projects, completed, accepted, arrived, allotted, paid = map(Decimal, numbers)
    cells = {
        "project_count": printed(projects, 0, COUNT),
        "completed": printed(completed, 0, COUNT),
        "accepted": printed(accepted, 0, COUNT),
        "completion_rate": printed(completed / projects * HUNDRED, 2, RATE),
        "arrived": printed(arrived / 10_000, places, AMOUNT),
        "allotted": printed(allotted / 10_000, places, AMOUNT),
        "paid": printed(paid / 10_000, places, AMOUNT),
        "allotment_rate": printed(allotted / arrived * HUNDRED, 2, RATE),
        "payment_rate": printed(paid / arrived * HUNDRED, 1, RATE),
    }
    if completed:
        cells["acceptance_rate"] = printed(accepted / completed * HUNDRED, 2, RATE)
    return Row(label, cells)


@settings(max_examples=200, deadline=None)
@given(st.lists(true_counties(), min_size=1, max_size=8), st.integers(min_value=0, max_value=4))
def test_whatever_is_true_and_only_rounded_is_never_accused(counties, places):
    total = tuple(sum(column) for column in zip(*counties, strict=True))
    rows = tuple(_row(f"县{index}", numbers, places) for index, numbers in enumerate(counties))

    found = reconcile(Table(COUNTY, rows, _row("合计", total, places)))

    assert found.findings == ()


@settings(max_examples=100, deadline=None)
@given(
    st.lists(true_counties(), min_size=2, max_size=8),
    st.sampled_from(["arrived", "allotted", "paid"]),
    st.integers(min_value=2, max_value=50),
)
def test_a_total_far_from_its_rows_is_always_found(counties, key, percent):
    total = tuple(sum(column) for column in zip(*counties, strict=True))
    rows = tuple(_row(f"县{index}", numbers, 4) for index, numbers in enumerate(counties))
    last = _row("合计", total, 4)
    wrong = rounded(last.cells[key].number * (100 + percent) / 100, 4) + 1
    stated = Row("合计", {**last.cells, key: printed(wrong, 4, AMOUNT)})

    found = reconcile(Table(COUNTY, rows, stated))

    assert found.findings[0].severity == Severity.ERROR
