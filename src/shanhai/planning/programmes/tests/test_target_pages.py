# SPDX-License-Identifier: Apache-2.0
"""The page of five-year targets: what each year was to add and has added, setting and reporting."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from shanhai.kernel import clock
from shanhai.planning.programmes.models import Target, TargetYear
from shanhai.planning.programmes.plans.services import targets
from shanhai.planning.programmes.tests.builders import a_programme, a_target
from shanhai.planning.programmes.tests.pages import COUNTY, a_client, text_of
from tests.cast import AT, OFFICE

pytestmark = pytest.mark.django_db
PAGE = "/programmes/zj-ganzi/targets/"
SET = {"name": "培训人次", "unit": "person_time", "amount": "1,000", "plan-2022": "200", "plan-2023": "300.5"}
REPORT = {"year": "2023", "reached": "150", "on": "2023-06-30", "note": "上半年"}


@pytest.fixture(autouse=True)
def programme():
    with clock.frozen(AT):
        yield a_programme()


def report(target):
    return f"{PAGE}{target.uuid}/report"


def test_the_page_shows_each_year_and_the_share_of_the_whole_with_its_proof():
    target = a_target(by_year={2022: Decimal(200), 2023: Decimal(300)})
    targets.report_target(by=OFFICE, at=AT, target=target.uuid, year=2022, reached=Decimal(250), on=date(2022, 12, 31))
    client = a_client()

    page = text_of(client.get(PAGE))
    proof = client.get(page.split('class="proof" href="')[1].split('"')[0].replace("&amp;", "&"))

    assert '<p class="fig-value num" title="' in page
    assert "25.0<small>%</small>" in page
    assert "250 人次" in page
    assert "125.0%" in page
    assert "还没有填报" in page
    assert proof.status_code == 200
    assert "各年完成数之和" in text_of(proof)


def test_a_target_is_set_with_its_years():
    answer = a_client().post(PAGE, SET)

    assert answer["Location"] == PAGE
    target = Target.objects.get()
    assert (target.name, target.unit, target.amount) == ("培训人次", "person_time", Decimal(1000))
    assert list(target.years.order_by("year").values_list("year", "planned")) == [
        (2022, Decimal(200)),
        (2023, Decimal("300.5")),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "长" * 101},
        {"unit": "furlong"},
        {"amount": ""},
        {"amount": "0"},
        {"amount": "-5"},
        {"amount": "1e9"},
        {"amount": "NaN"},
        {"amount": "9" * 20},
        {"amount": "9" * 100_000},
        {"amount": "1.00001"},
        {"unit": "yi_yuan", "amount": "999999999999"},
        {"unit": "yuan", "amount": "0.001"},
        {"plan-2022": "1e9"},
        {"plan-2022": "-1"},
        {"plan-2022": "\x00"},
    ],
)
def test_a_target_that_cannot_be_is_said_and_what_was_typed_stays(wrong):
    answer = a_client().post(PAGE, {**SET, **wrong})

    assert answer.status_code == 422
    assert 'class="error"' in text_of(answer)
    assert 'value="300.5"' in text_of(answer)
    assert Target.objects.count() == 0


def test_a_name_is_given_once():
    a_target()

    answer = a_client().post(PAGE, SET)

    assert (answer.status_code, "已经有目标“培训人次”了" in text_of(answer)) == (422, True)
    assert Target.objects.count() == 1


def test_a_year_is_reported_and_reported_again():
    target = a_target()
    client = a_client()

    client.post(report(target), REPORT)
    client.post(report(target), {**REPORT, "reached": "170.5", "on": "2023-12-31", "note": ""})

    year = TargetYear.objects.get()
    assert (year.year, year.reached, year.reported_on) == (2023, Decimal("170.5"), date(2023, 12, 31))


@pytest.mark.parametrize(
    "wrong",
    [
        {"year": ""},
        {"year": "2020"},
        {"year": "2026"},
        {"year": "1e9"},
        {"year": "9" * 5000},
        {"reached": ""},
        {"reached": "-1"},
        {"reached": "1e9"},
        {"reached": "很多"},
        {"reached": "9" * 16},
        {"on": "2020-12-31"},
        {"on": "2026-11-23"},
        {"on": "2023-02-30"},
        {"note": "长" * 201},
    ],
)
def test_a_report_that_cannot_be_opens_its_form_again(wrong):
    target = a_target()

    answer = a_client().post(report(target), {**REPORT, **wrong})

    assert answer.status_code == 422
    assert '<details class="no-print" open>' in text_of(answer)
    assert 'class="error"' in text_of(answer)
    assert TargetYear.objects.count() == 0


def test_years_that_add_up_to_more_than_can_be_counted_are_refused():
    target = a_target(name="投资", unit="yi_yuan", amount=1)
    client = a_client()

    client.post(report(target), {**REPORT, "year": "2022", "reached": "9000000"})
    answer = client.post(report(target), {**REPORT, "reached": "9000000"})

    assert answer.status_code == 422
    assert client.get(PAGE).status_code == 200


@pytest.mark.parametrize("role", ["auditor", "work_group_lead"])
def test_who_does_not_manage_looks_and_changes_nothing(role):
    target = a_target()
    client = a_client(role)

    page = text_of(client.get(PAGE))

    assert "培训人次" in page
    assert 'method="post"' not in page.split("<main", 1)[1]
    assert client.post(PAGE, {**SET, "name": "新"}).status_code == 403
    assert client.post(report(target), REPORT).status_code == 403
    assert (Target.objects.count(), TargetYear.objects.count()) == (1, 0)


def test_a_county_user_sees_the_targets_and_no_forms():
    target = a_target()
    targets.report_target(by=OFFICE, at=AT, target=target.uuid, year=2022, reached=Decimal(250), on=date(2022, 12, 31))
    client = a_client("county_user", **COUNTY)

    page = text_of(client.get(PAGE))

    assert "25.0<small>%</small>" in page
    assert 'method="post"' not in page.split("<main", 1)[1]
    assert client.post(report(target), REPORT).status_code == 403


def test_a_stranger_is_sent_to_sign_in_and_another_programmes_office_finds_nothing():
    target = a_target()
    a_programme(code="zj-aksu", recipient="652900")
    other = a_client("office", programme="zj-aksu")

    assert Client().get(PAGE)["Location"].startswith("/accounts/login/")
    assert other.get(PAGE).status_code == 404
    assert other.post(report(target), REPORT).status_code == 404
    assert other.post(f"/programmes/zj-aksu/targets/{target.uuid}/report", REPORT).status_code == 404


@pytest.mark.parametrize("many", [1, 20])
def test_the_page_takes_few_queries(many, django_assert_max_num_queries):
    for number in range(many):
        a_target(name=f"目标 {number}", amount=5, by_year={year: Decimal(1) for year in range(2021, 2026)})
    client = a_client()
    client.get(PAGE)

    with django_assert_max_num_queries(10):
        client.get(PAGE)
