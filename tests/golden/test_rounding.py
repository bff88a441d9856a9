# SPDX-License-Identifier: Apache-2.0
"""Issue 7, wrong result 7: "rounding of unissued rows (a total equals what is shown above it)"."""

import re
from decimal import Decimal
from html import unescape

import pytest

from shanhai.base.formats import rounding_note
from shanhai.kernel import ids
from shanhai.kernel.money import Money
from shanhai.planning.programmes.plans.services.plans import make_yearly_plan
from shanhai.planning.programmes.tests import builders as programmes
from shanhai.planning.programmes.values import SourceAmount
from shanhai.planning.projects.tests.builders import a_line, a_programme, a_project, some_money
from tests.cast import AT, OFFICE, a_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_clock")]
SAID = "合计按准确的数加，和上面各行相加略有出入"
PAGES = {
    "draft plan": "/programmes/zj-ganzi/plans/2027/",
    "counties": "/projects/counties/?programme=zj-ganzi",
    "today": "/?programme=zj-ganzi",
    "list": "/projects/?programme=zj-ganzi&view=all",
    "project": "",
    "vouchers": "/funds/entries/?programme=zj-ganzi&kind=arrived",
    "proof": "/proof/?programme=zj-ganzi&key=funds_arrived&as_of=2026-11-22",
}


@pytest.fixture
def page(client):
    """A page of a programme with one line in Luding, three in Kangding and a draft of three, each of ``yuan``."""

    def asked(name, yuan):
        amount, money = Money.from_yuan(yuan), Money.from_yuan(2_000_000)
        a_programme(yuan=5_000_000, five_year_plan=Money.from_yuan(50_000_000))
        for code in ("city", "county"):
            programmes.a_fund_source(code=code, name=code)
        amounts = [SourceAmount(code, amount, Money(0)) for code in ("province", "city", "county")]
        make_yearly_plan(by=OFFICE, at=AT, programme="zj-ganzi", year=2027, amounts=amounts)
        projects = [a_project(code=place, place=place, total_investment=money) for place in ("513322", "513301")]
        for project, lines in zip(projects, (1, 3), strict=True):
            for _ in range(lines):
                some_money("arrive", a_line(project=project, yuan=yuan), yuan, source=str(ids.new_id()))
        client.force_login(a_user("commander"), backend="allauth.account.auth_backends.AuthenticationBackend")
        return unescape(client.get(PAGES[name] or f"/projects/{project.uuid}/").content.decode())

    return asked


def apart(table):
    """Whether a total is another than the amounts above it, as the screen shows them, come to."""
    form = "exact" if "to-the-fen" in table.partition(">")[0] else "short"
    shown = re.compile(rf'<span class="{form}"[^>]*>(-?[\d,.]+)')
    body, foot = table.split("<tfoot>")
    rows = [[Decimal(one.replace(",", "")) for one in shown.findall(row)] for row in body.split("<tr>")]
    sums = [Decimal(one.replace(",", "")) for one in shown.findall(foot)]
    columns = zip(*(row for row in rows if row), strict=True)
    return any(sum(column) != total for column, total in zip(columns, sums, strict=False))


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("yuan", ["333340", "250000"])
def test_a_total_is_what_is_shown_above_it_or_the_page_says_why_not(page, name, yuan):
    html = page(name, yuan)

    tables = [one for one in re.findall(r"<table.*?</table>", html, re.S) if "<tfoot>" in one]
    assert tables
    differs = any(apart(one) for one in tables)
    assert (SAID in html) == differs
    assert differs == (yuan == "333340" and name not in {"vouchers", "proof"})


def test_what_differs_for_another_reason_is_no_rounding():
    rows = [Money(33_333_333)] * 3

    assert rounding_note((rows, Money(99_999_999)))
    assert not rounding_note((rows, Money(99_999_998)))
    assert not rounding_note(([Money(33_330_000)] * 3, Money(99_990_000)))
