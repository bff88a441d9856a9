# SPDX-License-Identifier: Apache-2.0
"""The pages of a year's plan: made, changed, issued once its sum was confirmed, closed for good."""

from datetime import date

import pytest
from django.test import Client

from shanhai.base.audit.models import AuditRow
from shanhai.kernel import clock
from shanhai.kernel.errors import Conflict
from shanhai.kernel.money import Money
from shanhai.planning.programmes.models import PlanAmount, PlanMove, YearlyPlan
from shanhai.planning.programmes.money.selectors import plan_totals
from shanhai.planning.programmes.plans.selectors import get_yearly_plan
from shanhai.planning.programmes.plans.services import plans
from shanhai.planning.programmes.tests.builders import a_fund_source, a_programme, a_yearly_plan
from shanhai.planning.programmes.tests.pages import COUNTY, a_client, text_of
from shanhai.registers.ledger.models import Entry
from tests.cast import AT, AUDITOR, OFFICE

pytestmark = pytest.mark.django_db
PLANS = "/programmes/zj-ganzi/plans/"
PAGE = f"{PLANS}2023/"
ISSUE = {"on": "2023-03-01", "checked": "on", "because": "财预〔2023〕1号"}


@pytest.fixture(autouse=True)
def programme():
    with clock.frozen(AT):
        a_programme()
        a_fund_source(code="city", name="市级财政")
        yield


def the_plan():
    return get_yearly_plan(viewer=AUDITOR, programme="zj-ganzi", year=2023)


def lines():
    return {line.fund_source.code: (line.amount_fen, line.reserve_fen) for line in the_plan().amounts.all()}


def closed():
    plan = a_yearly_plan(issued_on=date(2023, 3, 1))
    return plans.close_yearly_plan(by=OFFICE, at=AT, plan=plan.uuid, because="年度终了")


def test_the_office_makes_a_draft_in_wan_yuan():
    answer = a_client().post(
        f"{PLANS}new/", {"year": "2023", "amount-province": "312.5", "reserve-province": "125000元", "amount-city": ""}
    )

    assert answer["Location"] == PAGE
    assert lines() == {"province": (312_500_000, 12_500_000)}
    assert the_plan().state == "draft"


def test_a_year_that_has_a_plan_is_not_offered_and_not_made_twice():
    a_yearly_plan()
    client = a_client()

    offered = client.get(f"{PLANS}new/").context["years"]
    answer = client.post(f"{PLANS}new/", {"year": "2023", "amount-province": "1"})

    assert offered == [2021, 2022, 2024, 2025]
    assert answer.status_code == 422
    assert YearlyPlan.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"year": ""},
        {"year": "1e9"},
        {"year": "2020"},
        {"year": "9" * 5000},
        {"amount-province": "1e9"},
        {"amount-province": "很多"},
        {"amount-province": "-1"},
        {"amount-province": "0"},
        {"amount-province": "9" * 29},
        {"amount-province": "9" * 100_000},
        {"amount-province": "0.0000001"},
        {"amount-province": "1\x00"},
        {"reserve-province": "6"},
        {"amount-city": "", "reserve-city": "1"},
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(wrong):
    answer = a_client().post(f"{PLANS}new/", {"year": "2023", "amount-province": "5", "amount-city": "7.25", **wrong})

    assert answer.status_code == 422
    assert 'class="error"' in text_of(answer)
    assert 'value="5"' in text_of(answer) or 'value="7.25"' in text_of(answer)
    assert YearlyPlan.objects.count() == 0


def test_the_page_shows_the_amounts_to_the_fen_and_offers_them_for_change():
    plan = a_yearly_plan()
    PlanAmount.objects.filter(plan=plan).update(amount_fen=123_456_789)

    page = text_of(a_client().get(PAGE))

    assert "1,234,567.89 元" in page
    assert 'value="123.456789"' in page


