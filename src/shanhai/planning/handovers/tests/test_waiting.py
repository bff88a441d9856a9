# SPDX-License-Identifier: Apache-2.0
"""What waits for whom before a batch leaves."""

from datetime import date

import pytest

from shanhai.kernel.registry import registries
from shanhai.planning.handovers.providers import BeforeLeaving
from shanhai.planning.handovers.services import refresh, release, waive
from shanhai.planning.handovers.tests.builders import a_cause, a_handover, a_place_to_leave, only, the_item
from shanhai.planning.handovers.values import Responsible, ResponsibleKind
from tests.cast import AT, AUDITOR, DEPUTY, KANGDING, LEAD, OFFICE, STRANGER, actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def handover(monkeypatch):
    """A paper of the group's lead, and one of somebody else, in a hand-over due in five weeks."""
    a_place_to_leave()
    mine = Responsible(ResponsibleKind.PERSON, LEAD.ref)
    only(monkeypatch, a_cause(label="验收报告", responsible=mine), a_cause(label="移交清单"))
    return a_handover()


def waiting_for(viewer):
    return [
        (todo.label, todo.status, str(todo.why))
        for todo in BeforeLeaving().find(viewer=viewer, programme="zj-ganzi", at=AT)
    ]


def test_hand_overs_stand_in_the_menu_and_among_what_waits():
    assert registries.menu.get("handovers").order == 70
    assert isinstance(registries.todos.get("handovers.items"), BeforeLeaving)


@pytest.mark.parametrize("viewer", [OFFICE, DEPUTY], ids=["office", "commander"])
def test_who_manages_hand_overs_sees_how_much_is_left(handover, viewer):
    assert waiting_for(viewer) == [
        ("第 9 批离任交接", "wait", "离任前还有 2 项未办，2026-12-31 离任。请催办，或由指挥长写明理由放行。")
    ]


def test_within_a_month_it_is_urgent(monkeypatch):
    a_place_to_leave()
    only(monkeypatch, a_cause())
    a_handover(due_on=date(2026, 12, 22))

    assert [status for _, status, _ in waiting_for(OFFICE)] == ["late"]


def test_when_nothing_is_left_the_release_waits(handover, monkeypatch):
    only(monkeypatch)
    refresh(by=OFFICE, at=AT, handover=handover.uuid)

    assert waiting_for(OFFICE) == [("第 9 批离任交接", "wait", "没有未办的事项，2026-12-31 离任。请准予离任。")]
    assert waiting_for(LEAD) == []


def test_his_own_items_wait_for_who_answers_for_them(handover):
    (todo,) = BeforeLeaving().find(viewer=LEAD, programme="zj-ganzi", at=AT)

    assert (todo.label, todo.due, todo.url) == ("验收报告", "2026-12-31", f"/handovers/{handover.uuid}/")


@pytest.mark.parametrize("viewer", [AUDITOR, KANGDING, STRANGER], ids=lambda one: one.name)
def test_for_others_nothing_waits(handover, viewer):
    assert waiting_for(viewer) == []


def test_nothing_waits_once_the_batch_is_released(handover, monkeypatch):
    only(monkeypatch)
    release(by=OFFICE, at=AT, handover=handover.uuid)

    assert waiting_for(OFFICE) == waiting_for(LEAD) == []


def test_what_waits_takes_three_queries(handover, django_assert_num_queries):
    with django_assert_num_queries(3):
        waiting_for(OFFICE)
    with django_assert_num_queries(1):
        waiting_for(LEAD)


def test_after_each_move_of_an_item_its_owner_finds_it_and_nobody_elsewhere_does(monkeypatch):
    a_place_to_leave()
    mine = a_cause(label="验收报告", responsible=Responsible(ResponsibleKind.PERSON, LEAD.ref), place="513301")
    only(monkeypatch, mine)
    found = a_handover()
    outside = [actor("work_group_lead", programme="zj-ganzi", place="513322", ref=LEAD.ref), AUDITOR, KANGDING]

    def desks():
        assert [one.name for one in outside if waiting_for(one)] == []
        return [label for label, _, _ in waiting_for(LEAD)], "没有未办" in waiting_for(OFFICE)[0][2]

    assert desks() == (["验收报告"], False)
    only(monkeypatch)
    refresh(by=OFFICE, at=AT, handover=found.uuid)
    assert desks() == ([], True)
    only(monkeypatch, mine)
    refresh(by=OFFICE, at=AT, handover=found.uuid)
    assert desks() == (["验收报告"], False)
    waive(by=DEPUTY, at=AT, item=the_item(label="验收报告").uuid, because="交第十批接着办")
    assert desks() == ([], True)
    release(by=OFFICE, at=AT, handover=found.uuid)
    assert waiting_for(OFFICE) == waiting_for(LEAD) == []
