# SPDX-License-Identifier: Apache-2.0
"""A project that is to become another county's: not once money has been paid for it, whichever way it is asked."""

from dataclasses import replace

import pytest

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.errors import Refused
from shanhai.planning.programmes.plans.services.plans import close_yearly_plan
from shanhai.planning.projects.core.services import correct_project
from shanhai.planning.projects.models import Project
from shanhai.planning.projects.shares.services import reverse
from shanhai.planning.projects.tests.builders import (
    a_line,
    a_programme,
    a_project,
    some_money,
)
from tests.cast import AT, FINANCE, OFFICE
from tests.refusals import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def line():
    a_programme()
    return a_line(project=a_project(), yuan=100)


def paid(line):
    some_money("arrive", line, 100)
    some_money("allot", line, 60)
    return some_money("pay", line, 40)


def to_luding(project):
    found = Project.objects.get(pk=project.pk)
    facts = replace(found.facts, place="513322")
    return correct_project(by=OFFICE, at=AT, project=found.uuid, facts=facts, because="登记错了县")


def test_a_project_without_payments_becomes_another_countys(line):
    some_money("arrive", line, 100)

    assert to_luding(line.project).place.code == "513322"
    row = AuditRow.objects.get(action="projects.project.corrected")
    assert (row.place, row.changes["place"]) == ("513322", ["513301", "513322"])


def test_a_project_with_money_paid_does_not(line):
    paid(line)

    with refused(Refused, "projects.county_paid", match=r"40\.00 CNY"):
        to_luding(line.project)

    assert Project.objects.get().place.code == "513301"


def test_other_facts_of_a_project_with_money_paid_may_be_corrected(line):
    paid(line)

    facts = replace(line.project.facts, name="康定市第二小学教学楼")
    corrected = correct_project(by=OFFICE, at=AT, project=line.project.uuid, facts=facts)

    assert corrected.name == "康定市第二小学教学楼"


def test_it_may_once_the_payment_has_been_reversed(line):
    payment = paid(line)

    reverse(by=FINANCE, at=AT, entry=payment.uuid, because="付错了县")

    assert to_luding(line.project).place.code == "513322"


def test_a_project_of_a_closed_plan_does_not(line):
    close_yearly_plan(by=OFFICE, at=AT, plan=line.yearly_plan.uuid)

    with refused(Refused, "projects.plan_closed", match="2026"):
        to_luding(line.project)
