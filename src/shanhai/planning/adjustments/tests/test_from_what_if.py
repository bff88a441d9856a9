# SPDX-License-Identifier: Apache-2.0
"""From what was tried on the page of what-ifs straight to the adjustment that asks for it."""

from dataclasses import replace
from html import unescape

import pytest
from django.test import Client

from shanhai.kernel import clock
from shanhai.planning.adjustments.models import Adjustment
from shanhai.planning.projects.core.services import correct_project
from tests.cast import AT, OFFICE, a_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today():
    with clock.frozen(AT):
        yield


def a_client(role):
    client = Client()
    client.force_login(a_user(role), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def text_of(answer) -> str:
    return unescape(answer.content.decode())


def test_what_was_tried_becomes_an_adjustment_with_its_form_filled_in(school, park):
    client = a_client("office")
    tried = {"source": school.uuid, "target": park.uuid, "amount": "600", "unit": "yuan"}
    page = text_of(client.get("/funds/what-if/", tried))
    link = page.partition('href="/adjustments/new?')[2].partition('"')[0]

    form = text_of(client.get(f"/adjustments/new?{link}"))
    assert ('value="600元"' in form, 'value="GZ-2"' in form, f'value="{school.uuid}" selected' in form) == (True,) * 3
    sent = {"line": str(school.uuid), "to_code": "GZ-2", "moved_fen": "600元", "unit": "yuan", "reason": "产业急需"}
    client.post(f"/adjustments/new?{link}", sent)

    assert [change.new for change in Adjustment.objects.get().changes.order_by("position")] == [540000, 210000]


@pytest.mark.parametrize("line", ["x", "\x00", "0094dc92-586b-41b5-8768-4a20f0202327"])
def test_a_line_that_is_none_of_the_project_fills_nothing_in(school, line):
    client = a_client("office")
    asked = {"project": school.project.uuid, "kind": "move_money", "line": line, "to_line": "x", "moved_fen": "777"}

    answer = client.get("/adjustments/new", asked)

    assert (answer.status_code, 'value="777"' in text_of(answer)) == (200, False)


def test_who_may_not_ask_is_offered_no_adjustment_of_what_was_tried(school, park):
    client = a_client("finance")
    tried = {"source": school.uuid, "target": park.uuid, "amount": "600", "unit": "yuan"}

    page = text_of(client.get("/funds/what-if/", tried))

    assert ("转之前和转之后" in page, "照这样提出调整" in page) == (True, False)


def test_a_project_is_found_by_the_code_that_it_had_before(school, park):
    facts = replace(park.project.facts, code="KD-7")
    correct_project(by=OFFICE, at=AT, project=park.project.uuid, facts=facts, because="录错了")
    sent = {"line": str(school.uuid), "to_code": "GZ-2", "moved_fen": "600元", "unit": "yuan", "reason": "产业急需"}

    a_client("office").post(f"/adjustments/new?project={school.project.uuid}&kind=move_money", sent)

    assert Adjustment.objects.about("GZ-2").get().other_project == park.project
