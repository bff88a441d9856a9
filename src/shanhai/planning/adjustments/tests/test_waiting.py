# SPDX-License-Identifier: Apache-2.0
"""After each move the next one finds it in 待办, and nobody else: not by their role, and not by their place."""

import pytest

from shanhai.planning.adjustments.services import give_opinion
from shanhai.planning.adjustments.states import MOVES, Kind, State, Verdict
from shanhai.planning.adjustments.tests.builders import ORIGINAL, an_adjustment, led_to
from shanhai.planning.adjustments.values import Wish
from shanhai.planning.projects.tests.builders import a_programme, a_project
from tests.cast import AT, AUDITOR, DEPUTY, FINANCE, KANGDING, LEAD, OFFICE, STRANGER, actor, waiting_for

pytestmark = pytest.mark.django_db

HERE = {"programme": "zj-ganzi", "place": "513301"}
CAST = {
    "proposer": KANGDING,
    "commander": DEPUTY,
    "commander here": actor("commander", **HERE, ref="user:commander here"),
    "original": ORIGINAL,
    "office": OFFICE,
}
OUTSIDE = [
    *(actor(role, programme="zj-ganzi", place="513322") for role in ("commander", "office", "original_approver")),
    *(actor(role, programme="zj-aksu") for role in ("commander", "office", "original_approver")),
    actor("county_user", **HERE, ref="user:another of the county"),
    AUDITOR, FINANCE, LEAD, STRANGER,
]  # fmt: skip
SCOPE = {"kind": Kind.SCOPE, "wish": Wish(values={"content": "教学楼 1200 平方米"})}
NEXT = {
    State.DRAFT: {"proposer"},
    State.SUBMITTED: {"commander", "commander here"},
    State.RETURNED: {"proposer"},
    State.APPROVED: {"office", "commander", "commander here"},
    State.REFUSED: set(),
    State.APPLIED: set(),
    State.WITHDRAWN: set(),
}


def who_finds(adjustment):
    page = f"/adjustments/{adjustment.uuid}/"
    assert not [one.ref for one in OUTSIDE if page in waiting_for(one, "adjustments.waiting")]
    return {name for name, viewer in CAST.items() if page in waiting_for(viewer, "adjustments.waiting")}


def test_every_state_is_asked_about_and_the_ends_wait_for_nobody():
    assert set(NEXT) == set(State)
    assert {state for state, following in MOVES.items() if not following} <= {s for s, who in NEXT.items() if not who}


@pytest.mark.parametrize("state", list(State))
def test_in_each_state_it_waits_for_those_who_act_next_and_for_nobody_else(state):
    a_programme()
    adjustment = an_adjustment(project=a_project(stage="under_way", yuan=1000), by=KANGDING)

    assert who_finds(led_to(adjustment, state, by=KANGDING)) == NEXT[state]


def test_what_the_original_approver_decides_waits_for_them_alone():
    a_programme()
    adjustment = an_adjustment(project=a_project(stage="under_way", yuan=1000), by=KANGDING, **SCOPE)

    assert who_finds(led_to(adjustment, State.SUBMITTED, by=KANGDING)) == {"original"}
    give_opinion(by=OFFICE, at=AT, adjustment=adjustment.uuid, verdict=Verdict.SUPPORTED)
    assert who_finds(adjustment) == {"original"}


def test_money_that_moves_waits_for_who_decides_at_both_places():
    a_programme()
    giving, getting = a_project(stage="under_way", yuan=1000), a_project(code="GZ-2", place="513322", yuan=1000)
    wish = Wish(line=giving.lines.get().uuid, to_line=getting.lines.get().uuid, moved_fen=100)
    adjustment = an_adjustment(project=giving, kind=Kind.MOVE_MONEY, wish=wish, state=State.SUBMITTED)

    assert who_finds(adjustment) == {"commander"}
