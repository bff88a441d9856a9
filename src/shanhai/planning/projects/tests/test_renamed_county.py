# SPDX-License-Identifier: Apache-2.0
"""A county that got another code: what is stored keeps the code of its day, and every table shows one county."""

from datetime import date

import pytest

from shanhai.kernel.money import Money
from shanhai.planning.programmes.tests.builders import a_division
from shanhai.planning.projects.lists.selectors.lists import ProjectFilters, list_projects
from shanhai.planning.projects.lists.selectors.overviews import county_lines
from shanhai.planning.projects.shares.selectors.flow import money_flow
from shanhai.planning.projects.shares.selectors.portfolio import county_table
from shanhai.planning.projects.tests.builders import a_programme, a_project
from shanhai.registers.places.models import Division, DivisionChange
from tests.cast import DEPUTY, a_user

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)
ASKED = {"viewer": DEPUTY, "programme": "zj-ganzi", "as_of": TODAY}


@pytest.fixture
def renamed():
    a_programme()
    old = a_project(code="GZ-1", place="513322", yuan=100)
    a_division("513381")
    Division.objects.filter(code="513381").update(name="泸定市")
    DivisionChange.objects.create(
        code_old="513322", code_new="513381", name_old="泸定县", name_new="泸定市", kind="renamed", since="2026",
        source="例",
    )  # fmt: skip
    return old, a_project(code="GZ-2", place="513381", yuan=30), a_project(code="GZ-3", place="513301", yuan=7)


def test_the_county_table_and_the_page_of_counties_show_one_row_under_todays_name(renamed):
    rows = {row.place: (row.name, row.counts.total, row.amount("plan")) for row in county_table(**ASKED).rows}
    assert rows["513381"] == ("泸定市", 2, Money.from_yuan(130))
    assert set(rows) == {"513301", "513381"}

    lines = {line.row.place: (line.row.counts.total, sum(line.stages.values())) for line in county_lines(**ASKED).lines}
    assert lines == {"513300": (0, 0), "513301": (1, 1), "513381": (2, 2)}


@pytest.mark.parametrize("code", ["513322", "513381"])
def test_either_code_filters_by_the_place(renamed, code):
    found = list_projects(viewer=DEPUTY, programme="zj-ganzi", on=TODAY, filters=ProjectFilters(county=code))
    assert [row.code for row in found.rows] == ["GZ-1", "GZ-2"]
    assert county_table(**ASKED, place=code).total.counts.total == 2
    assert {line.row.place for line in county_lines(**ASKED, place=code).lines} == {"513381"}


def test_money_by_county_flows_into_one_group(renamed):
    groups = {link.target for link in money_flow(**ASKED, by="county").links if link.target.startswith("group:")}
    assert groups == {"group:513301", "group:513381"}


def test_the_filter_offers_the_county_once(renamed, client):
    client.force_login(a_user("office"), backend="allauth.account.auth_backends.AuthenticationBackend")
    for asked, offered in (("", {"513301", "513381"}), ("&county=513322", {"513301", "513322", "513381"})):
        form = client.get(f"/projects/?programme=zj-ganzi{asked}").context["form"]
        assert {code for code, _ in form.fields["county"].choices} - {""} == offered


def test_control_what_is_stored_keeps_the_code_of_its_day(renamed):
    assert [one.place.code for one in renamed] == ["513322", "513381", "513301"]
