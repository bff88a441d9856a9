# SPDX-License-Identifier: Apache-2.0
"""The whole inbox asks the database as often for two hundred things that wait as for twenty: every source there is."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shanhai.base.jobs.models import Job
from shanhai.kernel.actors import system
from shanhai.kernel.money import Money
from shanhai.kernel.registry import registries
from shanhai.planning.adjustments.states import State
from shanhai.planning.adjustments.tests.builders import an_adjustment
from shanhai.planning.handovers.models import HandoverItem
from shanhai.planning.handovers.services import open_handover
from shanhai.planning.handovers.tests.builders import LEAVING, a_batch
from shanhai.planning.programmes.tests.builders import a_campaign, a_group, a_task, an_action
from shanhai.planning.projects.tests.builders import a_programme, a_project
from shanhai.planning.projects.values import Dates
from shanhai.planning.returns.tests.builders import a_return
from shanhai.planning.rounds.models import GroupReport
from shanhai.planning.rounds.tests.builders import a_round
from shanhai.planning.warnings.tests.builders import evaluated
from shanhai.registers.places.tests.builders import a_division
from tests.cast import AT, OFFICE

pytestmark = pytest.mark.django_db

FEW, MANY = 2, 20
FAILED = {"text": "没有做成。", "params": {}}
KEYS = ("adjustments.waiting", "handovers.items", "jobs.ended", "returns.findings", "rounds.waiting", "warnings.open")


def everybody():
    """Who may do everything, and is asked to."""
    return system("everybody", tuple(registries.permissions))


def fill(folder, first, last):
    """Of every kind of thing that waits those numbered ``first`` to ``last``, as a programme has them after a while."""
    me = everybody().ref
    counties = [f"5133{number:02}" for number in range(30 + first, 30 + last)]
    for number, county in enumerate(counties, start=first):
        a_division(county)
        late = Dates(date(2026, 4, 1), date(2027, 10, 31))
        project = a_project(code=f"GZ-{number}", name=f"学校{number}", place=county, dates=late)
        an_adjustment(project=project, state=State.SUBMITTED)
        a_group(name=f"组{number}", members=(everybody(),))
        a_task(action=fill.action, name=f"任务{number}", owner_group=f"组{number}", due_on=date(2026, 11, 1))
        first_day = date(2021, 1, 1) + timedelta(days=90 * number)
        leaving = a_batch(number=number, starts_on=first_day, ends_on=first_day + timedelta(days=89))
        open_handover(by=OFFICE, at=AT, programme="zj-ganzi", batch=leaving.uuid, due_on=LEAVING)
        Job.objects.create(kind="warnings.evaluate", by=me, requested_at=AT, ran_at=AT, state="failed", outcome=FAILED)
    a_round(month=1 + first % 12, year=2022)
    GroupReport.objects.filter(group__name__in=[f"组{n}" for n in range(first, last, 2)]).update(
        state="submitted", summary="有进展", submitted_by="user:other"
    )
    a_return(folder, *((f"第{county}号", 10, 100, 80, 90, 95) for county in counties), cut_off_on=date(2023, 1, last))
    HandoverItem.objects.filter(kind="open_adjustment").update(responsible=me)
    evaluated()


def test_every_source_waits_and_more_of_each_costs_no_more_queries(tmp_path):
    a_programme(five_year_plan=Money.from_yuan(40_000_000))
    a_group(name="产业组", members=())
    fill.action = an_action(campaign=a_campaign(year=2026).uuid).uuid

    def asked():
        with CaptureQueriesContext(connection) as caught:
            found = [source.find(viewer=everybody(), programme="zj-ganzi", at=AT) for source in registries.todos]
        return sum(len(todos) for todos in found), len(caught)

    fill(tmp_path, 1, 1 + FEW)
    silent = [
        key for key in KEYS if not registries.todos.get(key).find(viewer=everybody(), programme="zj-ganzi", at=AT)
    ]
    assert silent == []
    asked()
    few, queries = asked()
    fill(tmp_path, 1 + FEW, 1 + FEW + MANY)
    many, again = asked()

    assert many > few * 2
    assert again == queries
