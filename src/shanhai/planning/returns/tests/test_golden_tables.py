# SPDX-License-Identifier: Apache-2.0
"""Published tables: one with known faults, the others correct to the last digit. Sources stand in the README."""

import pytest

from shanhai.kernel.units import WAN_YUAN, YI_YUAN
from shanhai.planning.returns.rules.verdicts import reconcile
from shanhai.planning.returns.tests.tables import BY_PLACE, SIDES, a_table, kezhou, lines_of
from shanhai.planning.returns.values import At, CheckKind, Confidence, Severity


@pytest.fixture(scope="module")
def found():
    return reconcile(kezhou())


def test_kezhou_has_three_findings_worst_first(found):
    assert [(finding.severity, finding.at, finding.stated, finding.suggested) for finding in found.findings] == [
        (Severity.ERROR, At("合计", "arrived"), "17.87", "17.44"),
        (Severity.WARNING, At("阿合奇县", "completion_rate"), "73.38%", "78.38%"),
        (Severity.NOTE, At("合计", "invested"), "17.87", ""),
    ]


def test_kezhou_arrival_is_most_probably_a_copy_of_completed_investment(found):
    arrival = found.findings[0]

    assert str(arrival.message) == (
        "合计的“到位资金”17.87亿元 很可能抄成了“完成投资”的数，应为 17.44亿元：换成这个数后，有 3 处核对对得上。"
    )
    assert arrival.confidence == Confidence.HIGH
    assert [(check.key.kind, check.key.at.measure) for check in arrival.checks] == [
        (CheckKind.RATE, "allotment_rate"),
        (CheckKind.RATE, "payment_rate"),
        (CheckKind.SUM, "arrived"),
        (CheckKind.COPY, "arrived"),
    ]
    assert [str(check.message) for check in arrival.checks[:3]] == [
        "合计的“核拨率”写的是 91.72%，而 15.99亿元 ÷ 17.87亿元（到位资金）= 89.48%；除以各行相加的 17.44亿元 则相符。",
        "合计的“支付率”写的是 90.77%，而 15.82亿元 ÷ 17.87亿元（到位资金）= 88.53%；除以各行相加的 17.44亿元 则相符。",
        "“到位资金”各行相加为 17.44亿元，合计写的是 17.87亿元，对不上。",
    ]


def test_kezhou_completion_rate_that_no_whole_number_of_projects_gives_is_a_slip(found):
    completion = found.findings[1]

    assert completion.kind == CheckKind.WHOLE
    assert completion.confidence == Confidence.HIGH
    assert [str(check.message) for check in completion.checks] == [
        "阿合奇县的“完工率”写的是 73.38%，但在 37 中没有哪个整数占这个比例。",
        "阿合奇县的“验收率”89.66% 即 29 中的 26。",
        "按各行写的比率推算，“完工”相加为 311，与合计 311 相符。",
        "按各行写的比率推算，“验收”相加为 283，与合计 283 相符。",
        "阿合奇县的“完工率”73.38% 与 78.38% 只差一处笔误。",
    ]


def test_kezhou_county_investment_rates_disagree_with_the_total_but_accuse_no_number(found):
    invested = found.findings[2]

    assert invested.kind == CheckKind.IMPLIED_SUM
    assert str(invested.message) == "按各行写的比率推算，“完成投资”相加为 18.21亿元，合计写的是 17.87亿元，对不上。"


def test_kezhou_rounded_plans_and_counts_are_not_flagged(found):
    assert not [finding for finding in found.findings if finding.at.measure in ("planned", "project_count", "started")]


def test_kezhou_rates_name_the_base_that_each_fits(found):
    assert {at.measure: base for at, base in found.bases.items() if at.label == "合计"} == {
        "start_rate": "project_count",
        "completion_rate": "project_count",
        "acceptance_rate": "completed",
        "investment_completion_rate": "planned",
        "allotment_rate": "arrived",
        "payment_rate": "arrived",
    }


def test_jiangsu_to_kezhou_2014_by_category_reconciles():
    found = reconcile(a_table(lines_of("jiangsu-kezhou-2014-by-category.csv"), BY_PLACE, WAN_YUAN))

    assert found.findings == ()
    assert found.checked == 2


def test_jiangsu_to_kezhou_2014_by_place_reconciles_with_its_reserve():
    table = a_table(lines_of("jiangsu-kezhou-2014-by-place.csv"), BY_PLACE, WAN_YUAN)

    found = reconcile(table)

    assert found.findings == ()
    assert found.bases == {At("合计", "investment_rate"): "investment", At("合计", "aid_rate"): "aid"}
    assert found.checked == 5


def test_shigatse_1994_to_2018_reconciles():
    found = reconcile(a_table(lines_of("shigatse-1994-2018.csv"), SIDES, YI_YUAN))

    assert found.findings == ()
    assert found.checked == 3


@pytest.mark.parametrize(("row", "column"), [(1, 1), (4, 2), (6, 3), (7, 1), (7, 2)])
def test_any_number_changed_in_a_correct_table_is_noticed(row, column):
    lines = lines_of("shigatse-1994-2018.csv")
    lines[row][column] = {"1582": "1583", "7.80": "8.70", "12": "13", "3842": "3824", "104.56": "104.65"}[
        lines[row][column]
    ]

    found = reconcile(a_table(lines, SIDES, YI_YUAN))

    assert [finding.kind for finding in found.findings] == [CheckKind.SUM]
