# SPDX-License-Identifier: Apache-2.0
"""The pages on which a programme is made and corrected, with its batches and fund sources."""

import re
from datetime import date

import pytest
from django.test import Client

from shanhai.kernel import clock
from shanhai.kernel.errors import BadInput
from shanhai.planning.programmes.core import services as programmes
from shanhai.planning.programmes.models import Batch, FundSource, Programme
from shanhai.planning.programmes.tests.builders import a_division, a_programme, a_yearly_plan
from shanhai.planning.programmes.tests.pages import COUNTY, a_client, text_of
from tests.cast import AT, OFFICE
from tests.refusals import refused

pytestmark = pytest.mark.django_db
NEW = "/programmes/new/"
EDIT = "/programmes/zj-ganzi/edit/"
GIVEN = {
    "code": "fj-changdu",
    "name": "福建省对口支援昌都市",
    "name_en": "",
    "supporter": "350000",
    "recipient": "540300",
    "starts_on": "2026-01-01",
    "ends_on": "2030-12-31",
    "five_year_plan": "12.5亿元",
}
CORRECTED = {
    "name": "浙江支援甘孜",
    "name_en": "",
    "starts_on": "2021-01-01",
    "ends_on": "2026-12-31",
    "five_year_plan": "0.2",
}
BATCH = {"number": "7", "starts_on": "2021-01-01", "ends_on": "2023-12-31"}


@pytest.fixture(autouse=True)
def at_ten():
    with clock.frozen(AT):
        yield


@pytest.fixture
def sides():
    return a_division("350000"), a_division("540300")


def test_the_office_makes_a_programme_and_goes_on_to_its_batches(sides):
    client = a_client()

    answer = client.post(NEW, GIVEN)

    made = Programme.objects.get()
    assert answer["Location"] == "/programmes/fj-changdu/setup/"
    assert client.get(answer["Location"]).status_code == 200
    assert (made.code, made.supporter.code, made.recipient.code) == ("fj-changdu", "350000", "540300")
    assert (made.starts_on, made.ends_on) == (date(2026, 1, 1), date(2030, 12, 31))
    assert made.five_year_plan_fen == 125_000_000_000


def test_a_side_is_found_by_its_name(sides):
    page = text_of(a_client().get(NEW))

    assert '<option value="540300">昌都市</option>' in page
    assert page.count('list="divisions"') == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": ""},
        {"code": "New Code"},
        {"code": "长" * 50},
        {"code": "a" * 100_000},
        {"name": "  "},
        {"name": "长" * 101},
        {"name": "a\x00"},
        {"supporter": "999999"},
        {"supporter": ""},
        {"recipient": "350000"},
        {"recipient": "1e9"},
        {"starts_on": "2031-01-01"},
        {"starts_on": "0001-01-01"},
        {"ends_on": "9999-12-31"},
        {"ends_on": "2030-02-30"},
        {"five_year_plan": ""},
        {"five_year_plan": "1e9"},
        {"five_year_plan": "-1"},
        {"five_year_plan": "9" * 30},
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(sides, wrong):
    answer = a_client().post(NEW, {**GIVEN, **wrong})

    assert answer.status_code == 422
    assert 'class="error"' in text_of(answer)
    assert 'value="540300"' in text_of(answer)
    assert Programme.objects.count() == 0


def test_both_sides_and_all_else_that_is_wrong_are_said_at_once_beside_their_fields(sides):
    wrong = {"supporter": "999999", "recipient": "没有这个地方", "code": "new", "ends_on": "2025-12-31"}

    page = text_of(a_client().post(NEW, {**GIVEN, **wrong}))

    assert re.findall(r'<li><a href="#programmeform_(\w+)">', page) == ["code", "supporter", "recipient", "ends_on"]


@pytest.mark.parametrize("code", ["new", "tasks", "campaigns"])
def test_a_word_that_addresses_need_is_no_code(sides, code):
    answer = a_client().post(NEW, {**GIVEN, "code": code})

    assert (answer.status_code, "系统要用它作网址" in text_of(answer)) == (422, True)
    with refused(BadInput, "programmes.code_reserved"):
        a_programme(code=code)
    assert Programme.objects.count() == 0


def test_a_code_is_given_once(sides):
    client = a_client()
    client.post(NEW, GIVEN)

    answer = client.post(NEW, {**GIVEN, "name": "另一个"})

    assert (answer.status_code, "已经用过了" in text_of(answer)) == (422, True)
    assert Programme.objects.count() == 1


