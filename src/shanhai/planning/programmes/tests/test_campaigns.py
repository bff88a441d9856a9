# SPDX-License-Identifier: Apache-2.0
"""Campaigns, their actions and tasks, and the reports on them."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.errors import BadInput, Conflict, NotAllowed, NotVisible
from shanhai.kernel.states import IllegalMove
from shanhai.planning.programmes.campaigns.selectors import list_campaign_summaries
from shanhai.planning.programmes.campaigns.services import campaigns, tasks
from shanhai.planning.programmes.models import Task, TaskReport
from shanhai.planning.programmes.tests.builders import a_campaign, a_group, a_programme, a_task, an_action
from tests.cast import AT, AUDITOR, FINANCE, KANGDING, LEAD, OFFICE, STRANGER, actor
from tests.refusals import refused

TODAY = date(2026, 11, 22)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("reported", "mean"),
    [
        ([], None),
        (["drop"], None),
        ([40], 40),
        ([100, 25], 63),
        ([100, 0, 0], 33),
        ([100, "drop"], 100),
    ],
)
def test_an_action_has_come_as_far_as_the_mean_of_its_tasks(reported, mean):
    a_programme()
    action = an_action(campaign=a_campaign().uuid)
    for number, percent in enumerate(reported):
        task = a_task(action=action.uuid, name=f"任务{number}")
        if percent == "drop":
            tasks.report_progress(by=LEAD, at=AT, task=task.uuid, progress_percent=90)
            tasks.drop_task(by=OFFICE, at=AT, task=task.uuid, because="并项")
        else:
            tasks.report_progress(by=LEAD, at=AT, task=task.uuid, progress_percent=percent)

    (campaign,) = list_campaign_summaries(viewer=OFFICE, programme="zj-ganzi", on=TODAY)

    assert [one.progress_percent for one in (campaign, *campaign.actions)] == [mean, mean]


@pytest.fixture
def task(db) -> Task:
    a_programme()
    return a_task(action=an_action(campaign=a_campaign().uuid).uuid)


@pytest.mark.django_db
def test_actions_and_tasks_are_numbered_in_the_order_of_adding():
    a_programme()
    campaign = a_campaign()
    first = an_action(campaign=campaign.uuid, name="产业提升行动")
    second = an_action(campaign=campaign.uuid, name="就业提升行动")
    a_task(action=first.uuid, name="甲", helpers=["综合组"], measure="立项")
    a_task(action=first.uuid, name="乙", due_on=None)
    a_task(action=second.uuid, name="丙")

    (board,) = list_campaign_summaries(viewer=AUDITOR, programme="zj-ganzi", on=TODAY)

    assert (board.year, board.name) == (2022, "融冰化雪")
    assert [(a.position, a.name, [t.name for t in a.standing]) for a in board.actions] == [
        (1, "产业提升行动", ["甲", "乙"]),
        (2, "就业提升行动", ["丙"]),
    ]
    task = Task.objects.get(uuid=board.actions[0].standing[0].uuid)
    assert ([group.name for group in task.helpers.all()], task.measure) == (["综合组"], "立项")
    assert task.due_on == date(2022, 12, 31)


def test_campaigns_ask_two_questions_whatever_their_length(task, django_assert_num_queries):
    for year in (2021, 2023):
        campaign = a_campaign(year=year, name="雕冰琢雪")
        for _ in range(3):
            action = an_action(campaign=campaign.uuid)
            a_task(action=action.uuid)

    with django_assert_num_queries(2):
        boards = list_campaign_summaries(viewer=AUDITOR, programme="zj-ganzi", on=TODAY)

    assert [board.year for board in boards] == [2023, 2022, 2021]
    assert [len(board.actions) for board in boards] == [3, 1, 3]


def test_a_board_is_seen_with_its_programme(task):
    assert len(list_campaign_summaries(viewer=KANGDING, programme="zj-ganzi", on=TODAY)) == 1
    with pytest.raises(NotVisible):
        list_campaign_summaries(viewer=STRANGER, programme="zj-ganzi", on=TODAY)


def test_a_report_moves_the_task_and_keeps_what_was_before(task):
    tasks.report_progress(by=LEAD, at=AT, task=task.uuid, progress_percent=60, note="招标完成")
    tasks.report_progress(by=LEAD, at=AT, task=task.uuid, progress_percent=100)
    tasks.report_progress(by=LEAD, at=AT, task=task.uuid, progress_percent=80, note="验收未过")

    task.refresh_from_db()
    reports = TaskReport.objects.order_by("pk").values_list("old", "new", "progress_percent", "note", "by")
    assert (task.state, task.progress_percent) == ("open", 80)
    assert list(reports) == [
        ("open", "open", 60, "招标完成", "user:work_group_lead"),
        ("open", "done", 100, "", "user:work_group_lead"),
        ("done", "open", 80, "验收未过", "user:work_group_lead"),
    ]
    assert AuditRow.objects.filter(action="programmes.task.reported").first().changes == {
        "state": ["open", "open"],
        "progress_percent": [0, 60],
    }


def test_a_task_is_dropped_with_a_reason_and_taken_up_again_by_a_report(task):
    tasks.report_progress(by=LEAD, at=AT, task=task.uuid, progress_percent=60)

    with refused(BadInput, "programmes.text_not_accepted"):
        tasks.drop_task(by=OFFICE, at=AT, task=task.uuid, because=" ")
    dropped = tasks.drop_task(by=OFFICE, at=AT, task=task.uuid, because="并入州级项目")
    with pytest.raises(IllegalMove):
        tasks.report_progress(by=LEAD, at=AT, task=task.uuid, progress_percent=100)
    taken_up = tasks.report_progress(by=LEAD, at=AT, task=task.uuid, progress_percent=70)

    assert (dropped.state, dropped.progress_percent) == ("dropped", 60)
    assert (taken_up.state, taken_up.progress_percent) == ("open", 70)


def test_a_task_that_is_done_or_dropped_is_not_dropped(task):
    tasks.report_progress(by=LEAD, at=AT, task=task.uuid, progress_percent=100)
    with pytest.raises(IllegalMove):
        tasks.drop_task(by=OFFICE, at=AT, task=task.uuid, because="x")
    tasks.report_progress(by=LEAD, at=AT, task=task.uuid, progress_percent=50)
    tasks.drop_task(by=OFFICE, at=AT, task=task.uuid, because="x")

    with pytest.raises(IllegalMove):
        tasks.drop_task(by=OFFICE, at=AT, task=task.uuid, because="y")


@pytest.mark.parametrize("progress", [-1, 101, 10**30])
def test_a_progress_that_is_no_percentage_is_refused(task, progress):
    with refused(BadInput, "programmes.progress_not_a_percentage", match="0 到 100"):
        tasks.report_progress(by=LEAD, at=AT, task=task.uuid, progress_percent=progress)

    assert not TaskReport.objects.exists()


def test_a_note_that_is_too_long_leaves_nothing(task):
    with refused(BadInput, "programmes.text_not_accepted"):
        tasks.report_progress(by=LEAD, at=AT, task=task.uuid, progress_percent=50, note="长" * 2001)

    task.refresh_from_db()
    assert task.progress_percent == 0


@pytest.mark.parametrize("by", [AUDITOR, FINANCE, KANGDING], ids=lambda one: one.name)
def test_those_who_see_tasks_do_not_all_report(task, by):
    for act in (
        lambda: tasks.report_progress(by=by, at=AT, task=task.uuid, progress_percent=50),
        lambda: tasks.drop_task(by=by, at=AT, task=task.uuid, because="x"),
        lambda: a_task_by(by, task),
    ):
        with pytest.raises(NotAllowed):
            act()


def a_task_by(by, task: Task) -> Task:
    return tasks.add_task(by=by, at=AT, action=task.action.uuid, name="x", owner_group="产业组")


def test_a_lead_reports_only_in_his_programme_and_plans_nothing(task):
    elsewhere = actor("work_group_lead", programme="zj-aksu")

    with pytest.raises(NotVisible):
        tasks.report_progress(by=elsewhere, at=AT, task=task.uuid, progress_percent=50)
    with pytest.raises(NotAllowed):
        a_task_by(LEAD, task)
    with pytest.raises(NotAllowed):
        campaigns.add_action(by=LEAD, at=AT, campaign=task.action.campaign.uuid, name="x")
    with pytest.raises(NotAllowed):
        campaigns.start_campaign(by=LEAD, at=AT, programme="zj-ganzi", year=2023, name="x")


def test_what_is_not_there_is_not_found(task):
    for act in (
        lambda: tasks.report_progress(by=LEAD, at=AT, task=uuid4(), progress_percent=50),
        lambda: campaigns.add_action(by=OFFICE, at=AT, campaign=uuid4(), name="x"),
        lambda: tasks.add_task(by=OFFICE, at=AT, action=uuid4(), name="x", owner_group="产业组"),
    ):
        with pytest.raises(NotVisible):
            act()


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        ({"name": "融冰化雪", "year": 2022}, (Conflict, "programmes.campaign_already_there")),
        ({"name": "", "year": 2023}, (BadInput, "programmes.text_not_accepted")),
        ({"name": "x", "year": 2020}, (BadInput, "programmes.year_outside")),
        ({"name": "x", "year": 2023, "provenance": "hearsay"}, (BadInput, "programmes.provenance_unknown")),
        (
            {"name": "x", "year": 2023, "starts_on": date(2023, 6, 1), "due_on": date(2023, 5, 31)},
            (BadInput, "programmes.dates_out_of_order"),
        ),
    ],
)
def test_a_bad_campaign_is_refused(task, facts, error):
    with refused(error):
        campaigns.start_campaign(by=OFFICE, at=AT, programme="zj-ganzi", **facts)


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        ({"name": ""}, (BadInput, "programmes.text_not_accepted")),
        ({"name": "长" * 201}, (BadInput, "programmes.text_not_accepted")),
        ({"measure": "长" * 201}, (BadInput, "programmes.text_not_accepted")),
        ({"owner_group": " "}, (BadInput, "programmes.group_unknown")),
        ({"owner_group": "没有的组"}, (BadInput, "programmes.group_unknown")),
        ({"helpers": ["没有的组"]}, (BadInput, "programmes.group_unknown")),
        ({"starts_on": date(2022, 6, 1), "due_on": date(2022, 5, 31)}, (BadInput, "programmes.due_before_start")),
        ({"due_on": date(2021, 12, 31)}, (BadInput, "programmes.due_before_start")),
    ],
    ids=str,
)
def test_a_bad_task_is_refused(task, facts, error):
    given = {"name": "x", "owner_group": "产业组", **facts}

    with refused(error):
        tasks.add_task(by=OFFICE, at=AT, action=task.action.uuid, **given)
    with refused(error):
        tasks.correct_task(by=OFFICE, at=AT, task=task.uuid, **given)

    assert Task.objects.count() == 1


def test_a_task_is_written_anew_and_the_trail_says_what_changed(task):
    a_group(name="综合组")
    tasks.report_progress(by=LEAD, at=AT, task=task.uuid, progress_percent=30)

    tasks.correct_task(
        by=OFFICE, at=AT, task=task.uuid, name=task.name, owner_group="综合组", helpers=["产业组"], due_on=task.due_on
    )

    task.refresh_from_db()
    assert (task.group.name, [one.name for one in task.helpers.all()], task.progress_percent) == (
        "综合组",
        ["产业组"],
        30,
    )
    assert AuditRow.objects.filter(action="programmes.task.corrected").get().changes == {
        "owner_group": ["产业组", "综合组"],
        "helpers": [[], ["产业组"]],
    }


def test_only_a_member_of_the_group_reports_for_it(task):
    outsider = actor("work_group_lead", ref="user:somebody-else")

    with pytest.raises(NotAllowed, match="产业组"):
        tasks.report_progress(by=outsider, at=AT, task=task.uuid, progress_percent=50)
    tasks.report_progress(by=OFFICE, at=AT, task=task.uuid, progress_percent=50)

    task.refresh_from_db()
    assert task.progress_percent == 50


@pytest.mark.parametrize(
    "change",
    [
        {"state": "lost"},
        {"progress_percent": 101},
        {"progress_percent": 100},
        {"state": "done"},
        {"name": ""},
        {"starts_on": date(2023, 1, 1)},
        {"position": 0},
    ],
    ids=str,
)
def test_the_database_refuses_what_must_not_be_true(task, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.filter(pk=task.pk).update(**change)


def test_campaigns_are_summed_up_by_action_in_one_query(task, django_assert_num_queries):
    action = task.action
    tasks.report_progress(by=LEAD, at=AT, task=task.uuid, progress_percent=100)
    a_task(action=action.uuid, name="晚", due_on=date(2022, 1, 31))
    tasks.drop_task(by=OFFICE, at=AT, task=a_task(action=action.uuid, name="弃").uuid, because="并项")
    a_campaign(year=2023, name="空")

    with django_assert_num_queries(2):
        empty, found = list_campaign_summaries(viewer=OFFICE, programme="zj-ganzi", on=TODAY)

    assert (empty.name, empty.actions, empty.tasks) == ("空", (), 0)
    (summed,) = found.actions
    assert (summed.tasks, summed.done, summed.late, summed.progress_percent) == (2, 1, 1, 50)
    assert (found.tasks, found.done, found.late) == (2, 1, 1)