def test_the_amounts_of_a_draft_change():
    a_yearly_plan()
    client = a_client()

    client.post(f"{PAGE}amounts", {"amount-city": "2", "reserve-city": "1"})
    refused = client.post(f"{PAGE}amounts", {"amount-city": "2", "reserve-city": "3"})

    assert lines() == {"city": (2_000_000, 1_000_000)}
    assert (refused.status_code, "多于计划" in text_of(refused)) == (422, True)
    assert 'value="3"' in text_of(refused)


def test_a_plan_is_issued_when_its_sum_was_confirmed():
    a_yearly_plan(yuan=3_125_000, reserve=125_000)
    client = a_client()

    page = text_of(client.get(PAGE))
    answer = client.post(f"{PAGE}issue", {**ISSUE, "seen_fen": "312500000"})

    assert "合计 312.50 万元，即 3,125,000.00 元" in page
    assert answer["Location"] == PAGE
    assert (the_plan().state, the_plan().issued_on) == ("issued", date(2023, 3, 1))
    assert "财预〔2023〕1号" in text_of(client.get(PAGE))


def test_a_sum_that_changed_meanwhile_is_shown_to_be_confirmed_again():
    a_yearly_plan(yuan=100)
    client = a_client()

    answer = client.post(f"{PAGE}issue", {**ISSUE, "seen_fen": "9900"})

    assert answer.status_code == 422
    assert "您核对的合计是 99.00 元，现在是 100.00 元" in text_of(answer)
    assert 'name="seen_fen" value="10000"' in text_of(answer)
    assert 'value="2023-03-01"' in text_of(answer)
    assert " checked" not in text_of(answer).split("<main", 1)[1]
    assert (the_plan().state, Entry.objects.count()) == ("draft", 0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"on": ""},
        {"on": "2023-02-30"},
        {"on": "2020-12-31"},
        {"on": "2026-11-23"},
        {"on": "9999-12-31"},
        {"checked": ""},
        {"seen_fen": ""},
        {"seen_fen": "1e9"},
        {"seen_fen": "-1"},
        {"seen_fen": "9" * 30},
        {"because": "长" * 501},
    ],
)
def test_an_issue_that_cannot_be_posts_nothing(wrong):
    a_yearly_plan()

    answer = a_client().post(f"{PAGE}issue", {**ISSUE, "seen_fen": "10000", **wrong})

    assert answer.status_code == 422
    assert 'class="error"' in text_of(answer)
    assert (the_plan().state, Entry.objects.count()) == ("draft", 0)


def test_an_issued_plan_is_not_issued_again_and_takes_no_other_amounts():
    a_yearly_plan(issued_on=date(2023, 3, 1))
    client = a_client()

    again = client.post(f"{PAGE}issue", {**ISSUE, "seen_fen": "10000"})
    other = client.post(f"{PAGE}amounts", {"amount-province": "9"})

    assert [again.status_code, other.status_code] == [422, 422]
    assert 'role="alert"' in text_of(again)
    assert "请作计划调整" in text_of(other)
    assert lines() == {"province": (10_000, 0)}
    assert Entry.objects.count() == 1


def test_the_office_closes_an_issued_plan_and_no_draft():
    plan = a_yearly_plan()
    client = a_client()

    early = client.post(f"{PAGE}close", {"checked": "on"})
    plans.issue_yearly_plan(by=OFFICE, at=AT, plan=plan.uuid, issued_on=date(2023, 3, 1))
    unsure = client.post(f"{PAGE}close", {"because": "年度终了"})
    client.post(f"{PAGE}close", {"because": "年度终了", "checked": "on"})

    assert (unsure.status_code, 'value="年度终了"' in text_of(unsure)) == (422, True)
    assert (early.status_code, 'role="alert"' in text_of(early)) == (422, True)
    assert the_plan().state == "closed"


