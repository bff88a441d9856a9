# SPDX-License-Identifier: Apache-2.0
"""Two people move the same project at the same time: one does, the other is told. See the control."""

import time
from datetime import date

import pytest

from shanhai.planning.programmes.money import services as chain
from shanhai.planning.programmes.values import StepKind
from shanhai.planning.projects.core.selectors import lines_that_differ
from shanhai.planning.projects.dossier.services import stages
from shanhai.planning.projects.models import AllocationLineQuerySet, Project, ProjectQuerySet, StageMove
from shanhai.planning.projects.states import Stage
from shanhai.planning.projects.tests.builders import a_line, a_programme, a_project, some_money, without_gates
from tests.cast import AT, KANGDING, OFFICE
from tests.concurrency.together import together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
JUNE, JULY = date(2026, 6, 1), date(2026, 7, 1)


@pytest.fixture
def project(monkeypatch):
    """A project under way; whoever moves it takes a while to decide, so that both are at it at the same time."""
    check = stages.require_move

    def slowly(*args):
        check(*args)
        time.sleep(0.3)

    monkeypatch.setattr(stages, "require_move", slowly)
    a_programme()
    return without_gates(a_project(stage="under_way"))


def both(project):
    seen = {"at": AT, "project": project.uuid, "seen_stage": Stage.UNDER_WAY}
    return together(
        lambda: stages.move(by=OFFICE, to=Stage.COMPLETED, **seen),
        lambda: stages.move(by=KANGDING, to=Stage.SUSPENDED, because="冬季停工", **seen),
        may_fail=True,
    )


def test_one_moves_the_project_and_the_other_is_told(project):
    errors = both(project)

    assert [error.code for error in errors] == ["projects.stage_moved_meanwhile"]
    (step,) = StageMove.objects.filter(old="under_way")
    assert step.new == Project.objects.get().stage


def test_control_without_the_row_lock_both_move_it(project, monkeypatch):
    monkeypatch.setattr(ProjectQuerySet, "select_for_update", lambda self, **kwargs: self)

    errors = both(project)

    assert errors == []
    assert StageMove.objects.filter(old="under_way").count() == 2


@pytest.fixture
def line(monkeypatch):
    """A line with money to pay; who pays for June takes a while between opening the line and posting."""
    take_step = chain.take_step

    def slowly_in_june(*, step, **kw):
        if step.kind is StepKind.PAY and step.on_date == JUNE:
            time.sleep(0.5)
        return take_step(step=step, **kw)

    a_programme()
    line = a_line(project=a_project(stage="under_way"))
    some_money("arrive", line, 90, on=JUNE)
    some_money("allot", line, 90, on=JUNE)
    monkeypatch.setattr(chain, "take_step", slowly_in_june)
    return line


def both_pay(line):
    together(lambda: some_money("pay", line, 30, on=JUNE), lambda: some_money("pay", line, 40, on=JULY))
    line.refresh_from_db()


def test_two_payments_of_one_line_leave_the_ledgers_total_and_the_later_day(line):
    both_pay(line)

    assert (line.paid_fen, line.funds_changed_on) == (7000, JULY)
    assert lines_that_differ() == ()


def test_control_without_the_line_lock_the_later_day_is_lost(line, monkeypatch):
    # Holding the plan puts both in line by itself.
    monkeypatch.setattr("shanhai.planning.projects.core.selectors.hold_plans", lambda **plan: None)
    monkeypatch.setattr(AllocationLineQuerySet, "select_for_update", lambda self, **kwargs: self)

    both_pay(line)

    assert line.funds_changed_on == JUNE
