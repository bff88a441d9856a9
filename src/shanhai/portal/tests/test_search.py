# SPDX-License-Identifier: Apache-2.0
"""The search box finds what people look for by its name or number, and nothing that the viewer may not see."""

from datetime import date

import pytest
from django.test import Client

from shanhai.kernel.money import Money
from shanhai.kernel.pinyin import spelled
from shanhai.planning.projects.dossier.services.filing import add_contract
from shanhai.planning.projects.models import Paper
from shanhai.planning.projects.states import Method, PaperKind
from shanhai.planning.projects.tests.builders import a_paper, a_programme, a_project, some_money
from shanhai.registers.ledger.services.entries import post_entry
from shanhai.registers.ledger.values import AccountKind, NewPosting, Source
from shanhai.registers.organisations.tests.builders import an_organisation
from shanhai.registers.people.tests.builders import a_person
from tests.cast import AT, FINANCE, OFFICE, a_user

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 1)


@pytest.fixture
def stored():
    a_programme()
    school = a_project(yuan=100)
    far = a_project(code="GZ-2", name="泸定县卫生院", place="513322")
    add_contract(
        by=OFFICE, at=AT, project=school.uuid, number="HT-2026-7", contractor="某建工公司", method=Method.OPEN_TENDER,
        amount=Money.from_yuan(50), signed_on=DAY,
    )  # fmt: skip
    Paper.objects.filter(pk=a_paper(far, PaperKind.APPROVAL).pk).update(number="甘发改〔2026〕12号")
    some_money("arrive", school.lines.get(), 10)
    post_entry(
        by=FINANCE, at=AT, source=Source("projects.voucher", "zj-ganzi:arrive:记-0042"), programme="zj-ganzi",
        fund_source="province", on_date=DAY,
        postings=[NewPosting(AccountKind.ISSUED, AccountKind.ARRIVED, Money(100), place="513301")],
    )  # fmt: skip
    an_organisation(spelled=spelled("康定市第一小学"))
    a_person("甲一", duty="工作组组长")
    return {"school": str(school.uuid), "far": str(far.uuid)}


def hits(role, text, **scope):
    client = Client()
    client.force_login(a_user(role, **scope), backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get("/search/", {"q": text}).content.decode()
    return [part.partition('"')[0] for part in page.partition("<tbody>")[2].split('<a href="')[1:]]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("中心小学", "/projects/{school}/"),
        ("ht-2026", "/projects/{school}/dossier/"),
        ("建工", "/projects/{school}/dossier/"),
        ("〔2026〕12号", "/projects/{far}/dossier/"),
        ("approval.pdf", "/documents/"),
        ("记-42", "/funds/entries/"),
        ("0042", "/funds/entries/"),
        ("第一小学", "/organisations/"),
        ("diyixiaoxue", "/organisations/"),
        ("dyxx", "/organisations/"),
        ("组长", "/people/"),
        ("513322", "/places/?text=513322"),
    ],
)
def test_what_is_looked_for_is_found_by_name_or_number(stored, text, address):
    found = hits("commander", text)

    assert [one.startswith(address.format(**stored)) for one in found] == [True]


@pytest.mark.parametrize("text", ["〔2026〕12号", "泸定县卫生院", "approval.pdf"])
def test_what_lies_in_another_county_is_not_found(stored, text):
    assert hits("county_user", text, programme="zj-ganzi", place="513301") == []


@pytest.mark.parametrize("text", ["42", "ganzi:arrive", "arrive"])
def test_a_voucher_is_found_by_three_letters_of_its_number_and_by_nothing_before_it(stored, text):
    assert hits("commander", text) == []


@pytest.mark.parametrize("text", ["小学", "ht-2026", "记-42", "组长", "513322", "approval.pdf"])
def test_who_has_no_role_finds_nothing(stored, text):
    assert hits(None, text) == []
