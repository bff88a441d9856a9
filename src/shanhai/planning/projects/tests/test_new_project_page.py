# SPDX-License-Identifier: Apache-2.0
"""Recording a project by hand."""

import re

import pytest
from django.test import Client

from shanhai.planning.projects.models import AllocationLine, Project
from shanhai.planning.projects.tests.builders import a_programme, a_project
from tests.cast import a_user

pytestmark = pytest.mark.django_db
GIVEN = {
    "programme": "zj-ganzi",
    "code": "GZ-9",
    "name": "康定市卫生院供氧",
    "place": "513301",
    "category": "livelihood",
    "delivery": "turnkey",
    "novelty": "new",
    "capital": "on",
    "altitude_m": "3300",
    "planned_start_on": "2026-04-01",
    "planned_finish_on": "2026-10-01",
    "total_investment": "0.05",
    "other_sources": "",
    "year": "2026",
    "fund_source": "province",
    "amount": "400元",
    "livelihood_percent": "100",
    "beneficiary_level": "county",
    "implementer_level": "county",
}


def a_client(role):
    client = Client()
    client.force_login(a_user(role), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def given(client, **kw):
    page = client.get("/projects/new/")
    category = page.context["form"].fields["category"].choices[0][0]
    return {**GIVEN, "category": category, **kw}


def test_the_office_records_a_project_with_its_money():
    a_programme()
    client = a_client("office")

    answer = client.post("/projects/new/", given(client))

    project = Project.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == f"/projects/{project.uuid}/dossier/"
    assert (project.stage, project.total_investment_fen, project.altitude_m) == ("preparation", 50_000, 3300)
    assert AllocationLine.objects.get().amount_fen == 40_000


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": ""},
        {"total_investment": "很多"},
        {"planned_finish_on": "2026-03-01"},
        {"livelihood_percent": "101"},
        {"place": "110000"},
        {"year": "1999"},
        {"amount": "-1"},
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_half_written(wrong):
    a_programme()
    client = a_client("office")

    page = client.post("/projects/new/", given(client, **wrong))

    assert page.status_code == 422
    assert 'class="error"' in page.content.decode()
    assert (Project.objects.count(), AllocationLine.objects.count()) == (0, 0)


def test_a_code_that_is_taken_is_said():
    a_programme()
    a_project(code="GZ-9")
    client = a_client("office")

    page = client.post("/projects/new/", given(client))

    assert "已经有了" in page.content.decode()
    assert Project.objects.count() == 1


def test_a_code_that_is_a_possible_twin_is_told_before_it_is_stored():
    a_programme()
    a_project(code="gz-０９")
    client = a_client("office")

    page = client.post("/projects/new/", given(client))

    assert page.status_code == 422
    assert "像是同一个" in page.content.decode()
    assert 'name="apart"' in page.content.decode()
    assert 'value="康定市卫生院供氧"' in page.content.decode()
    assert Project.objects.count() == 1

    assert client.post("/projects/new/", given(client, apart="on")).status_code == 302
    assert Project.objects.count() == 2


def test_money_beyond_the_plan_is_refused_and_the_commander_may_say_why():
    a_programme()
    office, commander = a_client("office"), a_client("commander")
    asked = {"total_investment": "2", "amount": "1.01"}

    page = office.post("/projects/new/", given(office, **asked, because="特批"))

    assert "只剩" in page.content.decode()
    assert Project.objects.count() == 0
    assert commander.post("/projects/new/", given(commander, **asked, because="特批")).status_code == 302


@pytest.mark.parametrize(("role", "asked"), [("office", ()), ("commander", ("because",))])
def test_nobody_is_asked_at_first_sight_for_an_answer_to_a_refusal_that_is_not_theirs(role, asked):
    a_programme()

    page = a_client(role).get("/projects/new/").content.decode()

    assert tuple(name for name in ("apart", "because") if f'name="{name}"' in page) == asked


def test_what_somebody_has_answered_is_asked_again_when_something_else_is_wrong():
    a_programme()
    client = a_client("office")

    page = client.post("/projects/new/", given(client, apart="on", amount="很多"))

    assert re.search(r'<input[^>]*name="apart"[^>]*checked', page.content.decode())


@pytest.mark.parametrize("role", ["auditor", "finance", "work_group_lead"])
def test_who_does_not_manage_projects_records_none(role):
    a_programme()

    assert a_client(role).get("/projects/new/").status_code == 403
