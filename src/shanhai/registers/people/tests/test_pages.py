# SPDX-License-Identifier: Apache-2.0
"""The pages of people, as the office, the auditor, an office of one county, finance and a stranger meet them."""

from datetime import date

import pytest
from django.urls import reverse

from shanhai.base.audit.models import AuditRow
from shanhai.registers.organisations.tests.builders import an_organisation
from shanhai.registers.people.models import Person
from shanhai.registers.people.tests.builders import a_person
from shanhai.registers.places.tests.builders import a_division
from tests.cast import a_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_clock")]
FACTS = {"name": "乙二", "duty": "副指挥长", "programme": "zj-ganzi", "valid_from": "2024-03-01"}


@pytest.fixture
def office(sign_in):
    return sign_in("office")


def text_of(answer):
    return answer.content.decode()


def test_a_person_is_told_by_which_account_they_are_called(office, ganzi):
    user = a_user(None, username="monitor")
    given = {**FACTS, "place": "513301"}

    wrong = office.post(reverse("people:new"), {**given, "username": "nobody-here"})
    assert (wrong.status_code, "没有可用的账号“nobody-here”" in text_of(wrong)) == (422, True)
    office.post(reverse("people:new"), {**given, "username": "Monitor"})
    person = Person.objects.get()
    page = reverse("people:detail", args=[person.uuid])
    assert person.user == user
    assert 'value="monitor"' in text_of(office.get(page))

    office.post(f"{page}correct", {**given, "username": ""})
    person.refresh_from_db()
    assert person.user is None


