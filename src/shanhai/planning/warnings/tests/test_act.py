# SPDX-License-Identifier: Apache-2.0
"""Acting on a warning: every pair of state and action, who may, and two people at once."""

import pytest

from shanhai.base.accounts.tests.builders import acts
from shanhai.base.audit.models import AuditRow
from shanhai.kernel.errors import BadInput, Conflict, NotAllowed, NotVisible, Refused
from shanhai.kernel.states import IllegalMove
from shanhai.planning.projects.models import Project
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.warnings.models import EarlyWarning, WarningMove
from shanhai.planning.warnings.rules.catalogue import ACTED_ON_UNDER, ENDED_BY_WORDS
from shanhai.planning.warnings.services import act
from shanhai.planning.warnings.states import Action
from shanhai.planning.warnings.tests.builders import a_quiet_programme, a_quiet_project, a_warning, evaluated
from tests.cast import AT, AUDITOR, DEPUTY, FINANCE, KANGDING, LEAD, OFFICE, STRANGER, actor, waiting_for
from tests.refusals import refused

pytestmark = pytest.mark.django_db
WORDS = "已经催办施工单位，下周进场"
LUDING = actor("county_user", programme="zj-ganzi", place="513322")


@pytest.fixture(autouse=True)
def programme():
    a_quiet_programme()


def two_of_a_name():
    a_quiet_project(code="GZ-1")
    a_quiet_project(code="GZ-2")
    evaluated()
    return EarlyWarning.objects.filter(rule="duplicate_name").order_by("pk").first()


@pytest.mark.parametrize("action", [Action.DONE, Action.EXPLAINED, Action.PLANNED])
def test_an_action_is_kept_with_who_when_and_what(action):
    warning = a_warning()

    found = act(by=OFFICE, at=AT, warning=warning.uuid, action=action, words=f"  {WORDS}\x00 ")

    found.refresh_from_db()
    assert (found.state, found.acts, found.action, found.words) == ("acted", 1, action.value, WORDS)
    assert (found.acted_at, found.acted_by, found.standing, found.ending) == (AT, OFFICE.ref, True, "")
    line = WarningMove.objects.order_by("pk").last()
    assert (line.happened, line.old, line.new, line.action, line.words) == (
        "acted", "open", "acted", action.value, WORDS,
    )  # fmt: skip
    row = AuditRow.objects.order_by("seq").last()
    assert (row.action, row.because, row.place) == ("warnings.acted", WORDS, "513301")


def test_what_was_acted_on_can_be_acted_on_again():
    warning = a_warning()
    act(by=OFFICE, at=AT, warning=warning.uuid, action=Action.PLANNED, words="下周进场")

    found = act(by=KANGDING, at=AT, warning=warning.uuid, action=Action.DONE, words="已经进场")

    assert (found.acts, found.words, found.acted_by) == (2, "已经进场", KANGDING.ref)
    assert warning.moves.filter(happened="acted").count() == 2


@pytest.mark.parametrize("before", [None, Action.EXPLAINED])
def test_a_dismissal_closes_at_once_where_the_rule_lets(before):
    warning = two_of_a_name()
    if before:
        act(by=OFFICE, at=AT, warning=warning.uuid, action=before, words="是两期")

    found = act(by=OFFICE, at=AT, warning=warning.uuid, action=Action.DISMISSED, words="分两期建设")

    assert (found.state, found.ending, found.closed_at, found.standing) == ("closed", "dismissed", AT, True)
    assert warning.moves.order_by("pk").last().happened == "closed"


@pytest.mark.parametrize("action", list(Action))
def test_nothing_is_done_about_a_closed_warning(action):
    warning = two_of_a_name()
    act(by=OFFICE, at=AT, warning=warning.uuid, action=Action.DISMISSED, words="分两期建设")

    with pytest.raises(IllegalMove):
        act(by=OFFICE, at=AT, warning=warning.uuid, action=action, words=WORDS)


