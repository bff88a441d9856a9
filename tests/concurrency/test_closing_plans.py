# SPDX-License-Identifier: Apache-2.0
"""A plan is closed, or given away twice, while somebody gives money from it. Each guard has its control."""

import threading
import time

import pytest

from shanhai.planning.programmes.models import YearlyPlan
from shanhai.planning.programmes.plans.services import plans
from shanhai.planning.projects.core import selectors as projects
from shanhai.planning.projects.core import services as lines
from shanhai.planning.projects.shares import services as funds
from shanhai.planning.projects.tests.builders import a_line, a_programme, a_project, some_money
from tests.cast import AT, OFFICE
from tests.concurrency.together import meet, together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def project():
    a_programme()
    return a_project()


def in_what_order(monkeypatch, module, seen_by, act) -> list[str]:
    """Who is done first: ``act``, which takes a while after it has seen the plan open, or who closes the plan then."""
    look, found_open, done = getattr(module, seen_by), threading.Event(), []

    def slowly(**asked) -> object:
        seen = look(**asked)
        found_open.set()
        time.sleep(0.7)
        return seen

    def close() -> None:
        found_open.wait(timeout=10)
        plans.close_yearly_plan(by=OFFICE, at=AT, plan=YearlyPlan.objects.get().uuid)
        done.append("closed")

    def give() -> None:
        act()
        done.append("given")

    monkeypatch.setattr(module, seen_by, slowly)
    together(give, close)
    return done


def unheld(monkeypatch) -> None:
    for module in (lines, projects):
        monkeypatch.setattr(module, "hold_plans", lambda **plan: None)


def test_a_plan_is_closed_after_the_line_that_was_being_added(project, monkeypatch):
    assert in_what_order(monkeypatch, lines, "require_open", lambda: a_line(project=project)) == ["given", "closed"]


def test_control_without_holding_the_plan_a_closed_one_gets_a_line(project, monkeypatch):
    unheld(monkeypatch)

    assert in_what_order(monkeypatch, lines, "require_open", lambda: a_line(project=project)) == ["closed", "given"]


def allot(project):
    line = a_line(project=project)
    some_money("arrive", line, 100)
    return lambda: some_money("allot", line, 50)


def test_a_plan_is_closed_after_the_allotment_that_was_being_made(project, monkeypatch):
    assert in_what_order(monkeypatch, funds, "get_line", allot(project)) == ["given", "closed"]


def test_control_without_holding_the_plan_a_closed_one_allots(project, monkeypatch):
    unheld(monkeypatch)

    assert in_what_order(monkeypatch, funds, "get_line", allot(project)) == ["closed", "given"]


def give_twice(monkeypatch, project) -> list[BaseException]:
    """Two at once give 6,000 yuan of a plan of 10,000, once both have seen what is left; what they are told."""
    meet(monkeypatch, lines, "rooms_in_plans")
    others = [project, a_project(code="GZ-2")]
    return together(*(lambda one=one: a_line(project=one, yuan=6000) for one in others), may_fail=True)


def test_two_do_not_give_away_the_same_money(project, monkeypatch):
    assert [error.code for error in give_twice(monkeypatch, project)] == ["projects.plan_overdrawn"]


def test_control_without_holding_the_plan_the_money_is_given_twice(project, monkeypatch):
    unheld(monkeypatch)

    assert give_twice(monkeypatch, project) == []
