# SPDX-License-Identifier: Apache-2.0
"""Who approves what: the table, line by line and at both sides of every limit."""

from itertools import pairwise

import pytest

from shanhai.planning.adjustments.rules import NEEDS, RULES, Case, Limits, Need, rule_for
from shanhai.planning.adjustments.selectors.current import limits
from shanhai.planning.adjustments.states import Approver, Kind, State
from shanhai.planning.adjustments.tests.builders import an_adjustment
from shanhai.planning.adjustments.values import Wish
from shanhai.planning.projects.tests.builders import a_line, a_programme, a_project

COMMANDER, ORIGINAL = Approver.COMMANDER, Approver.ORIGINAL
WAN = 1_000_000
LIMITS = Limits(reapproval_percent=10, move_percent=10, move_fen=500 * WAN)
BOTH = (Need.EXTRA_SOURCE, Need.REAPPROVAL)

TABLE = [
    # case, the line, who decides, what it needs, article
    (Case(Kind.SCOPE), "scope", ORIGINAL, (), "21"),
    (Case(Kind.SCOPE, capital=False), "scope", ORIGINAL, (), "21"),
    (Case(Kind.SITE), "site", ORIGINAL, (), "21"),
    (Case(Kind.ESTIMATE, 100 * WAN, 100 * WAN + 1), "estimate.over", ORIGINAL, (Need.EXTRA_SOURCE,), "23"),
    (Case(Kind.ESTIMATE, 100 * WAN, 110 * WAN), "estimate.over", ORIGINAL, (Need.EXTRA_SOURCE,), "23"),
    (Case(Kind.ESTIMATE, 100 * WAN, 110 * WAN + 1), "estimate.far_over", ORIGINAL, BOTH, "23"),
    (Case(Kind.ESTIMATE, 0, 1), "estimate.far_over", ORIGINAL, BOTH, "23"),
    (Case(Kind.ESTIMATE, 100 * WAN, 100 * WAN), "estimate.under", COMMANDER, (), None),
    (Case(Kind.ESTIMATE, 100 * WAN, 99 * WAN), "estimate.under", COMMANDER, (), None),
    (Case(Kind.PERIOD), "period", COMMANDER, (), "24"),
    (Case(Kind.MOVE_MONEY, 5000 * WAN, 4500 * WAN), "money.small", COMMANDER, (), None),
    (Case(Kind.MOVE_MONEY, 5000 * WAN, 4500 * WAN - 1), "money.large", ORIGINAL, (), None),
    (Case(Kind.MOVE_MONEY, 9000 * WAN, 8500 * WAN - 1), "money.large", ORIGINAL, (), None),
    (Case(Kind.MOVE_MONEY, 100 * WAN, 90 * WAN), "money.small", COMMANDER, (), None),
    (Case(Kind.MOVE_MONEY, 100 * WAN, 90 * WAN - 1), "money.large", ORIGINAL, (), None),
    (Case(Kind.AMOUNT, 100 * WAN, 110 * WAN), "money.small", COMMANDER, (), None),
    (Case(Kind.AMOUNT, 100 * WAN, 110 * WAN + 1), "money.large", ORIGINAL, (), None),
    (Case(Kind.AMOUNT, 0, 1), "money.large", ORIGINAL, (), None),
    (Case(Kind.CANCEL, capital=True), "cancel.capital", ORIGINAL, (), "21"),
    (Case(Kind.CANCEL, capital=False), "cancel.other", COMMANDER, (), None),
    (Case(Kind.PLAN, 5000 * WAN, 5500 * WAN), "plan.small", COMMANDER, (), None),
    (Case(Kind.PLAN, 5000 * WAN, 5500 * WAN + 1), "plan.large", ORIGINAL, (), None),
    (Case(Kind.PLAN, 100 * WAN, 111 * WAN), "plan.large", ORIGINAL, (), None),
    (Case(Kind.PLAN, 0, 1), "plan.large", ORIGINAL, (), None),
]


