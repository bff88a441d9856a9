# SPDX-License-Identifier: Apache-2.0
"""What projects tell the layers above: one piece of news for a project, one for a programme where many change."""

from dataclasses import replace
from datetime import date

import pytest

from shanhai.base.outbox.models import Event
from shanhai.kernel.money import Money
from shanhai.planning.projects.core.services import correct_project
from shanhai.planning.projects.shares.services.arrivals import record_pooled_arrival
from shanhai.planning.projects.tests.builders import (  # fmt: skip
    a_line,
    a_programme,
    a_project,
)
from shanhai.registers.ledger.values import Source
from tests.cast import AT, FINANCE, OFFICE

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def programme():
    a_programme()


def news():
    return [(event.name, event.payload.get("project")) for event in Event.objects.order_by("pk")]


def forget():
    Event.objects.all().delete()


def test_a_new_project_is_told():
    project = a_project()

    assert news() == [("projects.project.changed", str(project.uuid))]
    assert Event.objects.get().payload["programme"] == "zj-ganzi"


@pytest.mark.parametrize(
    "act",
    [
        lambda project: a_line(project=project),
        lambda project: correct_project(
            by=OFFICE, at=AT, project=project.uuid, facts=replace(project.facts, name="康定市第二小学")
        ),
    ],
    ids=["a line", "a correction"],
)
def test_what_changes_a_project_is_told_once(act):
    project = a_project(yuan=10)
    forget()

    act(project)

    assert news() == [("projects.project.changed", str(project.uuid))]


def test_a_correction_that_corrects_nothing_is_no_news():
    project = a_project()
    forget()

    correct_project(by=OFFICE, at=AT, project=project.uuid, facts=project.facts)

    assert news() == []


def test_money_shared_over_many_lines_is_one_piece_of_news():
    for number in range(3):
        a_project(code=f"GZ-{number}", yuan=100)
    forget()

    record_pooled_arrival(
        by=FINANCE,
        at=AT,
        programme="zj-ganzi",
        fund_source="province",
        year=2026,
        amount=Money.from_yuan(60),
        on_date=date(2026, 3, 1),
        source=Source("test", "1"),
    )

    event = Event.objects.get()
    assert event.name == "projects.arrival.pooled"
    assert {name: event.payload[name] for name in ("programme", "year", "lines")} == {
        "programme": "zj-ganzi", "year": 2026, "lines": 3,
    }  # fmt: skip
