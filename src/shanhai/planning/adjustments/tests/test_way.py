# SPDX-License-Identifier: Apache-2.0
"""The way of an adjustment: every pair of state and step, who takes it, and what it leaves behind."""

import pytest
from django.db import IntegrityError, transaction

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, Conflict, NotAllowed, NotVisible
from shanhai.kernel.states import IllegalMove
from shanhai.planning.adjustments.models import Adjustment, Opinion
from shanhai.planning.adjustments.selectors.adjustments import get_adjustment, list_adjustments
from shanhai.planning.adjustments.services import (
    apply_adjustment,
    decide_adjustment,
    give_opinion,
    propose_adjustment,
    revise_adjustment,
    submit_adjustment,
    withdraw_adjustment,
)
from shanhai.planning.adjustments.states import MOVES, Kind, State, Verdict
from shanhai.planning.adjustments.tests.builders import (
    LATER,
    ORIGINAL,
    an_adjustment,
    approve_adjustment,
    refuse_adjustment,
    return_adjustment,
)
from shanhai.planning.adjustments.values import Wish
from shanhai.planning.projects.core.services import correct_project
from shanhai.planning.projects.models import Project
from shanhai.planning.projects.tests.builders import a_programme, a_project, some_facts
from tests.cast import ADMIN, AT, AUDITOR, DEPUTY, FINANCE, KANGDING, LEAD, OFFICE, STRANGER, actor
from tests.refusals import refused

pytestmark = pytest.mark.django_db

BOTH = Actor("user:both", grants={**DEPUTY.grants, **ORIGINAL.grants})
STEPS = {
    State.SUBMITTED: lambda here: submit_adjustment(by=OFFICE, **here),
    State.RETURNED: lambda here: return_adjustment(by=DEPUTY, words="请补图纸", **here),
    State.APPROVED: lambda here: approve_adjustment(by=DEPUTY, **here),
    State.REFUSED: lambda here: refuse_adjustment(by=DEPUTY, words="不同意", **here),
    State.APPLIED: lambda here: apply_adjustment(by=OFFICE, **here),
    State.WITHDRAWN: lambda here: withdraw_adjustment(by=OFFICE, words="不改了", **here),
}


@pytest.fixture
def project():
    a_programme()
    return a_project(stage="under_way", yuan=1000)


def here(adjustment: Adjustment) -> dict:
    return {"at": AT, "adjustment": adjustment.uuid}


@pytest.mark.parametrize("to", list(STEPS))
@pytest.mark.parametrize("old", list(State))
def test_each_step_is_taken_exactly_where_the_table_lists_it(project, old, to):
    adjustment = an_adjustment(project=project, state=old)

    if to in MOVES[old]:
        STEPS[to](here(adjustment))
    else:
        # Nobody but its proposer even knows of a draft.
        hidden = old is State.DRAFT and to in {State.RETURNED, State.APPROVED, State.REFUSED}
        with pytest.raises(NotVisible if hidden else IllegalMove):
            STEPS[to](here(adjustment))

    adjustment.refresh_from_db()
    assert adjustment.state == (to if to in MOVES[old] else old)
    finish = Project.objects.get().planned_finish_on.isoformat()
    assert finish == ("2027-06-30" if State(adjustment.state) is State.APPLIED else "2026-10-31")


def test_the_whole_way_leaves_an_opinion_and_a_row_of_the_trail_for_each_step(project):
    adjustment = an_adjustment(project=project, state=State.RETURNED)

    submit_adjustment(by=OFFICE, **here(adjustment))
    give_opinion(by=ORIGINAL, verdict=Verdict.SUPPORTED, words="可以", **here(adjustment))
    approve_adjustment(by=DEPUTY, words="同意", **here(adjustment))
    apply_adjustment(by=OFFICE, **here(adjustment))

    said = Opinion.objects.order_by("pk").values_list("verdict", "by", "words")
    assert list(said) == [
        ("submitted", "user:office", ""),
        ("returned", "user:commander", "请补图纸"),
        ("submitted", "user:office", ""),
        ("supported", "user:original_approver", "可以"),
        ("approved", "user:commander", "同意"),
        ("applied", "user:office", ""),
    ]
    trail = AuditRow.objects.filter(subject_id=str(adjustment.uuid)).order_by("seq")
    assert [row.action.removeprefix("adjustments.adjustment.") for row in trail] == [
        "proposed", "submitted", "returned", "submitted", "supported", "approved", "applied",
    ]  # fmt: skip
    assert trail[0].changes["planned_finish_on"] == ["2026-10-31", "2027-06-30"]
    assert AuditRow.objects.filter(action="projects.project.corrected").count() == 1


