# SPDX-License-Identifier: Apache-2.0
"""Moving a project from stage to stage."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.errors import Conflict, NotAllowed, NotVisible, Refused
from shanhai.kernel.states import IllegalMove
from shanhai.planning.projects.core.selectors import DayNotAccepted
from shanhai.planning.projects.dossier.services.stages import ReasonMissing, move
from shanhai.planning.projects.models import Project, StageMove
from shanhai.planning.projects.states import Stage
from shanhai.planning.projects.tests.builders import a_programme, a_project, without_gates
from shanhai.planning.projects.values import Dates
from tests.cast import AT, AUDITOR, FINANCE, KANGDING, LEAD, OFFICE, STRANGER
from tests.refusals import refused

pytestmark = pytest.mark.django_db
APRIL, JUNE, NOVEMBER = date(2026, 4, 12), date(2026, 6, 1), date(2026, 11, 1)


def test_a_project_goes_all_the_way_and_its_dates_follow():
    a_programme()
    project = without_gates(a_project(stage="ready"))

    move(by=KANGDING, at=AT, project=project.uuid, to=Stage.UNDER_WAY, on=APRIL)
    move(by=KANGDING, at=AT, project=project.uuid, to=Stage.SUSPENDED, on=JUNE, because="冬季停工")
    move(by=KANGDING, at=AT, project=project.uuid, to=Stage.UNDER_WAY, on=JUNE)
    move(by=KANGDING, at=AT, project=project.uuid, to=Stage.COMPLETED, on=NOVEMBER)
    move(by=OFFICE, at=AT, project=project.uuid, to=Stage.ACCEPTED)
    move(by=OFFICE, at=AT, project=project.uuid, to=Stage.SETTLED)
    move(by=OFFICE, at=AT, project=project.uuid, to=Stage.HANDED_OVER)

    stored = Project.objects.get()
    assert stored.stage == "handed_over"
    assert (stored.started_on, stored.finished_on, stored.accepted_on) == (APRIL, NOVEMBER, date(2026, 11, 22))
    assert StageMove.objects.count() == 8


def test_a_move_is_one_row_of_history_and_one_of_the_trail():
    a_programme()
    project = a_project(stage="under_way")

    move(by=KANGDING, at=AT, project=project.uuid, to=Stage.SUSPENDED, because="冬季停工", on=NOVEMBER)

    step = StageMove.objects.get(old="under_way")
    assert (step.new, step.by, step.at, step.on_date, step.because) == (
        "suspended", "user:county_user", AT, NOVEMBER, "冬季停工",
    )  # fmt: skip
    row = AuditRow.objects.get(action="projects.project.moved")
    assert row.changes == {"stage": ["under_way", "suspended"], "on": "2026-11-01"}
    assert (row.because, row.place) == ("冬季停工", "513301")


def test_a_project_is_cancelled_by_an_adjustment_only():
    a_programme()
    project = a_project(stage="under_way")

    with refused(Refused, "projects.cancelled_by_adjustment", match="提出调整"):
        move(by=OFFICE, at=AT, project=project.uuid, to=Stage.CANCELLED, because="选址变更")


@pytest.mark.parametrize("because", ["", "   "])
def test_a_stop_without_a_reason_is_refused(because):
    a_programme()
    project = a_project(stage="under_way")

    with pytest.raises(ReasonMissing):
        move(by=OFFICE, at=AT, project=project.uuid, to=Stage.SUSPENDED, because=because)

    assert Project.objects.get().stage == "under_way"


def test_who_saw_another_stage_is_told_that_somebody_was_first():
    a_programme()
    project = without_gates(a_project(stage="under_way"))
    move(by=OFFICE, at=AT, project=project.uuid, to=Stage.COMPLETED, seen_stage=Stage.UNDER_WAY)

    with refused(Conflict, "projects.stage_moved_meanwhile"):
        move(by=KANGDING, at=AT, project=project.uuid, to=Stage.SUSPENDED, because="停", seen_stage=Stage.UNDER_WAY)

    assert StageMove.objects.count() == 2


def test_an_illegal_move_changes_nothing():
    a_programme()
    project = a_project()

    with pytest.raises(IllegalMove):
        move(by=OFFICE, at=AT, project=project.uuid, to=Stage.COMPLETED)

    assert StageMove.objects.count() == 1
    assert not AuditRow.objects.filter(action="projects.project.moved").exists()


@pytest.mark.parametrize("on", [date(2026, 11, 23), date(1900, 1, 1)])
def test_a_day_that_cannot_be_is_refused(on):
    a_programme()
    project = without_gates(a_project(stage="ready"))

    with pytest.raises(DayNotAccepted):
        move(by=OFFICE, at=AT, project=project.uuid, to=Stage.UNDER_WAY, on=on)


def test_a_suspension_in_the_future_is_refused():
    a_programme()
    project = a_project(stage="under_way")

    with pytest.raises(DayNotAccepted):
        move(by=OFFICE, at=AT, project=project.uuid, to=Stage.SUSPENDED, because="停", on=date(2026, 12, 1))


def test_completion_before_the_start_is_refused():
    a_programme()
    project = without_gates(a_project(stage="under_way", dates=Dates(started_on=JUNE)))

    with pytest.raises(DayNotAccepted, match="早于实际开工"):
        move(by=OFFICE, at=AT, project=project.uuid, to=Stage.COMPLETED, on=APRIL)


def test_acceptance_wants_the_day_of_completion_first():
    a_programme()
    project = without_gates(a_project(stage="completed"))

    with pytest.raises(DayNotAccepted, match="先有完工"):
        move(by=OFFICE, at=AT, project=project.uuid, to=Stage.ACCEPTED)


@pytest.mark.parametrize("who", [AUDITOR, FINANCE, LEAD])
def test_who_may_only_look_moves_nothing(who):
    a_programme()
    project = a_project(stage="ready")

    with pytest.raises(NotAllowed):
        move(by=who, at=AT, project=project.uuid, to=Stage.UNDER_WAY)


def test_to_a_stranger_and_to_another_county_the_project_is_not_there():
    a_programme()
    project = a_project(stage="ready", place="513322")

    for who in (STRANGER, KANGDING):
        with pytest.raises(NotVisible):
            move(by=who, at=AT, project=project.uuid, to=Stage.UNDER_WAY)


def test_the_database_refuses_an_unexplained_suspension_and_an_unknown_stage():
    a_programme()
    project = a_project()
    row = {"project": project, "old": "under_way", "by": "x", "at": AT, "on_date": APRIL}

    with pytest.raises(IntegrityError), transaction.atomic():
        StageMove.objects.create(new="suspended", **row)
    with pytest.raises(IntegrityError), transaction.atomic():
        StageMove.objects.create(new="somewhere", **row)
