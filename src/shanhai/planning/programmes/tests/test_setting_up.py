# SPDX-License-Identifier: Apache-2.0
"""The page that leads a new programme from nothing to its first issued plan."""

from datetime import date

import pytest
from django.test import Client

from shanhai.kernel import clock
from shanhai.planning.programmes.models import YearlyPlan
from shanhai.planning.programmes.plans.services.plans import issue_yearly_plan
from shanhai.planning.programmes.states import PlanState
from shanhai.planning.programmes.tests.builders import a_division, a_yearly_plan
from shanhai.planning.programmes.tests.pages import COUNTY, a_client, text_of
from shanhai.planning.programmes.tests.test_making_pages import GIVEN
from tests.cast import AT, OFFICE

pytestmark = pytest.mark.django_db
SETUP = "/programmes/fj-changdu/setup/"
AMOUNTS = {"year": "2026", "amount-province": "1000", "reserve-province": "50"}


@pytest.fixture(autouse=True)
def at_ten():
    with clock.frozen(AT):
        yield


@pytest.fixture
def office() -> Client:
    a_division("350000")
    a_division("540300")
    client = a_client()
    client.post("/programmes/new/", GIVEN)
    return client


def done(client):
    return text_of(client.get(SETUP)).count("已完成")


def test_each_step_is_ticked_once_it_is_done_until_the_plan_is_issued(office):
    steps = [done(office)]
    given = {
        "batch": {"number": "7", "starts_on": "2026-01-01", "ends_on": "2028-12-31"},
        "source": {"code": "province", "name": "省级财政"},
        "make": AMOUNTS,
        "issue": {"on": "2026-11-22", "checked": "on", "seen_fen": "1000000000"},
    }
    for act, fields in given.items():
        assert office.post(f"{SETUP}{act}", fields)["Location"] == SETUP
        steps.append(done(office))

    plan = YearlyPlan.objects.get()
    assert steps == [1, 2, 3, 4, 5]
    assert (plan.year, plan.state) == (2026, PlanState.ISSUED)
    assert "接着办" not in text_of(office.get("/programmes/fj-changdu/"))
    assert [office.post(f"{SETUP}{act}", fields).status_code for act, fields in given.items()] == [422, 422, 404, 404]


def test_what_is_not_accepted_is_said_at_its_step_and_nothing_is_kept(office):
    answer = office.post(f"{SETUP}batch", {"number": "7", "starts_on": "2019-01-01", "ends_on": "2028-12-31"})
    page = text_of(answer)

    assert (answer.status_code, page.count("已完成"), 'role="alert"' in page) == (422, 1, True)
    assert "接着办" in text_of(office.get("/programmes/fj-changdu/"))


def test_a_draft_without_amounts_is_filled_before_it_is_issued(office):
    office.post(f"{SETUP}source", {"code": "province", "name": "省级财政"})
    office.post(f"{SETUP}make", {"year": "2026"})

    assert 'action="/programmes/fj-changdu/setup/issue"' not in text_of(office.get(SETUP))
    office.post(f"{SETUP}amounts", AMOUNTS)

    assert 'action="/programmes/fj-changdu/setup/issue"' in text_of(office.get(SETUP))


def test_the_first_plan_that_was_issued_stays_the_first_when_others_follow(office):
    office.post(f"{SETUP}batch", {"number": "7", "starts_on": "2026-01-01", "ends_on": "2028-12-31"})
    office.post(f"{SETUP}source", {"code": "province", "name": "省级财政"})
    for year in (2028, 2026):
        a_yearly_plan(programme="fj-changdu", year=year, yuan=0)
    page = text_of(office.get(SETUP))
    assert ("2026 年度计划" in page, "2028 年度计划" in page) == (True, False)

    # By lines of projects: without amounts of its own.
    issue_yearly_plan(by=OFFICE, at=AT, plan=YearlyPlan.objects.get(year=2026).uuid, issued_on=date(2026, 11, 22))

    page = text_of(office.get(SETUP))
    assert (done(office), "2026 年度计划" in page, "导入项目表" in page) == (5, True, True)
    issue = {"on": "2026-11-22", "checked": "on", "seen_fen": "0"}
    assert office.post(f"{SETUP}issue", issue).status_code == 404
    assert YearlyPlan.objects.get(year=2028).state == PlanState.DRAFT


def test_a_number_that_is_none_is_said_above_the_amounts_with_the_field_it_stands_in(office):
    office.post(f"{SETUP}source", {"code": "province", "name": "省级财政"})

    page = text_of(office.post(f"{SETUP}make", {**AMOUNTS, "amount-province": "许多"}))

    assert page.count('<li><a href="#newplanform_amount-province">') == 1


def test_only_who_manages_the_programme_sets_it_up(office):
    assert a_client("auditor").get(SETUP).status_code == 403
    assert a_client(username="elsewhere", **COUNTY).get(SETUP).status_code == 404


def test_where_there_is_no_programme_yet_who_may_begin_is_led_to_the_beginning():
    office, finance = a_client(), a_client("finance")
    for page in ("/", "/programmes/"):
        assert 'href="/programmes/new/"' in text_of(office.get(page)).partition("<main")[2]
        assert 'href="/programmes/new/"' not in text_of(finance.get(page))
