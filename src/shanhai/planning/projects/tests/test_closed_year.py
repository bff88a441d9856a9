# SPDX-License-Identifier: Apache-2.0
"""A closed yearly plan stays closed and takes no more, by service, by crafted request and by table."""

from datetime import date

import pytest
from django.test import Client

from shanhai.kernel.errors import Refused
from shanhai.kernel.money import Money
from shanhai.kernel.states import IllegalMove
from shanhai.planning.programmes.models import YearlyPlan
from shanhai.planning.programmes.plans.services import plans
from shanhai.planning.programmes.values import SourceAmount
from shanhai.planning.projects.core.services import revise_amounts
from shanhai.planning.projects.models import AllocationLine, Project
from shanhai.planning.projects.shares.services import reverse
from shanhai.planning.projects.tests.builders import (
    a_line,
    a_programme,
    a_project,
    some_money,
)
from shanhai.planning.projects.tests.test_new_project_page import GIVEN
from tests.cast import AT, FINANCE, OFFICE, a_user
from tests.refusals import refused

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 1)


@pytest.fixture
def line():
    """A line with money arrived and half of it allotted, of a plan that was closed afterwards."""
    a_programme()
    line = a_line(project=a_project(stage="under_way"), yuan=100)
    some_money("arrive", line, 100)
    some_money("allot", line, 50)
    close()
    return AllocationLine.objects.select_related("project", "yearly_plan").get()


def close():
    plans.close_yearly_plan(by=OFFICE, at=AT, plan=YearlyPlan.objects.get().uuid, because="年终")


def a_client(role):
    client = Client()
    client.force_login(a_user(role), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.mark.parametrize(
    "act",
    [
        lambda plan: plans.issue_yearly_plan(by=OFFICE, at=AT, plan=plan, issued_on=DAY, because="再开"),
        lambda plan: plans.close_yearly_plan(by=OFFICE, at=AT, plan=plan),
        lambda plan: plans.change_plan_amounts(
            by=OFFICE, at=AT, plan=plan, amounts=[SourceAmount("province", Money.from_yuan(20_000), Money(0))]
        ),
    ],
    ids=["issued again", "closed again", "changed"],
)
def test_a_closed_plan_is_not_opened_again(line, act):
    with pytest.raises((IllegalMove, Refused)):
        act(line.yearly_plan.uuid)

    plan = YearlyPlan.objects.get()
    assert (plan.state, plan.amounts.get().amount_fen) == ("closed", 1_000_000)


@pytest.mark.parametrize(
    "act",
    [
        lambda line: a_line(project=a_project(code="GZ-2")),
        lambda line: some_money("allot", line, 10),
        lambda line: revise_amounts(by=OFFICE, at=AT, amounts={line.uuid: Money.from_yuan(120)}, because="追加"),
    ],
    ids=["a line", "an allotment", "another amount"],
)
def test_a_closed_plan_takes_no_more(line, act):
    with refused(Refused, "projects.plan_closed", match="2026 年的计划已经关闭") as caught:
        act(line)

    assert caught.value.status == 409 or caught.value.status == 422
    line.refresh_from_db()
    assert (AllocationLine.objects.count(), line.amount_fen, line.allotted_fen) == (1, 10_000, 5_000)


def test_a_voucher_that_stands_may_be_sent_again(line):
    assert some_money("allot", line, 50).uuid

    line.refresh_from_db()
    assert line.allotted_fen == 5_000


def test_what_a_closed_plan_has_allotted_may_still_be_paid_and_put_right(line):
    payment = some_money("pay", line, 30)
    reverse(by=FINANCE, at=AT, entry=payment.uuid, because="付错")

    some_money("pay", line, 20)

    line.refresh_from_db()
    assert line.paid_fen == 2_000


def test_a_crafted_request_for_a_project_of_a_closed_year_is_refused_and_nothing_is_half_written(line):
    answer = a_client("office").post("/projects/new/", {**GIVEN, "category": "education"})

    assert answer.status_code == 422
    assert Project.objects.count() == 1


def test_a_crafted_allotment_of_a_closed_year_is_refused_with_a_sentence(line):
    voucher = {
        "line": str(line.uuid),
        "act": "allot",
        "amount": "10",
        "unit": "yuan",
        "on": "2026-06-02",
        "number": "核-9",
    }

    answer = a_client("finance").post(f"/projects/{line.project.uuid}/vouchers", voucher)

    assert answer.status_code == 422
    assert "2026 年的计划已经关闭" in answer.content.decode()
    line.refresh_from_db()
    assert line.allotted_fen == 5_000


def test_what_arrives_for_a_line_of_a_closed_year_is_still_recorded_from_its_voucher(line):
    voucher = {
        "line": str(line.uuid),
        "act": "arrive",
        "amount": "20",
        "unit": "yuan",
        "on": "2026-06-02",
        "number": "到-9",
    }

    answer = a_client("finance").post(
        f"/projects/{line.project.uuid}/vouchers", voucher | {"on": "2026-06-02", "number": "到-9"}
    )

    assert answer.status_code == 302
    before = line.arrived_fen
    line.refresh_from_db()
    assert line.arrived_fen == before + 2_000


@pytest.mark.parametrize("address", ["/programmes/zj-ganzi/", "/funds/"])
def test_no_address_takes_a_request_to_open_a_plan_again(line, address):
    asked = {"plan": str(line.yearly_plan.uuid), "state": "issued", "to": "issued", "year": "2026"}

    answer = a_client("commander").post(address, asked)

    assert answer.status_code == 405
    assert YearlyPlan.objects.get().state == "closed"