def test_a_programme_is_corrected_and_shown_as_it_stands():
    a_programme()
    client = a_client()

    page = text_of(client.get(EDIT))
    answer = client.post(EDIT, CORRECTED)

    assert 'value="0.1"' in page
    assert answer["Location"] == "/programmes/zj-ganzi/"
    found = Programme.objects.get()
    assert (found.name, found.name_en, found.ends_on) == ("浙江支援甘孜", "", date(2026, 12, 31))
    assert found.five_year_plan_fen == 200_000


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"starts_on": "2027-01-01"},
        {"starts_on": "2024-01-01"},
        {"ends_on": "2101-01-01"},
        {"five_year_plan": "1e9"},
    ],
)
def test_a_correction_that_cannot_be_changes_nothing(wrong):
    a_programme()
    a_yearly_plan(year=2023)

    answer = a_client().post(EDIT, {**CORRECTED, **wrong})

    assert answer.status_code == 422
    assert 'class="error"' in text_of(answer)
    assert Programme.objects.get().name == "浙江省对口支援甘孜州"


def test_batches_and_fund_sources_are_added_once():
    a_programme()
    client = a_client()

    client.post(f"{EDIT}batches", BATCH)
    client.post(f"{EDIT}sources", {"code": "city", "name": "市级财政"})
    again = client.post(f"{EDIT}batches", BATCH)
    taken = client.post(f"{EDIT}sources", {"code": "city", "name": "又一个"})

    assert [again.status_code, taken.status_code] == [422, 422]
    assert "第 7 批已经登记" in text_of(again)
    assert "<details open>" in text_of(taken)
    assert 'value="又一个"' in text_of(taken)
    assert [one.number for one in Batch.objects.all()] == [7]
    assert [one.code for one in FundSource.objects.order_by("code")] == ["city", "province"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": ""},
        {"number": "0"},
        {"number": "-1"},
        {"number": "1e9"},
        {"number": "9" * 30},
        {"starts_on": "2024-01-01"},
        {"starts_on": "2020-12-31"},
        {"ends_on": "2026-01-01"},
        {"ends_on": "9999-12-31"},
    ],
)
def test_a_batch_that_cannot_be_is_not_added(wrong):
    a_programme()

    answer = a_client().post(f"{EDIT}batches", {**BATCH, **wrong})

    assert answer.status_code == 422
    assert 'class="error"' in text_of(answer)
    assert Batch.objects.count() == 0


@pytest.mark.parametrize(
    "wrong",
    [{"code": ""}, {"code": "Città"}, {"code": "a" * 41}, {"name": ""}, {"name": "\x00"}, {"name_en": "a" * 101}],
)
def test_a_fund_source_that_cannot_be_is_not_added(wrong):
    a_programme()

    answer = a_client().post(f"{EDIT}sources", {"code": "city", "name": "市级财政", **wrong})

    assert answer.status_code == 422
    assert FundSource.objects.count() == 1


@pytest.mark.parametrize(
    ("role", "scope"), [("county_user", COUNTY), ("auditor", {}), ("work_group_lead", {"programme": "zj-ganzi"})]
)
def test_who_does_not_manage_is_offered_nothing_and_changes_nothing(role, scope):
    a_programme()
    client = a_client(role, **scope)

    assert f'href="{NEW}"' not in text_of(client.get("/programmes/"))
    assert f'href="{EDIT}"' not in text_of(client.get("/programmes/zj-ganzi/"))
    for address in (NEW, EDIT):
        assert client.get(address).status_code == 403
    for address, given in (
        (NEW, GIVEN),
        (EDIT, CORRECTED),
        (f"{EDIT}batches", BATCH),
        (f"{EDIT}sources", {"code": "city", "name": "市级财政"}),
    ):
        assert client.post(address, given).status_code == 403
    assert (Programme.objects.get().name, Batch.objects.count(), FundSource.objects.count()) == (
        "浙江省对口支援甘孜州",
        0,
        1,
    )


def test_an_office_of_one_programme_corrects_it_and_makes_no_other(sides):
    a_programme()
    a_programme(code="zj-aksu", recipient="652900")
    client = a_client("office", programme="zj-ganzi")

    assert client.get(EDIT).status_code == 200
    assert client.get("/programmes/zj-aksu/edit/").status_code == 404
    assert client.post("/programmes/zj-aksu/edit/", CORRECTED).status_code == 404
    assert client.post(NEW, GIVEN).status_code == 403


def test_a_stranger_is_sent_to_sign_in():
    a_programme()

    for address in (NEW, EDIT):
        assert Client().get(address)["Location"].startswith("/accounts/login/")


def test_the_pages_take_few_queries(django_assert_max_num_queries):
    a_programme()
    for number in range(1, 20):
        programmes.add_fund_source(by=OFFICE, at=AT, programme="zj-ganzi", code=f"s{number}", name=f"来源 {number}")
    client = a_client()
    client.get(EDIT)

    with django_assert_max_num_queries(8):
        client.get(EDIT)
    with django_assert_max_num_queries(8):
        client.get(NEW)