@pytest.mark.parametrize(("case", "key", "approver", "needs", "article"), TABLE)
def test_the_table_says_who_approves_and_what_must_be_there(case, key, approver, needs, article):
    rule = rule_for(case, LIMITS)

    assert (rule.key, rule.approver, rule.needs) == (key, approver, needs)
    assert (rule.law and str(rule.law)) == (article and f"政府投资条例第{article}条")


def test_every_line_of_the_table_is_reached():
    assert {rule_for(case, LIMITS).key for case, *_ in TABLE} == {rule.key for rule in RULES}


def test_every_need_has_a_sentence():
    assert set(NEEDS) == set(Need)


def test_the_limits_are_parameters():
    strict = Limits(reapproval_percent=5, move_percent=2, move_fen=10 * WAN)

    assert rule_for(Case(Kind.ESTIMATE, 100 * WAN, 106 * WAN), strict).key == "estimate.far_over"
    assert rule_for(Case(Kind.MOVE_MONEY, 100 * WAN, 97 * WAN), strict).key == "money.large"
    assert rule_for(Case(Kind.MOVE_MONEY, 1000 * WAN, 989 * WAN), strict).key == "money.large"
    assert rule_for(Case(Kind.MOVE_MONEY, 1000 * WAN, 990 * WAN), strict).key == "money.small"


def test_without_settings_the_limits_are_those_of_the_documents():
    assert limits() == LIMITS


@pytest.mark.django_db
def test_the_limits_of_the_site_decide_who_approves(settings):
    a_programme()
    line = a_line(project=a_project(), yuan=1000)
    wish = Wish({"amount_fen": 105_000}, line=line.uuid)
    assert an_adjustment(project=line.project, kind=Kind.AMOUNT, wish=wish, state=State.SUBMITTED).approver == COMMANDER

    settings.ADJUSTMENT_MOVE_PERCENT = 4

    assert an_adjustment(project=line.project, kind=Kind.AMOUNT, wish=wish, state=State.SUBMITTED).approver == ORIGINAL


# A chain of steps from what was approved at first; whom each step goes to.
CHAINS = [
    (Kind.AMOUNT, [100, 91, 83], ["money.small", "money.large"]),
    (Kind.AMOUNT, [100, 109, 119], ["money.small", "money.large"]),
    (Kind.MOVE_MONEY, [100, 95, 90, 89], ["money.small", "money.small", "money.large"]),
    (Kind.MOVE_MONEY, [9000, 8700, 8400], ["money.small", "money.large"]),
    # Back to what was approved at first is small; from one side of it far to the other is not.
    (Kind.AMOUNT, [100, 90, 100], ["money.small", "money.small"]),
    (Kind.AMOUNT, [100, 109, 91], ["money.small", "money.large"]),
    (Kind.ESTIMATE, [100, 110, 120], ["estimate.over", "estimate.far_over"]),
    (Kind.ESTIMATE, [100, 90, 100], ["estimate.under", "estimate.over"]),
    (Kind.ESTIMATE, [100, 130, 120], ["estimate.far_over", "estimate.under"]),
    (Kind.PLAN, [5000, 5250, 5500, 5501], ["plan.small", "plan.small", "plan.large"]),
    (Kind.PERIOD, [100, 100, 100], ["period", "period"]),
]


@pytest.mark.parametrize(("kind", "amounts", "keys"), CHAINS)
def test_limits_count_from_what_was_approved_at_first_over_all_steps(kind, amounts, keys):
    cases = [Case(kind, old * WAN, new * WAN, first_fen=amounts[0] * WAN) for old, new in pairwise(amounts)]

    assert [rule_for(case, LIMITS).key for case in cases] == keys


def test_what_other_lines_of_the_project_gave_counts_to_the_limit_in_yuan():
    assert rule_for(Case(Kind.AMOUNT, 9000 * WAN, 8700 * WAN, elsewhere_fen=-200 * WAN), LIMITS).key == "money.small"
    assert rule_for(Case(Kind.AMOUNT, 9000 * WAN, 8700 * WAN, elsewhere_fen=-201 * WAN), LIMITS).key == "money.large"
    assert rule_for(Case(Kind.AMOUNT, 9000 * WAN, 8700 * WAN, elsewhere_fen=900 * WAN), LIMITS).key == "money.large"
