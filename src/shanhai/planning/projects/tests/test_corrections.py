# SPDX-License-Identifier: Apache-2.0
"""A step that was wrong is taken back, and stays in the history; what hangs on it goes first."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.errors import BadInput, Conflict, NotAllowed, NotVisible, Refused
from shanhai.kernel.money import Money
from shanhai.planning.programmes.models import YearlyPlan
from shanhai.planning.programmes.plans.services.plans import close_yearly_plan
from shanhai.planning.projects.core.services import revise_amounts
from shanhai.planning.projects.dossier.selectors.facts_for_warnings import move_tuples
from shanhai.planning.projects.dossier.services.corrections import take_back_approval, take_back_asset, take_back_move
from shanhai.planning.projects.dossier.services.filing import note_progress
from shanhai.planning.projects.dossier.services.stages import approve_settlement, move, transfer_asset
from shanhai.planning.projects.models import AllocationLine, LineChange, Project, StageMove, Suspension
from shanhai.planning.projects.states import Stage
from shanhai.planning.projects.tests.builders import (
    a_line,
    a_programme,
    a_project,
    cancelled,
    some_money,
    without_gates,
)
from tests.cast import AT, AUDITOR, KANGDING, OFFICE, STRANGER
from tests.refusals import refused

pytestmark = pytest.mark.django_db
BUILT_UPON = (Refused, "projects.step_built_upon")


def at_stage(stage="ready", **kw):
    a_programme()
    return without_gates(a_project(stage=stage, **kw))


def go(project, to, on, **kw):
    return move(by=OFFICE, at=AT, project=project.uuid, to=Stage(to), on=on, **kw)


def back(project, because="记错了项目", **kw):
    return take_back_move(**{"by": OFFICE, "at": AT, "project": project.uuid, "because": because, **kw})


def history():
    return [(step.kind, step.old, step.new) for step in StageMove.objects.order_by("pk")]


@pytest.mark.parametrize(
    ("stage", "to", "column"),
    [("ready", "under_way", "started_on"), ("under_way", "completed", "finished_on")],
)
def test_the_project_stands_where_it_stood_and_both_moves_are_kept(stage, to, column):
    project = at_stage(stage)
    go(project, to, date(2026, 9, 1))

    back(project)

    stored = Project.objects.get()
    assert (stored.stage, getattr(stored, column)) == (stage, None)
    assert history() == [("step", "", stage), ("taken_back", stage, to), ("correction", to, stage)]
    row = AuditRow.objects.get(action="projects.project.move_taken_back")
    assert (row.because, row.changes) == ("记错了项目", {"stage": [to, stage], column: ["2026-09-01", None]})


def test_a_wrong_stop_was_none_and_a_wrong_restart_leaves_it_open():
    project = at_stage("under_way")
    go(project, "suspended", date(2026, 9, 1), because="入冬")
    go(project, "under_way", date(2026, 10, 1))

    back(project)
    assert Suspension.objects.get().restarted_on is None
    back(project)

    assert (Project.objects.get().stage, Suspension.objects.count()) == ("under_way", 0)
    with refused(Refused, "projects.step_not_taken_back", match="登记时就在这个阶段"):
        back(project)


def test_what_hangs_on_the_step_is_named_and_goes_first():
    project = at_stage("completed")
    Project.objects.update(finished_on=date(2026, 8, 1))
    go(project, "accepted", date(2026, 9, 1))
    uuid, money = project.uuid, Money.from_yuan(90)
    approve_settlement(by=OFFICE, at=AT, project=uuid, approved=money, surplus=Money(0), on=date(2026, 10, 1))
    asset = transfer_asset(
        by=OFFICE, at=AT, project=uuid, asset="教学楼", keeper="教育局", value=money, on=date(2026, 11, 1)
    )

    with refused(*BUILT_UPON, match="教学楼"):
        back(project)
    with refused(Refused, "projects.approval_not_taken_back"):
        take_back_approval(by=OFFICE, at=AT, project=uuid, because="看错")
    take_back_asset(by=OFFICE, at=AT, project=uuid, asset=asset.uuid, because="看错")
    with refused(*BUILT_UPON, match="决算 2026-10-01 已经批复"):
        back(project)
    take_back_approval(by=OFFICE, at=AT, project=uuid, because="看错")
    back(project)

    assert Project.objects.get().stage == "completed"
    trail = AuditRow.objects.get(action="projects.asset.taken_back").changes
    assert (trail["asset"], trail["value_fen"]) == (["教学楼", None], [9000, None])


def test_a_start_is_not_taken_back_under_payments_and_progress():
    project = at_stage(yuan=100)
    line = project.lines.get()
    for act in ("arrive", "allot"):
        some_money(act, line, 50)
    go(project, "under_way", date(2026, 6, 1))
    some_money("pay", line, 50)

    with refused(*BUILT_UPON, match="已经支付"):
        back(project)

    other = without_gates(a_project(code="GZ-2", stage="ready"))
    go(other, "under_way", date(2026, 6, 1))
    note_progress(by=OFFICE, at=AT, project=other.uuid, percent=10, words="开挖", on=date(2026, 7, 1))
    with refused(*BUILT_UPON, match="10%"):
        back(other)
    note_progress(
        by=OFFICE, at=AT, project=other.uuid, percent=0, words="报错了项目", on=date(2026, 7, 1), corrects=True
    )
    assert back(other).stage == "ready"


def test_a_cancelled_stop_is_open_again_and_lines_have_what_they_had_that_very_day():
    project = at_stage("under_way", yuan=500)
    go(project, "suspended", date(2026, 9, 1), because="入冬")
    (line,) = project.lines.all()
    revise_amounts(by=OFFICE, at=AT, amounts={line.uuid: Money.from_yuan(400)}, because="核减")
    cancelled(project)

    assert back(project).stage == "suspended"

    assert Suspension.objects.get().restarted_on is None
    assert [*LineChange.objects.values_list("amount_fen")] == [(50_000,)]
    assert Project.objects.get().lines.get().amount_fen == 40_000
    trail = AuditRow.objects.get(action="projects.line.given_again").changes
    assert trail["amount_fen"] == [0, 40_000]
    cancelled(project)
    back(project)
    assert Project.objects.get().lines.get().amount_fen == 40_000


def test_a_cancellation_whose_money_went_to_others_or_whose_year_is_closed_stays():
    project = at_stage("under_way", yuan=6000)
    cancelled(project)
    other = a_line(project=a_project(code="GZ-2"), yuan=4001)

    with refused(Refused, "projects.plan_overdrawn", match="只剩 5,999"):
        back(project)
    assert Project.objects.get(code=project.code).stage == "cancelled"
    AllocationLine.objects.filter(pk=other.pk).delete()
    close_yearly_plan(by=OFFICE, at=AT, plan=YearlyPlan.objects.get().uuid)
    with refused(Refused, match="2026 年的计划已经关闭"):
        back(project)

    assert Project.objects.get(code=project.code).lines.get().amount_fen == 0


def test_who_may_not_correct_and_who_saw_another_stage_change_nothing():
    project = at_stage()
    go(project, "under_way", date(2026, 6, 1))

    for who in (KANGDING, AUDITOR):
        with pytest.raises(NotAllowed):
            back(project, by=who)
    with pytest.raises(NotVisible):
        back(project, by=STRANGER)
    with refused(BadInput, "projects.reason_missing"):
        back(project, because=" \x00")
    with refused(Conflict, "projects.stage_moved_meanwhile"):
        back(project, seen_stage=Stage.READY)

    assert Project.objects.get().stage == "under_way"
    with pytest.raises(IntegrityError), transaction.atomic():
        StageMove.objects.filter(old="ready").update(kind="correction")


def test_warnings_read_what_stands():
    project = at_stage("under_way")
    StageMove.objects.update(on_date=date(2026, 5, 1))
    go(project, "completed", date(2026, 9, 1))
    back(project)

    assert move_tuples(viewer=OFFICE, programme="zj-ganzi")[project.pk].on_date == date(2026, 5, 1)
