# SPDX-License-Identifier: Apache-2.0
"""Work groups and who belongs to them."""

from datetime import date
from uuid import uuid4

import pytest

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.errors import BadInput, Conflict, NotAllowed, NotVisible, Refused
from shanhai.planning.programmes.campaigns.selectors import list_groups, own_groups
from shanhai.planning.programmes.campaigns.services import campaigns as groups
from shanhai.planning.programmes.campaigns.services import tasks
from shanhai.planning.programmes.tests.builders import a_campaign, a_group, a_programme, a_task, an_action
from tests.cast import AT, DEPUTY, LEAD, OFFICE, a_user, actor, actor_of
from tests.refusals import refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def programme():
    return a_programme()


def test_a_group_is_added_once_under_a_name():
    group = groups.add_group(by=OFFICE, at=AT, programme="zj-ganzi", name=" 综合组 ", duty="协调")

    assert (group.name, group.duty) == ("综合组", "协调")
    with refused(Conflict, "programmes.group_already_there"):
        groups.add_group(by=OFFICE, at=AT, programme="zj-ganzi", name="综合组")


@pytest.mark.parametrize("name", ["", "  ", "长" * 61, "a\x00"])
def test_a_name_that_is_none_is_refused(name):
    with refused(BadInput, "programmes.text_not_accepted"):
        groups.add_group(by=OFFICE, at=AT, programme="zj-ganzi", name=name)


def test_a_renamed_group_keeps_its_tasks():
    task = a_task(action=an_action(campaign=a_campaign().uuid).uuid)
    a_group(name="综合组")

    groups.correct_group(by=OFFICE, at=AT, group=task.group.uuid, name="产业发展组")
    with refused(Conflict, "programmes.group_already_there"):
        groups.correct_group(by=OFFICE, at=AT, group=task.group.uuid, name="综合组")

    task.group.refresh_from_db()
    assert task.group.name == "产业发展组"
    assert AuditRow.objects.get(action="programmes.group.corrected").changes == {"name": ["产业组", "产业发展组"]}


def test_a_group_with_open_tasks_is_not_retired_and_a_retired_one_gets_none():
    task = a_task(action=an_action(campaign=a_campaign().uuid).uuid)
    group = task.group

    with refused(Refused, "programmes.group_at_work", match="1 项"):
        groups.retire_group(by=OFFICE, at=AT, group=group.uuid, on=date(2022, 6, 1))
    tasks.report_progress(by=LEAD, at=AT, task=task.uuid, progress_percent=100)
    groups.retire_group(by=OFFICE, at=AT, group=group.uuid, on=date(2022, 6, 1))

    assert list_groups(viewer=OFFICE, programme="zj-ganzi") == []
    assert [one.name for one in list_groups(viewer=OFFICE, programme="zj-ganzi", retired=True)] == ["产业组"]
    with refused(BadInput, "programmes.group_unknown"):
        tasks.add_task(by=OFFICE, at=AT, action=task.action.uuid, name="x", owner_group="产业组")


def test_members_are_chosen_among_those_who_may_report():
    group = a_group(members=())
    lead = actor_of(a_user("work_group_lead", username="lead", programme="zj-ganzi"))
    auditor = actor_of(a_user("auditor", username="auditor"))
    elsewhere = actor_of(a_user("work_group_lead", username="elsewhere", programme="zj-aksu"))

    groups.choose_members(by=OFFICE, at=AT, group=group.uuid, refs=[lead.ref])
    for other in (auditor, elsewhere, actor(None, ref="user:nobody")):
        with refused(BadInput, "programmes.member_unknown"):
            groups.choose_members(by=OFFICE, at=AT, group=group.uuid, refs=[lead.ref, other.ref])

    assert [one.ref for one in group.members.all()] == [lead.ref]
    assert [one.name for one in own_groups(viewer=lead, programme="zj-ganzi")] == ["产业组"]
    # A post that was taken away takes the groups with it, whoever is still listed in them.
    assert own_groups(viewer=actor("auditor", ref=lead.ref), programme="zj-ganzi") == []


def test_who_has_left_the_headquarters_may_be_kept_or_taken_out():
    group = a_group(members=(LEAD,))
    lead = actor_of(a_user("work_group_lead", username="lead"))

    groups.choose_members(by=OFFICE, at=AT, group=group.uuid, refs=[LEAD.ref, lead.ref])
    groups.choose_members(by=OFFICE, at=AT, group=group.uuid, refs=[lead.ref])

    assert [one.ref for one in group.members.all()] == [lead.ref]
    assert AuditRow.objects.filter(action="programmes.group.members_chosen").count() == 2


def test_only_who_manages_the_programme_touches_groups():
    group = a_group()

    for act in (
        lambda: groups.add_group(by=LEAD, at=AT, programme="zj-ganzi", name="x"),
        lambda: groups.correct_group(by=LEAD, at=AT, group=group.uuid, name="x"),
        lambda: groups.retire_group(by=LEAD, at=AT, group=group.uuid, on=date(2022, 1, 1)),
        lambda: groups.choose_members(by=LEAD, at=AT, group=group.uuid, refs=[LEAD.ref]),
    ):
        with pytest.raises(NotAllowed):
            act()
    with pytest.raises(NotVisible):
        groups.correct_group(by=OFFICE, at=AT, group=uuid4(), name="x")
    with pytest.raises(NotVisible):
        groups.correct_group(by=actor("office", programme="zj-aksu"), at=AT, group=group.uuid, name="x")


def test_groups_are_listed_with_how_much_waits_in_a_fixed_number_of_queries(django_assert_num_queries):
    action = an_action(campaign=a_campaign().uuid)
    for number in range(3):
        a_task(action=action.uuid, name=f"任务{number}", owner_group=f"组{number % 2}")

    with django_assert_num_queries(3):
        found = [
            (one.name, one.open_tasks, len(one.members.all()))
            for one in list_groups(viewer=DEPUTY, programme="zj-ganzi")
        ]

    assert found == [("组0", 2, 1), ("组1", 1, 1)]
