# SPDX-License-Identifier: Apache-2.0
"""Giving projects money of a plan."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.errors import BadInput, NotAllowed, NotVisible, Refused
from shanhai.kernel.money import Money
from shanhai.planning.programmes.plans.services.plans import release_plan_reserve
from shanhai.planning.programmes.tests.builders import a_fund_source, a_yearly_plan
from shanhai.planning.projects.core.services import add_line
from shanhai.planning.projects.models import AllocationLine
from shanhai.planning.projects.states import Level
from shanhai.planning.projects.tests.builders import a_line, a_programme, a_project, cancelled
from shanhai.planning.projects.values import LineFacts
from tests.cast import AT, DEPUTY, FINANCE, OFFICE
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

    with pytest.raises(BadInput):
        add_line(by=OFFICE, at=AT, project=project.uuid, facts=facts(**wrong))


def test_lines_take_what_the_plan_has_beside_its_reserve_and_more_once_it_is_released():
    a_programme(yuan=0)
    plan = a_yearly_plan(year=2026, yuan=1000, reserve=300, issued_on=date(2026, 1, 10))
    project = a_project()
    a_line(project=project, yuan=650)
    with refused(Refused, "projects.plan_overdrawn", match=r"省级财政”除去预备费只剩 50\.00 CNY"):
        a_line(project=project, yuan=51)
    a_line(project=project, yuan=50)

    release_plan_reserve(
        by=OFFICE, at=AT, plan=plan.uuid, fund_source="province", amount=Money.from_yuan(100), on_date=date(2026, 6, 1),
        because="雪灾",
    )  # fmt: skip
    a_line(project=project, yuan=100)

    with refused(Refused, "projects.plan_overdrawn"):
        a_line(project=project, yuan=1)
    assert sum(line.amount_fen for line in AllocationLine.objects.all()) == 80_000


def test_a_source_that_the_plan_does_not_name_has_nothing_to_give():
    a_programme()
    a_fund_source(code="city", name="市级财政")

    with refused(Refused, "projects.plan_overdrawn", match="“市级财政”"):
        a_line(project=a_project(), yuan=1, fund_source="city")


def test_a_plan_issued_line_by_line_has_what_its_lines_take():
    a_programme(yuan=0)
    a_yearly_plan(year=2026, yuan=0, issued_on=date(2026, 1, 10))

    assert a_line(project=a_project(), yuan=10**6).amount_fen == 10**8


def test_a_cancelled_project_gives_back_what_it_was_not_paid():
    a_programme(yuan=1000)
    given_up = a_project(yuan=1000)
    cancelled(given_up)

    assert a_line(project=a_project(code="GZ-2"), yuan=1000).pk


def test_only_the_commander_goes_beyond_the_plan_with_a_word_why_and_the_trail_keeps_it():
    a_programme(yuan=1000)
    project = a_project(yuan=900)
    for by, because in ((OFFICE, "抢险"), (DEPUTY, " ")):
        with refused(Refused, "projects.plan_overdrawn"):
            a_line(project=project, yuan=150, by=by, because=because)

    a_line(project=project, yuan=150, by=DEPUTY, because="抢险")

    row = AuditRow.objects.get(action="projects.line.beyond_plan")
    assert (row.because, row.subject_type, row.programme) == ("抢险", "programmes.yearly_plan", "zj-ganzi")
    assert row.changes == {"fund_source": "province", "given_fen": 15_000, "beyond_fen": 5_000}


@pytest.mark.parametrize("wrong", [{"year": 2027}, {"fund_source": "nobody"}])
def test_a_year_without_a_plan_and_an_unknown_source_are_refused(wrong):
    a_programme()
    project = a_project()

    with pytest.raises(NotVisible):
        add_line(by=OFFICE, at=AT, project=project.uuid, facts=facts(**wrong))


def test_a_cancelled_project_gets_no_money():
    a_programme()
    project = a_project()
    cancelled(project)

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