@pytest.mark.parametrize("to", [State.SUBMITTED, State.APPLIED, State.WITHDRAWN])
@pytest.mark.parametrize("old", [State.SUBMITTED, State.RETURNED, State.APPROVED])
def test_who_decides_takes_no_step_of_those_who_ask_or_carry_out(project, old, to):
    adjustment = an_adjustment(project=project, state=old)

    with pytest.raises(IllegalMove):
        decide_adjustment(by=DEPUTY, to=to, words="同意", **here(adjustment))

    adjustment.refresh_from_db()
    assert adjustment.state == old


@pytest.mark.parametrize("decide", [approve_adjustment, refuse_adjustment, return_adjustment])
def test_nobody_decides_what_he_asked_for_though_he_holds_both_permissions(project, decide):
    adjustment = an_adjustment(project=project, state=State.SUBMITTED, by=BOTH)

    with refused(NotAllowed, "adjustments.own_adjustment"):
        decide(by=BOTH, words="同意", **here(adjustment))
    with refused(NotAllowed, "adjustments.own_adjustment"):
        give_opinion(by=BOTH, verdict=Verdict.SUPPORTED, **here(adjustment))

    assert decide(by=DEPUTY, words="同意", **here(adjustment)).pk == adjustment.pk


def test_the_database_refuses_a_decision_by_the_proposer(project):
    adjustment = an_adjustment(project=project, state=State.SUBMITTED)

    with pytest.raises(IntegrityError, match="is_not_decided_by_its_proposer"), transaction.atomic():
        Adjustment.objects.update(state="approved", decided_by=adjustment.proposed_by, decided_at=AT)


@pytest.mark.parametrize("by", [OFFICE, FINANCE, LEAD, AUDITOR, KANGDING, ORIGINAL])
def test_only_the_one_the_table_names_decides(project, by):
    adjustment = an_adjustment(project=project, state=State.SUBMITTED, by=BOTH)

    with pytest.raises(NotAllowed):
        approve_adjustment(by=by, **here(adjustment))


def test_the_commander_does_not_decide_for_the_original_approver(project):
    wish = Wish(values={"content": "教学楼改为三层"})
    adjustment = an_adjustment(project=project, kind=Kind.SCOPE, wish=wish, state=State.SUBMITTED)

    with pytest.raises(NotAllowed):
        approve_adjustment(by=DEPUTY, **here(adjustment))

    assert approve_adjustment(by=ORIGINAL, **here(adjustment)).decided_by == "user:original_approver"


@pytest.mark.parametrize("by", [LEAD, FINANCE, AUDITOR, ORIGINAL])
def test_who_may_not_propose_proposes_nothing(project, by):
    with pytest.raises(NotAllowed):
        an_adjustment(project=project, by=by)

    assert not Adjustment.objects.exists()


@pytest.mark.parametrize("by", [LEAD, FINANCE, AUDITOR, ORIGINAL, KANGDING])
def test_who_may_not_manage_the_project_carries_nothing_out(project, by):
    adjustment = an_adjustment(project=project, state=State.APPROVED)

    with pytest.raises(NotAllowed):
        apply_adjustment(by=by, **here(adjustment))


def test_a_county_asks_the_commander_approves_and_the_office_carries_out(project):
    adjustment = an_adjustment(project=project, state=State.APPLIED, by=KANGDING)

    assert (adjustment.proposed_by, adjustment.decided_by, adjustment.applied_by) == (
        "user:county_user",
        "user:commander",
        "user:office",
    )


@pytest.mark.parametrize("step", [submit_adjustment, withdraw_adjustment, revise_adjustment])
def test_another_than_the_proposer_does_not_change_submit_or_withdraw(project, step):
    adjustment = an_adjustment(project=project, state=State.RETURNED)
    more = {withdraw_adjustment: {"words": "x"}, revise_adjustment: {"wish": LATER, "reason": "x"}}.get(step, {})

    with refused(NotAllowed, "adjustments.not_the_proposer"):
        step(by=DEPUTY, **here(adjustment), **more)


def test_the_second_of_two_who_decide_is_told(project):
    adjustment = an_adjustment(project=project, state=State.SUBMITTED)
    approve_adjustment(by=DEPUTY, seen=State.SUBMITTED, **here(adjustment))

    # Going back is open to an approved one too: without what was seen the second would undo the first.
    with refused(Conflict, "adjustments.moved_meanwhile"):
        return_adjustment(by=actor("commander", ref="user:2"), words="x", seen=State.SUBMITTED, **here(adjustment))

    adjustment.refresh_from_db()
    assert adjustment.state == State.APPROVED


