# SPDX-License-Identifier: Apache-2.0
"""What projects tell reaches the rules: one project, or a whole programme where many have changed."""

from dataclasses import replace
from datetime import date

import pytest

from shanhai.base.outbox.services import deliver_due
from shanhai.kernel.actors import system
from shanhai.kernel.money import Money
from shanhai.planning.projects.core.services import correct_project
from shanhai.planning.projects.dossier.services.stages import move
from shanhai.planning.projects.models import Project
from shanhai.planning.projects.shares.services.arrivals import record_pooled_arrival
from shanhai.planning.projects.states import Stage
from shanhai.planning.projects.tests.builders import a_line, a_plan, some_money, without_gates
from shanhai.planning.warnings.models import EarlyWarning
from shanhai.planning.warnings.tests.builders import (
    a_late_project,
    a_quiet_programme,
    a_quiet_project,
    a_warning,
    evaluated,
)
from shanhai.registers.ledger.values import Source
from tests.cast import AT, FINANCE, OFFICE

pytestmark = pytest.mark.django_db


def rules():
    return sorted(EarlyWarning.objects.exclude(state="closed").values_list("rule", flat=True))


@pytest.fixture(autouse=True)
def programme():
    a_quiet_programme()


def test_a_move_reaches_the_rules_through_the_news():
    warning = a_warning()
    project = without_gates(Project.objects.get())
    for stage in (Stage.TENDERING, Stage.READY, Stage.UNDER_WAY):
        move(by=OFFICE, at=AT, project=project.uuid, to=stage)

    deliver_due(by=system("worker"), at=AT)

    warning.refresh_from_db()
    assert (warning.state, warning.ending) == ("closed", "fact_gone")
    assert warning.moves.order_by("pk").last().by == "system:warnings"


def test_money_reaches_the_rules_through_the_news():
    a_plan()
    line = a_line(project=a_quiet_project(stage="under_way"), yuan=500)
    evaluated()
    assert "started_without_funds" in rules()
    some_money("arrive", line, 100)

    deliver_due(by=system("worker"), at=AT)

    assert "started_without_funds" not in rules()


def test_a_correction_reaches_the_rules_through_the_news():
    project = a_late_project()
    deliver_due(by=system("worker"), at=AT)
    assert "start_passed" in rules()
    later = replace(project.facts, dates=replace(project.facts.dates, planned_start_on=date(2027, 4, 1)))
    correct_project(by=OFFICE, at=AT, project=project.uuid, facts=later)

    deliver_due(by=system("worker"), at=AT)

    assert "start_passed" not in rules()


def test_money_shared_over_a_plan_reaches_the_rules_through_the_news():
    a_plan()
    a_line(project=a_quiet_project(stage="under_way"), yuan=500)
    deliver_due(by=system("worker"), at=AT)
    assert "started_without_funds" in rules()
    record_pooled_arrival(
        by=FINANCE,
        at=AT,
        programme="zj-ganzi",
        fund_source="province",
        year=2026,
        amount=Money.from_yuan(100),
        on_date=date(2026, 11, 1),
        source=Source("test", "1"),
    )

    deliver_due(by=system("worker"), at=AT)

    assert "started_without_funds" not in rules()
