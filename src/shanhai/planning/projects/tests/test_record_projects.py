# SPDX-License-Identifier: Apache-2.0
"""Recording, correcting and reporting progress of projects."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.errors import BadInput, Conflict, NotAllowed, NotVisible, Refused
from shanhai.kernel.money import Money
from shanhai.planning.projects.core.services import correct_project, create_project
from shanhai.planning.projects.models import Project, StageMove
from shanhai.planning.projects.states import Stage
from shanhai.planning.projects.tests.builders import a_programme, a_project, some_facts
from shanhai.planning.projects.values import Dates, Standing
from tests.cast import AT, AUDITOR, KANGDING, OFFICE, STRANGER
from tests.refusals import refused

pytestmark = pytest.mark.django_db


def test_a_project_is_recorded_with_its_first_stage_and_its_trail():
    a_programme()

    project = create_project(by=OFFICE, at=AT, programme="zj-ganzi", facts=some_facts())

    stored = Project.objects.get(uuid=project.uuid)
    assert (stored.facts, stored.stage, stored.initials) == (some_facts(), "preparation", "kdszxxxjxl")
    assert list(StageMove.objects.values_list("old", "new", "on_date")) == [("", "preparation", date(2026, 11, 22))]
    row = AuditRow.objects.get(action="projects.project.created")
    assert (row.subject_id, row.programme, row.place) == (str(project.uuid), "zj-ganzi", "513301")
    assert row.changes["total_investment_fen"] == [None, 100_000]


def test_a_project_recorded_late_has_stood_at_its_stage_since_its_dates_say():
    a_programme()
    dates = Dates(started_on=date(2024, 4, 1), finished_on=date(2024, 9, 30))

    create_project(
        by=OFFICE, at=AT, programme="zj-ganzi", facts=some_facts(dates=dates), standing=Standing(Stage.COMPLETED)
    )

    assert StageMove.objects.get().on_date == date(2024, 9, 30)


def test_a_code_is_given_once_in_a_programme():
    a_programme()
    a_project()

    with refused(Conflict, "projects.code_taken"):
        a_project(name="另一所学校")

    assert Project.objects.count() == 1


def test_the_same_code_may_stand_in_another_programme():
    a_programme()
    a_programme(code="zj-other", yuan=0)
    a_project()

    a_project(programme="zj-other")

    assert Project.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": " "}, "code"),
        ({"code": "9" * 41}, "code"),
        ({"name": ""}, "name"),
        ({"name": "校" * 201}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"total_investment": Money(-1)}, "total_investment"),
        ({"total_investment": Money(10**15 + 1)}, "total_investment"),
        ({"other_sources": Money(1, "USD")}, "other_sources"),
        ({"altitude_m": 9001}, "altitude_m"),
        ({"dates": Dates(date(2026, 10, 1), date(2026, 4, 1))}, "planned_finish_on"),
        ({"dates": Dates(started_on=date(2026, 4, 1))}, "started_on"),
    ],
)
def test_what_cannot_be_so_is_refused_and_named(changes, field):
    a_programme()

    with refused(BadInput, f"projects.{field}_not_accepted"):
        a_project(**changes)

    assert not Project.objects.exists()


def test_correcting_a_code_into_a_twin_of_another_is_told_and_may_be_meant():
    a_programme()
    a_project(code="GZ-1")
    other = a_project(code="GZ-2")
    near = some_facts(code="gz - 01".replace(" ", ""))

    with refused(Conflict, "projects.possible_twin", match="GZ-1"):
        correct_project(by=OFFICE, at=AT, project=other.uuid, facts=near, because="写错")

    assert correct_project(by=OFFICE, at=AT, project=other.uuid, facts=near, apart=True, because="写错").code == "gz-01"


def test_a_county_outside_the_recipient_is_refused():
    a_programme()
    a_programme(code="zj-nagqu", recipient="540600", yuan=0)

    with refused(Refused, "projects.place_outside", match="不在受援地"):
        a_project(place="540600")


def test_a_county_nobody_has_registered_is_refused():
    a_programme()

    with refused(BadInput, "places.division_not_found"):
        a_project(place="513399")


@pytest.mark.parametrize("who", [AUDITOR, KANGDING, STRANGER])
def test_only_who_manages_projects_records_them(who):
    a_programme()

    with pytest.raises(NotAllowed):
        create_project(by=who, at=AT, programme="zj-ganzi", facts=some_facts())


def test_a_correction_leaves_old_and_new_in_the_trail_and_nothing_else():
    a_programme()
    project = a_project()
    corrected = replace(some_facts(), name="康定市第二小学", place="513322", total_investment=Money.from_yuan(1200))

    correct_project(by=OFFICE, at=AT, project=project.uuid, facts=corrected, because="登记时写错")

    row = AuditRow.objects.get(action="projects.project.corrected")
    assert row.changes == {
        "name": ["康定市中心小学教学楼", "康定市第二小学"],
        "place": ["513301", "513322"],
        "total_investment_fen": [100_000, 120_000],
    }
    assert row.because == "登记时写错"
    assert Project.objects.get().initials == "kdsdexx"


def test_a_correction_that_changes_nothing_leaves_no_trace():
    a_programme()
    project = a_project()
    before = AuditRow.objects.count()

    correct_project(by=OFFICE, at=AT, project=project.uuid, facts=some_facts())

    assert AuditRow.objects.count() == before


def test_a_correction_cannot_take_anothers_code():
    a_programme()
    a_project(code="GZ-2")
    project = a_project()

    with refused(Conflict, "projects.code_taken"):
        correct_project(by=OFFICE, at=AT, project=project.uuid, facts=some_facts(code="GZ-2"))


def test_a_county_user_does_not_know_of_another_countys_project():
    a_programme()
    project = a_project(place="513322")

    with pytest.raises(NotVisible):
        correct_project(by=KANGDING, at=AT, project=project.uuid, facts=some_facts())


def test_a_guessed_project_is_not_there():
    with pytest.raises(NotVisible):
        correct_project(by=OFFICE, at=AT, project=UUID(int=7), facts=some_facts())


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("stage", "done"),
        ("delivery", "gift"),
        ("novelty", "old"),
        ("provenance", "rumour"),
        ("code", ""),
        ("name", ""),
        ("total_investment_fen", -1),
        ("completed_investment_fen", 10**15 + 1),
        ("progress_percent", 101),
        ("planned_finish_on", date(2026, 3, 31)),
        ("started_on", date(2026, 4, 2)),
        ("finished_on", date(2026, 9, 30)),
        ("accepted_on", date(2026, 9, 30)),
    ],
)
def test_the_database_refuses_what_is_not_true(column, value):
    a_programme()
    a_project()

    with pytest.raises(IntegrityError), transaction.atomic():
        Project.objects.update(**{column: value})


def test_the_database_wants_acceptance_after_completion():
    a_programme()
    a_project(stage="accepted", dates=Dates(finished_on=date(2026, 9, 1), accepted_on=date(2026, 10, 1)))

    with pytest.raises(IntegrityError), transaction.atomic():
        Project.objects.update(accepted_on=date(2026, 8, 31))
    with pytest.raises(IntegrityError), transaction.atomic():
        Project.objects.update(finished_on=None)