def test_the_page_alone_takes_no_form_and_the_address_of_one_shows_the_page():
    a_yearly_plan()
    client = a_client()

    assert client.post(PAGE, {"amount-province": "9"}).status_code == 404
    assert 'name="amount-province"' in text_of(client.get(f"{PAGE}amounts"))
    assert lines() == {"province": (10_000, 0)}


def test_a_closed_plan_offers_nothing_says_why_and_is_not_reopened():
    closed()
    client = a_client()

    page = text_of(client.get(PAGE))
    answers = [
        client.post(f"{PAGE}issue", {**ISSUE, "seen_fen": "10000"}),
        client.post(f"{PAGE}issue", {}),
        client.post(f"{PAGE}amounts", {"amount-province": "9"}),
        client.post(f"{PAGE}close", {"because": "再一次", "checked": "on"}),
        client.post(f"{PLANS}new/", {"year": "2023", "amount-province": "9"}),
    ]

    assert 'method="post"' not in page.split("<main", 1)[1]
    assert "不能重新打开" in page
    assert "年度终了" in page
    assert [answer.status_code for answer in answers] == [422] * 5
    assert all('class="error"' in text_of(answer) for answer in answers)
    assert (the_plan().state, lines(), Entry.objects.count()) == ("closed", {"province": (10_000, 0)}, 1)
    assert [move.new for move in PlanMove.objects.order_by("pk")] == ["issued", "closed"]


@pytest.mark.parametrize("role", ["auditor", "finance", "work_group_lead"])
def test_who_does_not_manage_looks_and_changes_nothing(role):
    a_yearly_plan()
    client = a_client(role)

    page = text_of(client.get(PAGE))

    assert 'method="post"' not in page.split("<main", 1)[1]
    assert "省级财政" in page
    assert client.get(f"{PLANS}new/").status_code == 403
    for act in ("amounts", "issue", "close"):
        assert client.post(f"{PAGE}{act}", {**ISSUE, "seen_fen": "10000"}).status_code == 403
    assert the_plan().state == "draft"


def test_a_county_user_sees_how_the_plan_stands_and_not_the_money_of_all():
    a_yearly_plan(yuan=3_125_000, issued_on=date(2023, 3, 1))
    client = a_client("county_user", **COUNTY)

    page = text_of(client.get(PAGE))

    assert "已下达" in page
    assert "3,125,000" not in page
    assert 'method="post"' not in page.split("<main", 1)[1]
    assert client.post(f"{PAGE}close").status_code == 403


def test_a_stranger_is_sent_to_sign_in_and_another_programmes_office_finds_nothing():
    a_yearly_plan()
    a_programme(code="zj-aksu", recipient="652900")
    other = a_client("office", programme="zj-aksu")

    for address in (PAGE, f"{PLANS}new/"):
        assert Client().get(address)["Location"].startswith("/accounts/login/")
        assert other.get(address).status_code == 404
    assert other.post(f"{PAGE}issue", {**ISSUE, "seen_fen": "10000"}).status_code == 404


@pytest.mark.parametrize("year", ["2024", "0", "9" * 30, "9" * 5000, "1e9", "-1", "x"])
def test_a_year_without_a_plan_is_not_found(year):
    assert a_client().get(f"{PLANS}{year}/").status_code == 404


def test_the_page_of_the_programme_leads_to_its_plans():
    a_yearly_plan()

    assert f'href="{PAGE}"' in text_of(a_client().get("/programmes/zj-ganzi/"))
    assert f'href="{PLANS}new/"' not in text_of(a_client("auditor").get("/programmes/zj-ganzi/"))


@pytest.mark.parametrize("state", ["draft", "issued", "closed"])
def test_the_page_takes_few_queries(state, django_assert_max_num_queries):
    if state == "closed":
        closed()
    else:
        a_yearly_plan(issued_on=date(2023, 3, 1) if state == "issued" else None)
    client = a_client()
    client.get(PAGE)

    with django_assert_max_num_queries(15):
        client.get(PAGE)
    with django_assert_max_num_queries(8):
        client.get(f"{PLANS}new/")


