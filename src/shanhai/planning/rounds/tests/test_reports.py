# SPDX-License-Identifier: Apache-2.0
"""A group's report: written, handed in, returned, accepted into the tasks."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from shanhai.kernel.errors import BadInput, Conflict, NotAllowed, NotVisible, Refused
from shanhai.kernel.states import IllegalMove
from shanhai.planning.programmes.campaigns.services import tasks
from shanhai.planning.programmes.models import Task, TaskReport
from shanhai.planning.programmes.tests.builders import a_campaign, a_group, a_programme, a_task, an_action
from shanhai.planning.rounds import services
from shanhai.planning.rounds.models import GroupReport
from shanhai.planning.rounds.selectors import get_report, list_waiting
from shanhai.planning.rounds.states import REPORT_MOVES, ReportState
from shanhai.planning.rounds.tests.builders import a_round, report_of
from shanhai.planning.rounds.values import Said, unsaid
from tests.cast import AT, AUDITOR, DEPUTY, LEAD, OFFICE, STRANGER, actor
from tests.refusals import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def action():
    a_programme()
    return an_action(campaign=a_campaign().uuid)


@pytest.fixture
def task(action):
    return a_task(action=action.uuid, name="牦牛集群", due_on=date(2022, 12, 31))


@pytest.fixture
def report(task):
    a_group(name="医疗组", members=())
    return report_of(a_round(), "产业组")


def save(report, lines, by=LEAD, summary="招标完成，开工。", **kw):
    return services.save_report(by=by, at=AT, report=report.uuid, summary=summary, lines=lines, **kw)


def submit(report, by=LEAD):
    return services.submit_report(by=by, at=AT, report=report.uuid)


def accept(report, by=OFFICE, because=""):
    return services.accept_report(by=by, at=AT, report=report.uuid, because=because)


def send_back(report, because="写明金额", by=OFFICE):
    return services.return_report(by=by, at=AT, report=report.uuid, because=because)


def state_of(report):
    return GroupReport.objects.get(pk=report.pk).state


def test_a_report_is_written_returned_corrected_and_accepted_into_the_tasks(report, task):
    save(report, {task.uuid: Said(40, "立项")})
    submit(report)
    send_back(report)
    save(report, {task.uuid: Said(45, "立项，投资 300 万元")})
    submit(report)
    task.refresh_from_db()
    untouched = task.progress_percent
    accept(report, because="同意")

    task.refresh_from_db()
    assert (untouched, task.progress_percent) == (0, 45)
    assert TaskReport.objects.get().note == "立项，投资 300 万元"
    moves = report.moves.order_by("pk").values_list("old", "new", "by", "because")
    assert list(moves) == [
        ("draft", "submitted", "user:work_group_lead", ""),
        ("submitted", "returned", "user:office", "写明金额"),
        ("returned", "submitted", "user:work_group_lead", ""),
        ("submitted", "accepted", "user:office", "同意"),
    ]


LEGAL = [(old, new) for old in ReportState for new in REPORT_MOVES[old]]


@pytest.mark.parametrize("old", list(ReportState), ids=str)
@pytest.mark.parametrize("new", [ReportState.SUBMITTED, ReportState.RETURNED, ReportState.ACCEPTED], ids=str)
def test_every_state_and_move(report, task, old, new):
    save(report, {task.uuid: Said(40, "立项")})
    report_of(report.round, "产业组", state=old, submitted_by="user:other")
    act = {ReportState.SUBMITTED: submit, ReportState.RETURNED: send_back, ReportState.ACCEPTED: accept}[new]

    if (old, new) in LEGAL:
        act(report)
        assert state_of(report) == new
    else:
        with pytest.raises(IllegalMove):
            act(report)
        assert state_of(report) == old


@pytest.mark.parametrize(
    ("percent_now", "said", "complete"),
    [
        (30, None, False),
        (30, Said(None, "还没有数"), False),
        (30, Said(30), False),
        (30, Said(30, "等冬歇"), True),
        (30, Said(20), False),
        (30, Said(20, "返工"), True),
        (30, Said(31), True),
    ],
    ids=str,
)
def test_no_progress_needs_words(percent_now, said, complete):
    assert (unsaid([("任务", percent_now, said)]) == []) is complete


def test_what_is_missing_is_named_and_the_draft_is_kept(report, task, action):
    other = a_task(action=action.uuid, name="冷库")
    save(report, {task.uuid: Said(40)}, summary="")

    with refused(Refused, "rounds.report_incomplete", match="本月小结、冷库"):
        submit(report)

    assert state_of(report) == "draft"
    assert [line.task_id for line in report.lines.all()] == [task.pk]
    assert other.pk not in {line.task_id for line in report.lines.all()}


def test_what_was_handed_in_is_not_written_in(report, task):
    save(report, {task.uuid: Said(40)})
    submit(report)

    with refused(Conflict, "rounds.report_not_in_hand"):
        save(report, {task.uuid: Said(90)})


def test_a_task_of_another_group_or_one_that_is_done_is_not_reported_on(report, task, action):
    other = a_task(action=action.uuid, name="供氧", owner_group="医疗组")
    done = a_task(action=action.uuid, name="冷库")
    tasks.report_progress(by=LEAD, at=AT, task=done.uuid, progress_percent=100)

    for key in (other.uuid, done.uuid, uuid4()):
        with refused(BadInput, "rounds.task_not_of_group"):
            save(report, {key: Said(50)})


@pytest.mark.parametrize(
    ("lines", "summary", "error"),
    [
        (Said(101), "x", (BadInput, "rounds.percent_not_accepted")),
        (Said(-1), "x", (BadInput, "rounds.percent_not_accepted")),
        (Said(10**9), "x", (BadInput, "rounds.percent_not_accepted")),
        (Said(10, "长" * 1001), "x", (BadInput, "rounds.too_long")),
        (Said(10), "长" * 4001, (BadInput, "rounds.too_long")),
        (Said(10), "a\x00b", (BadInput, "rounds.too_long")),
        (Said(10), "\ud800", (BadInput, "rounds.too_long")),
    ],
    ids=["above", "below", "huge", "words", "summary", "nul", "surrogate"],
)
def test_bad_input_leaves_nothing(report, task, lines, summary, error):
    with refused(error):
        save(report, {task.uuid: lines}, summary=summary)

    assert not report.lines.exists()
    assert GroupReport.objects.get(pk=report.pk).summary == ""


def test_a_report_is_returned_only_with_a_reason(report, task):
    save(report, {task.uuid: Said(40)})
    submit(report)

    with refused(Refused, "rounds.report_incomplete"):
        send_back(report, because=" ")

    assert state_of(report) == "submitted"


def test_nobody_accepts_what_he_handed_in_himself(report, task):
    save(report, {task.uuid: Said(40)}, by=OFFICE)
    submit(report, by=OFFICE)

    with refused(Refused, "rounds.own_report"):
        accept(report, by=OFFICE)
    accept(report, by=DEPUTY)

    assert state_of(report) == "accepted"


def test_a_task_that_moved_meanwhile_is_not_thrown_back(report, task):
    save(report, {task.uuid: Said(40)})
    submit(report)
    tasks.report_progress(by=OFFICE, at=AT, task=task.uuid, progress_percent=70)

    with refused(Conflict, "rounds.task_moved_meanwhile", match="牦牛集群"):
        accept(report)

    task.refresh_from_db()
    assert (task.progress_percent, state_of(report)) == (70, "submitted")


def test_a_task_that_was_given_up_meanwhile_is_not_taken_up_again(report, task):
    save(report, {task.uuid: Said(40)})
    submit(report)
    tasks.drop_task(by=OFFICE, at=AT, task=task.uuid, because="并项")

    with refused(Conflict, "rounds.task_moved_meanwhile"):
        accept(report)

    assert Task.objects.get(pk=task.pk).state == "dropped"


def test_accepting_at_a_hundred_finishes_the_task(report, task):
    save(report, {task.uuid: Said(100)})
    submit(report)
    accept(report)

    assert Task.objects.get(pk=task.pk).state == "done"


def test_only_the_group_writes_and_only_the_office_judges(report, task):
    outsider = actor("work_group_lead", ref="user:somebody-else")

    for by in (outsider, AUDITOR):
        with pytest.raises(NotAllowed):
            save(report, {task.uuid: Said(40)}, by=by)
        with pytest.raises(NotAllowed):
            submit(report, by=by)
    save(report, {task.uuid: Said(40)})
    submit(report)
    for by in (LEAD, AUDITOR):
        with pytest.raises(NotAllowed):
            accept(report, by=by)
        with pytest.raises(NotAllowed):
            send_back(report, by=by)
    for by in (STRANGER, actor("office", programme="zj-aksu")):
        with pytest.raises(NotVisible):
            accept(report, by=by)
        with pytest.raises(NotVisible):
            get_report(viewer=by, uuid=report.uuid)


def test_each_sees_what_waits_for_him(report, task):
    mine = [one.group.name for one in list_waiting(viewer=LEAD, programme="zj-ganzi")]
    save(report, {task.uuid: Said(40)})
    submit(report)

    assert mine == ["产业组"]
    assert list_waiting(viewer=LEAD, programme="zj-ganzi") == []
    assert [one.group.name for one in list_waiting(viewer=OFFICE, programme="zj-ganzi")] == ["产业组"]
    assert list_waiting(viewer=AUDITOR, programme="zj-ganzi") == []


def test_the_page_lists_open_tasks_to_be_filled_in_and_later_what_was_said(report, task, action):
    before = get_report(viewer=LEAD, uuid=report.uuid)
    save(report, {task.uuid: Said(40, "立项")})
    submit(report)
    accept(report)
    a_task(action=action.uuid, name="后来的任务")
    after = get_report(viewer=AUDITOR, uuid=report.uuid)

    assert [(line.task.name, line.percent) for line in before.lines] == [("牦牛集群", None)]
    assert before.may_write
    assert not before.may_judge
    assert [(line.task.name, line.percent_before, line.percent) for line in after.lines] == [("牦牛集群", 0, 40)]
    assert not after.may_write
    assert not after.may_judge


@pytest.mark.parametrize("change", [{"state": "lost"}, {"state": "submitted"}], ids=str)
def test_the_database_refuses_what_must_not_be_true(report, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        GroupReport.objects.filter(pk=report.pk).update(**change)
