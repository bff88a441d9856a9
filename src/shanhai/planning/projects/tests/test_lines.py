# SPDX-License-Identifier: Apache-2.0
"""Giving projects money of a plan."""

import pytest
from django.db import IntegrityError, transaction

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.errors import NotAllowed, NotVisible, Refused
from shanhai.kernel.money import Money
from shanhai.planning.projects.core.services.lines import add_line
from shanhai.planning.projects.core.services.projects import FactsNotAccepted
from shanhai.planning.projects.dossier.services.stages import move
from shanhai.planning.projects.models import AllocationLine
from shanhai.planning.projects.states import Level, Stage
from shanhai.planning.projects.tests.builders import a_line, a_programme, a_project
from shanhai.planning.projects.values import LineFacts
from tests.cast import AT, FINANCE, OFFICE
from tests.refusals import refused

pytestmark = pytest.mark.django_db


def facts(**kw):
    values = {
        "year": 2026,
        "fund_source": "province",
        "amount": Money.from_yuan(100),
        "livelihood_percent": 80,
        "beneficiary_level": Level.TOWNSHIP,
        "implementer_level": Level.PREFECTURE,
    }
    return LineFacts(**{**values, **kw})


def test_a_line_carries_its_two_tags_and_stands_in_the_trail():
    a_programme()
    project = a_project()

    add_line(by=OFFICE, at=AT, project=project.uuid, facts=facts())

    line = AllocationLine.objects.get()
    assert line.tags == {
        "amount_fen": 10_000,
        "livelihood_percent": 80,
        "beneficiary_level": "township",
        "implementer_level": "prefecture",
    }
    assert AuditRow.objects.get(action="projects.line.added").changes["amount_fen"] == 10_000


@pytest.mark.parametrize(
    "wrong",
    [{"amount": Money(-1)}, {"amount": Money(1, "USD")}, {"livelihood_percent": 101}, {"livelihood_percent": -1}],
)
def test_an_impossible_line_is_refused(wrong):
    a_programme()
    project = a_project()

    with pytest.raises(FactsNotAccepted):
        add_line(by=OFFICE, at=AT, project=project.uuid, facts=facts(**wrong))


@pytest.mark.parametrize("wrong", [{"year": 2027}, {"fund_source": "nobody"}])
def test_a_year_without_a_plan_and_an_unknown_source_are_refused(wrong):
    a_programme()
    project = a_project()

    with pytest.raises(NotVisible):
        add_line(by=OFFICE, at=AT, project=project.uuid, facts=facts(**wrong))


def test_a_cancelled_project_gets_no_money():
    a_programme()
    project = a_project()
    move(by=OFFICE, at=AT, project=project.uuid, to=Stage.CANCELLED, because="选址变更")

    with refused(Refused, "projects.project_cancelled"):
        add_line(by=OFFICE, at=AT, project=project.uuid, facts=facts())


def test_finance_does_not_plan():
    a_programme()
    project = a_project()

    with pytest.raises(NotAllowed):
        add_line(by=FINANCE, at=AT, project=project.uuid, facts=facts())


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("amount_fen", -1),
        ("amount_fen", 10**15 + 1),
        ("livelihood_percent", 101),
        ("beneficiary_level", "nation"),
        ("implementer_level", ""),
        ("arrived_fen", -1),
        ("paid_fen", 1),
        ("paid_fen", -1),
    ],
)
def test_the_database_refuses_what_is_not_true_of_a_line(column, value):
    a_programme()
    a_line(project=a_project())

    with pytest.raises(IntegrityError), transaction.atomic():
        AllocationLine.objects.update(**{column: value})