@pytest.mark.parametrize("state", [State.SUBMITTED, State.APPROVED])
def test_what_was_asked_goes_stale_when_the_project_moves(project, state):
    adjustment = an_adjustment(project=project, state=state)
    facts = some_facts(dates=some_facts().dates.__class__(project.planned_start_on, project.planned_start_on))
    correct_project(by=OFFICE, at=AT, project=project.uuid, facts=facts)
    on = approve_adjustment if state is State.SUBMITTED else apply_adjustment

    with refused(Conflict, "adjustments.project_moved_meanwhile"):
        on(by=DEPUTY, **here(adjustment))

    return_adjustment(by=DEPUTY, words="项目变过了", **here(adjustment))
    with refused(Conflict, "adjustments.project_moved_meanwhile"):
        submit_adjustment(by=OFFICE, **here(adjustment))
    revise_adjustment(by=OFFICE, wish=LATER, reason="按现在的情况", **here(adjustment))
    assert submit_adjustment(by=OFFICE, **here(adjustment)).state == State.SUBMITTED
    assert adjustment.changes.get(field="planned_finish_on").old == "2026-04-01"


def test_a_change_of_something_else_does_not_make_it_stale(project):
    adjustment = an_adjustment(project=project, state=State.SUBMITTED)
    correct_project(by=OFFICE, at=AT, project=project.uuid, facts=some_facts(name="康定市第二小学"))

    assert approve_adjustment(by=DEPUTY, **here(adjustment)).state == State.APPROVED


def test_applying_leaves_what_others_changed_meanwhile(project):
    adjustment = an_adjustment(project=project, state=State.APPROVED)
    correct_project(by=OFFICE, at=AT, project=project.uuid, facts=some_facts(name="康定市第二小学"))

    apply_adjustment(by=OFFICE, **here(adjustment))

    project.refresh_from_db()
    assert (project.name, project.planned_finish_on.isoformat()) == ("康定市第二小学", "2027-06-30")


def test_a_submitted_request_is_not_changed_any_more(project):
    adjustment = an_adjustment(project=project, state=State.SUBMITTED)

    with refused(Conflict, "adjustments.not_with_proposer"):
        revise_adjustment(by=OFFICE, wish=LATER, reason="x", **here(adjustment))


@pytest.mark.parametrize("reason", ["", " \n ", "\x00", "长" * 2001])
def test_a_request_says_why_in_no_more_words_than_fit(project, reason):
    with refused(BadInput, "adjustments.reason_missing"):
        propose_adjustment(by=OFFICE, at=AT, project=project.uuid, kind=Kind.PERIOD, wish=LATER, reason=reason)


@pytest.mark.parametrize("words", ["", "  ", "长" * 1001])
def test_refusing_returning_and_doubting_say_why(project, words):
    adjustment = an_adjustment(project=project, state=State.SUBMITTED)

    with refused(BadInput, "adjustments.words_missing"):
        refuse_adjustment(by=DEPUTY, words=words, **here(adjustment))
    with refused(BadInput, "adjustments.words_missing"):
        return_adjustment(by=DEPUTY, words=words, **here(adjustment))
    with refused(BadInput, "adjustments.words_missing"):
        give_opinion(by=DEPUTY, verdict=Verdict.DOUBTED, words=words, **here(adjustment))


def test_an_opinion_is_given_on_what_is_before_somebody_and_moves_nothing(project):
    adjustment = an_adjustment(project=project, state=State.SUBMITTED)

    with refused(BadInput, "adjustments.not_an_opinion"):
        give_opinion(by=DEPUTY, verdict=Verdict.APPROVED, **here(adjustment))
    with pytest.raises(NotAllowed):
        give_opinion(by=AUDITOR, verdict=Verdict.SUPPORTED, **here(adjustment))
    give_opinion(by=DEPUTY, verdict=Verdict.DOUBTED, words="工期太长", **here(adjustment))

    adjustment.refresh_from_db()
    assert adjustment.state == State.SUBMITTED
    withdraw_adjustment(by=OFFICE, words="不改了", **here(adjustment))
    with refused(Conflict, "adjustments.not_open_for_opinions"):
        give_opinion(by=DEPUTY, verdict=Verdict.SUPPORTED, **here(adjustment))


LUDING = actor("county_user", programme="zj-ganzi", place="513322")


@pytest.mark.parametrize("viewer", [STRANGER, ADMIN, LUDING], ids=["stranger", "administrator", "other county"])
def test_who_does_not_see_the_project_does_not_know_of_the_adjustment(project, viewer):
    adjustment = an_adjustment(project=project, state=State.SUBMITTED)

    with refused(NotVisible, "adjustments.not_visible"):
        get_adjustment(viewer=viewer, uuid=adjustment.uuid)
    with refused(NotVisible, "adjustments.not_visible"):
        approve_adjustment(by=viewer, **here(adjustment))
    assert list_adjustments(viewer=viewer, programme="zj-ganzi").count() == 0
    assert list_adjustments(viewer=KANGDING, programme="zj-ganzi").count() == 1


def test_a_draft_is_seen_by_its_proposer_alone(project):
    adjustment = an_adjustment(project=project)

    with refused(NotVisible, "adjustments.not_visible"):
        get_adjustment(viewer=DEPUTY, uuid=adjustment.uuid)
    assert get_adjustment(viewer=OFFICE, uuid=adjustment.uuid) == adjustment