def test_a_person_is_added_found_corrected_ended_and_erased(office, ganzi):
    an_organisation()
    given = {**FACTS, "place": "513321", "organisation": "康定市第一小学", "work_phone": "0836 2830001"}

    answer = office.post(reverse("people:new"), given, follow=True)
    person = Person.objects.get()

    # The code of Kangding when it was a county: what followed is stored, and that is said.
    assert person.place == "513301"
    assert "已登记“乙二”" in text_of(answer)
    assert "代码 513321 已经变更" in text_of(answer)
    assert "0836 2830001" in text_of(office.get(reverse("people:list"), {"text": "第一小学"}))
    assert "乙二" not in text_of(office.get(reverse("people:list"), {"text": "无此人"}))

    assert '<option value="513301">康定市</option>' in text_of(office.get(reverse("people:new")))
    page = reverse("people:detail", args=[person.uuid])
    assert 'value="康定市第一小学"' in text_of(office.get(page))
    office.post(f"{page}correct", {**given, "place": "513301", "duty": "组长", "because": "写错了"}, follow=True)
    person.refresh_from_db()
    assert (person.duty, person.organisation.name, AuditRow.objects.latest("seq").because) == (
        "组长", "康定市第一小学", "写错了",
    )  # fmt: skip

    office.post(f"{page}end", {"until": "2026-03-01"}, follow=True)
    assert "乙二" not in text_of(office.get(reverse("people:list")))
    assert "乙二" in text_of(office.get(reverse("people:list"), {"past": "on"}))

    office.post(f"{page}erase", {"because": "本人要求"})
    person.refresh_from_db()
    assert (person.name, person.work_phone, office.get(page).status_code) == ("", "", 404)
    assert [row.action for row in AuditRow.objects.filter(subject_type="people.person").order_by("seq")] == [
        "people.person.added", "people.person.corrected", "people.person.posting_ended", "people.person.erased",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"name": "510101199001011234"}, "身份证号"),
        ({"work_phone": "家里"}, "办公电话"),
        ({"place": "999999"}, "没有登记代码"),
        ({"organisation": "没有的单位"}, "没有登记“没有的单位”"),
        ({"valid_from": "去年"}, "error"),
        ({"name": ""}, "error"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_cannot_be_kept_is_refused_on_the_page_and_what_was_typed_stays(office, wrong, why):
    answer = office.post(reverse("people:new"), {**FACTS, **wrong})

    assert answer.status_code == 422
    assert why in text_of(answer)
    assert 'value="副指挥长"' in text_of(answer)
    assert not Person.objects.exists()


def test_two_organisations_of_one_name_are_never_guessed(office):
    an_organisation("第一小学", division=a_division("513301"))
    an_organisation("第一小学", division=a_division("513322"))

    assert "有几个单位叫" in text_of(office.post(reverse("people:new"), {**FACTS, "organisation": "第一小学"}))


@pytest.mark.parametrize(
    ("act", "sent"),
    [("end", {"until": "2019-01-01"}), ("end", {}), ("erase", {"because": " "}), ("correct", {**FACTS, "duty": ""})],
)
def test_an_act_that_is_refused_changes_nothing(office, act, sent):
    person = a_person()

    answer = office.post(reverse(f"people:{act}", args=[person.uuid]), sent)

    assert answer.status_code == 422
    assert 'class="error"' in text_of(answer)
    assert Person.objects.get(pk=person.pk).erased_at is None
    assert not AuditRow.objects.filter(subject_type="people.person").exists()


@pytest.mark.parametrize(
    ("role", "listed", "page", "add", "act"),
    [
        ("office", 200, 200, 200, 422),
        ("auditor", 200, 200, 403, 403),
        ("work_group_lead", 200, 200, 403, 403),
        ("finance", 404, 404, 404, 404),
        (None, 404, 404, 404, 404),
    ],
)
def test_who_sees_what(sign_in, role, listed, page, add, act):
    client, person = sign_in(role), a_person()
    where = {name: reverse(f"people:{name}", args=[person.uuid]) for name in ("detail", "end", "erase", "correct")}

    assert client.get(reverse("people:list")).status_code == listed
    assert client.get(where["detail"]).status_code == page
    assert client.get(reverse("people:new")).status_code == add
    assert {client.post(where[name], {}).status_code for name in ("end", "erase", "correct")} == {act}


def test_whoever_is_bound_to_a_place_sees_and_keeps_people_there_only(sign_in):
    a_division("513301")
    a_division("513322")
    here, elsewhere = a_person(name="甲一", place="513301"), a_person(name="丙三", place="513322")
    county = sign_in("office", programme="zj-ganzi", place="513301")

    listed = text_of(county.get(reverse("people:list")))

    assert "甲一" in listed
    assert "丙三" not in listed
    assert county.get(reverse("people:detail", args=[elsewhere.uuid])).status_code == 404
    assert county.post(reverse("people:new"), {**FACTS, "place": "513322"}).status_code == 403
    assert county.post(reverse("people:new"), {**FACTS, "place": "513301"}).status_code == 302
    assert county.post(reverse("people:erase", args=[here.uuid]), {"because": "误记"}).status_code == 302


def test_a_place_finds_people_under_all_codes_it_has_had(office):
    a_person(name="甲一", place="513321")
    a_person(name="丙三", place="513301")
    a_person(name="丁四", place="513322")

    listed = text_of(office.get(reverse("people:list"), {"place": "513301"}))

    assert "甲一" in listed
    assert "丙三" in listed
    assert "丁四" not in listed


def test_a_correction_keeps_the_code_of_its_day_and_the_account(office):
    a_division("513301")
    person = a_person(place="513321", user=a_user("finance"))
    facts = {**FACTS, "place": "513321", "valid_from": "2024-01-01", "username": "finance"}

    assert office.post(reverse("people:correct", args=[person.uuid]), facts).status_code == 302

    person.refresh_from_db()
    assert (person.name, person.place, person.user.username) == ("乙二", "513321", "finance")


@pytest.mark.parametrize("address", ["/people/1/", "/people/01890000-0000-7000-8000-000000000000/", "/people/%00/"])
def test_a_person_that_is_none_is_not_found(office, address):
    assert office.get(address).status_code == 404


def test_the_list_asks_the_database_a_fixed_number_of_times(office, django_assert_max_num_queries):
    for number in range(40):
        a_person(name=f"第{number}号", valid_from=date(2024, 1, 1))
    office.get(reverse("people:list"))

    with django_assert_max_num_queries(16):
        office.get(reverse("people:list"))