@pytest.mark.parametrize(("issued_on", "shown"), [(date(2023, 3, 1), True), (date(2022, 12, 1), False)])
def test_the_figures_are_those_of_the_year_in_which_money_was_posted(issued_on, shown):
    a_yearly_plan(issued_on=issued_on)

    figures = a_client().get(PAGE).context["figures"]

    assert bool(figures) is shown
    assert not {"plan_completion_rate", "reserve"} & {figure.key for figure in figures}


RELEASE = {"source": "province:100000", "amount": "0.04", "on": "2026-06-01", "because": "灾后修路", "checked": "on"}


@pytest.fixture
def reserved():
    """A plan of 10,000 yuan of 2023, issued, of which 1,000 lie in reserve."""
    return a_yearly_plan(yuan=10_000, reserve=1000, issued_on=date(2023, 3, 1))


def reserve_of_the_ledger():
    return plan_totals(viewer=AUDITOR, programme="zj-ganzi", as_of=date(2026, 6, 30)).reserve.fen


def test_the_office_releases_some_of_the_reserve_and_says_why(reserved):
    client = a_client()
    assert "动用预备费" in text_of(client.get(PAGE))

    answer = client.post(f"{PAGE}release", RELEASE)

    assert answer["Location"] == PAGE
    assert lines()["province"][1] == the_plan().reserve_fen == reserve_of_the_ledger() == 60_000
    row = AuditRow.objects.get(action="programmes.plan.reserve_released")
    assert (row.changes, row.because) == ({"reserve": {"province": [100_000, 60_000]}}, "灾后修路")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"amount": "0.1001"}, "这份计划只留有"),
        ({"amount": "0"}, "大于零"),
        ({"because": ""}, "必填"),
        ({"checked": ""}, "必填"),
        ({"source": "city:1"}, "选择"),
        ({"on": "2020-01-01"}, "日期应在"),
    ],
)
def test_what_cannot_be_released_is_said_and_the_reserve_stays(reserved, given, says):
    answer = a_client().post(f"{PAGE}release", {**RELEASE, **given})

    assert answer.status_code == 422
    assert says in text_of(answer)
    assert lines()["province"][1] == reserve_of_the_ledger() == 100_000


def test_the_same_form_sent_twice_releases_once(reserved):
    client = a_client()
    client.post(f"{PAGE}release", RELEASE)

    assert client.post(f"{PAGE}release", RELEASE).status_code == 422
    with pytest.raises(Conflict, match="变过了"):
        plans.release_plan_reserve(
            by=OFFICE, at=AT, plan=the_plan().uuid, fund_source="province", amount=Money(1), on_date=date(2026, 6, 1),
            because="x", seen=Money(100_000),
        )  # fmt: skip
    assert lines()["province"][1] == reserve_of_the_ledger() == 60_000


def test_only_who_manages_the_programme_releases_and_only_of_an_issued_plan(reserved):
    assert a_client("finance").post(f"{PAGE}release", RELEASE).status_code == 403
    plans.close_yearly_plan(by=OFFICE, at=AT, plan=the_plan().uuid, because="年度终了")

    assert "没有可以动用的预备费" in text_of(a_client().post(f"{PAGE}release", RELEASE))
    assert reserve_of_the_ledger() == 100_000


def test_the_page_of_a_past_day_shows_the_reserve_of_that_day_and_offers_nothing(reserved):
    client = a_client()
    client.post(f"{PAGE}release", RELEASE)

    past, now = (client.get(f"{PAGE}{asked}") for asked in ("?as_of=2026-05-31", ""))

    assert (past.context["reserve"].fen, now.context["reserve"].fen) == (100_000, 60_000)
    assert "2026-05-31" in text_of(past)
    assert "release" not in past.context
    assert "release" in now.context