def test_a_warning_of_fact_is_not_talked_away():
    warning = a_warning()

    with refused(Refused, "warnings.closes_by_itself"):
        act(by=DEPUTY, at=AT, warning=warning.uuid, action=Action.DISMISSED, words=WORDS)
    warning.refresh_from_db()
    assert (warning.state, warning.acts) == ("open", 0)


@pytest.mark.parametrize("words", ["", "  ", "\x00", "字" * 501])
def test_an_action_says_in_some_words_what_it_was(words):
    warning, before = a_warning(), acts()

    with refused(BadInput, "warnings.words_missing"):
        act(by=OFFICE, at=AT, warning=warning.uuid, action=Action.DONE, words=words)
    assert acts() == before


def test_two_people_act_at_once_and_the_second_is_told():
    warning = a_warning()
    act(by=OFFICE, at=AT, warning=warning.uuid, action=Action.PLANNED, words="下周进场", seen_acts=0)

    with refused(Conflict, "warnings.acted_meanwhile"):
        act(by=KANGDING, at=AT, warning=warning.uuid, action=Action.DONE, words="已经进场", seen_acts=0)
    warning.refresh_from_db()
    assert (warning.acts, warning.words) == (1, "下周进场")


@pytest.mark.parametrize("by", [DEPUTY, OFFICE, KANGDING], ids=lambda by: by.name)
def test_those_who_may_move_the_project_act_on_its_lateness(by):
    assert act(by=by, at=AT, warning=a_warning().uuid, action=Action.DONE, words=WORDS).acted_by == by.ref


@pytest.mark.parametrize("by", [FINANCE, LEAD, AUDITOR], ids=lambda by: by.name)
def test_others_who_see_it_may_not_act(by):
    warning = a_warning()

    with pytest.raises(NotAllowed):
        act(by=by, at=AT, warning=warning.uuid, action=Action.DONE, words=WORDS)


@pytest.mark.parametrize("by", [LUDING, STRANGER], ids=lambda by: by.name)
def test_to_another_county_the_warning_does_not_exist(by):
    warning = a_warning()

    with refused(NotVisible, "warnings.warning_not_found"):
        act(by=by, at=AT, warning=warning.uuid, action=Action.DONE, words=WORDS)


def test_a_county_acts_but_does_not_dismiss():
    warning = two_of_a_name()

    with pytest.raises(NotAllowed):
        act(by=KANGDING, at=AT, warning=warning.uuid, action=Action.DISMISSED, words=WORDS)


def test_after_each_move_the_next_one_finds_it_on_the_desk_and_the_last_one_no_more():
    found = a_warning(rule="start_passed")
    page = [f"/warnings/{found.uuid}/"]
    outside = [LUDING, AUDITOR, FINANCE, STRANGER, actor("office", programme="zj-aksu")]

    def desks():
        assert [one.ref for one in outside if waiting_for(one, "warnings.open")] == []
        return waiting_for(KANGDING, "warnings.open"), waiting_for(OFFICE, "warnings.open")

    assert desks() == (page, page)
    act(by=KANGDING, at=AT, warning=found.uuid, action=Action.PLANNED, words="下月开工")
    assert desks() == ([], [])
    EarlyWarning.objects.update(
        rule=next(key for key in ENDED_BY_WORDS if key in ACTED_ON_UNDER[ProjectPermission.MOVE])
    )
    act(by=KANGDING, at=AT, warning=found.uuid, action=Action.EXPLAINED, words="图纸在改")
    assert desks() == ([], page)
    act(by=OFFICE, at=AT, warning=found.uuid, action=Action.DISMISSED, words="认可")
    assert desks() == ([], [])


def test_what_closes_by_itself_is_gone_from_the_desk_and_comes_back_when_it_holds_again():
    found = a_warning(rule="start_passed")
    project = Project.objects.get()

    Project.objects.update(planned_start_on=None)
    evaluated()
    assert waiting_for(KANGDING, "warnings.open") == []
    Project.objects.update(planned_start_on=project.planned_start_on)
    evaluated()
    again = EarlyWarning.objects.get(standing=True)
    assert again.pk != found.pk
    assert waiting_for(KANGDING, "warnings.open") == [f"/warnings/{again.uuid}/"]
