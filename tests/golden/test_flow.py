# SPDX-License-Identifier: Apache-2.0
"""Issue 7, wrong result 5: "Every page then tells the same sums": the way of the money and what was given back."""

from datetime import date
from html import unescape

import pytest

from shanhai.planning.programmes.money.selectors import plan_totals
from shanhai.planning.projects.shares import services as funds
from shanhai.planning.projects.shares.selectors.flow import money_flow
from shanhai.planning.projects.tests.builders import a_line, a_programme, a_project, cancelled, some_money
from tests.cast import AT, DEPUTY, FINANCE, a_user

pytestmark = pytest.mark.django_db
MAY, JUNE, JULY, AUGUST = (date(2026, month, 1) for month in (5, 6, 7, 8))
TODAY = date(2026, 11, 22)


@pytest.fixture
def given_back():
    """A school of 900: 500 came, 300 went on, 100 was paid, 150 and 120 went back. A cancelled one: 200, 80, 50, all
    the rest back. A clinic of 70 that has arrived.
    """
    a_programme()
    school = a_line(project=a_project(stage="under_way"), yuan=900)
    dropped = a_project(code="GZ-2", place="513322", yuan=300, stage="under_way")
    wrong = a_line(project=a_project(code="GZ-3", place="513322", category="health"), yuan=70)
    for line, act, yuan, on in [
        (school, "arrive", 500, MAY), (school, "allot", 300, MAY), (school, "pay", 100, MAY),
        (school, "return", 150, JUNE), (school, "hand_back", 120, JULY),
        (dropped.lines.get(), "arrive", 200, MAY), (dropped.lines.get(), "allot", 80, MAY),
        (dropped.lines.get(), "pay", 50, MAY), (dropped.lines.get(), "return", 30, JUNE),
        (dropped.lines.get(), "hand_back", 120, JUNE), (wrong, "arrive", 70, MAY),
    ]:  # fmt: skip
        some_money(act, line, yuan, on=on)
    cancelled(dropped)
    mistake = some_money("hand_back", wrong, 70, on=JULY)
    funds.reverse(by=FINANCE, at=AT, entry=mistake.uuid, because="记错了", on_date=AUGUST)


def ends(as_of, by="category"):
    found = money_flow(viewer=DEPUTY, programme="zj-ganzi", as_of=as_of, by=by)
    gone = {}
    for link in found.links:
        gone[link.target] = gone.get(link.target, 0) + link.fen / 100
    return [gone.get(name, 0) for name in ("paid", "returned", "unpaid", "unallotted")]


@pytest.mark.parametrize("by", ["category", "county", "delivery"])
@pytest.mark.parametrize(
    ("as_of", "shown"),
    [
        (MAY, [150, 0, 230, 390]),
        (JUNE, [150, 300, 50, 270]),
        (JULY, [150, 490, 50, 80]),
        (TODAY, [150, 420, 50, 150]),
    ],
)
def test_what_was_given_back_is_drawn_where_it_went_and_comes_to_what_the_fund_page_says(given_back, as_of, shown, by):
    """It was drawn as unpaid and as not allotted."""
    stand = plan_totals(viewer=DEPUTY, programme="zj-ganzi", as_of=as_of)

    found = ends(as_of, by)

    assert found == shown
    assert found[:2] == [stand.paid.yuan, stand.surplus.yuan]
    assert sum(found) == stand.arrived.yuan


def test_the_picture_names_it_and_leads_to_its_proof(client, given_back):
    client.force_login(a_user("finance"), backend="allauth.account.auth_backends.AuthenticationBackend")

    page = unescape(client.get("/funds/flow/").content.decode())

    assert "<tspan>已交回 </tspan>" in page
    assert "key=surplus" in page
