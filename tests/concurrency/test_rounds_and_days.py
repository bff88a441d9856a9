# SPDX-License-Identifier: Apache-2.0
"""Two accept one report; two carry one campaign over; two workers begin one day's work. Each happens once."""

from datetime import date
from types import SimpleNamespace

import pytest

from shanhai.base.jobs import services as daily
from shanhai.base.jobs.models import DailyRun
from shanhai.kernel.actors import system
from shanhai.kernel.beats import Daily
from shanhai.kernel.messages import message
from shanhai.kernel.registry import Registry, registries
from shanhai.planning.programmes.campaigns.services import campaigns
from shanhai.planning.programmes.models import Task, TaskReport
from shanhai.planning.programmes.tests.builders import a_campaign, a_programme, a_task, an_action
from shanhai.planning.rounds import services
from shanhai.planning.rounds.models import GroupReportMove
from shanhai.planning.rounds.tests.builders import a_round, report_of
from shanhai.planning.rounds.values import Said
from tests.cast import AT, DEPUTY, LEAD, OFFICE
from tests.concurrency.together import together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def task():
    a_programme()
    return a_task(action=an_action(campaign=a_campaign().uuid).uuid, due_on=date(2022, 12, 31))


@pytest.fixture
def report(task):
    report = report_of(a_round(), "产业组")
    services.save_report(by=LEAD, at=AT, report=report.uuid, summary="x", lines={task.uuid: Said(40, "立项")})
    services.submit_report(by=LEAD, at=AT, report=report.uuid)
    return report


def accept(report, by):
    return lambda: services.accept_report(by=by, at=AT, report=report.uuid)


def test_a_report_is_accepted_once(report):
    errors = together(accept(report, OFFICE), accept(report, DEPUTY), may_fail=True)

    assert [type(error).__name__ for error in errors] == ["IllegalMove"]
    assert GroupReportMove.objects.filter(new="accepted").count() == 1
    assert TaskReport.objects.count() == 1


def test_control_without_the_lock_it_is_accepted_twice(report, monkeypatch):
    monkeypatch.setattr("django.db.models.QuerySet.select_for_update", lambda self, **kwargs: self)

    for _ in range(20):
        together(accept(report, OFFICE), accept(report, DEPUTY), may_fail=True)
        if GroupReportMove.objects.filter(new="accepted").count() > 1:
            return
        report_of(report.round, "产业组", state="submitted")
        Task.objects.update(progress_percent=0)

    assert GroupReportMove.objects.filter(new="accepted").count() > 1


def test_open_tasks_are_carried_over_once(task):
    campaign = task.action.campaign.uuid

    def carry(by):
        return lambda: campaigns.carry_over(by=by, at=AT, campaign=campaign, year=2023, name="破冰前行")

    errors = together(carry(OFFICE), carry(DEPUTY), may_fail=True)

    assert [error.code for error in errors] == ["programmes.nothing_to_carry_over"]
    assert Task.objects.filter(carried_from=task).count() == 1


def test_two_workers_do_one_days_work_once(monkeypatch):
    calls, only = [], Registry(Daily)
    only.add(
        SimpleNamespace(
            key="test.letters", label=message("信"), after="00:00", run=lambda by, at: str(calls.append(at))
        )
    )
    monkeypatch.setattr(registries, "daily", only)
    DailyRun.objects.create(key="test.letters")
    by = system("worker")

    together(lambda: daily.do_daily(by=by, at=AT), lambda: daily.do_daily(by=by, at=AT))

    assert len(calls) == 1
