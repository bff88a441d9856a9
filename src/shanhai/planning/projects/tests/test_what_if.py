# SPDX-License-Identifier: Apache-2.0
"""The page that tries what moving money would do, and the head-room on the page of funds."""

import re

import pytest
from django.core.cache import cache

from shanhai.base.accounts.tests.builders import signed_in
from shanhai.base.audit.models import AuditRow
from shanhai.planning.projects.models import AllocationLine
from shanhai.planning.projects.states import Level, Stage
from shanhai.planning.projects.tests.builders import a_line, a_programme, a_project, some_money
from tests.cast import a_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_clock")]
PAGE = "/funds/what-if/"


@pytest.fixture
def lines():
    """900 yuan for livelihood in a village, 100 for neither; 500 and 50 have arrived, 100 of the first are paid."""
    a_programme()
    project = a_project(stage=Stage.UNDER_WAY.value)
    good = a_line(project=project, yuan=900)
    other = a_line(project=project, yuan=100, livelihood_percent=0, beneficiary_level=Level.PREFECTURE)
    some_money("arrive", good, 500)
    some_money("arrive", other, 50)
    some_money("allot", good, 100)
    some_money("pay", good, 100)
    return good, other


@pytest.fixture(autouse=True)
def no_rate_limits():
    """The limits on signing in count in the cache, which outlives a test."""
    cache.clear()


def browser(role="finance", **kw):
    a_user(role, username="somebody", **kw)
    return signed_in("somebody")


def rows_of(html):
    """The cells of the rows of the last table of shares, in words."""
    table = html[html.rindex('<table class="sh">') :].partition("</table>")[0]
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in re.findall(r"<tr>(.*?)</tr>", table)[1:]]
    # Amounts come twice, short for the screen and exact for paper; the title says them once.
    once = [[re.sub(r'<span class="exact">.*?</span>', "", cell) for cell in row] for row in cells]
    return [[re.sub(r"<[^>]+>", "", cell).strip() for cell in row] for row in once]


def ask(client, lines, **kw):
    good, _ = lines
    asked = {"source": good.uuid, "target": "new", "percent": "0", "level": "prefecture", "unit": "yuan", **kw}
    return client.get(PAGE, asked).content.decode()


def test_as_it_is_it_shows_the_head_room_on_every_base(lines):
    assert rows_of(browser().get(PAGE).content.decode()) == [
        ["民生占比", "计划安排资金", "90.00%", "100.00", "够"],
        ["民生占比", "到位资金", "90.91%", "60.00", "够"],
        ["民生占比", "支付资金", "100.00%", "20.00", "够"],
        ["基层占比", "计划安排资金", "90.00%", "100.00", "够"],
        ["基层占比", "到位资金", "90.91%", "60.00", "够"],
        ["基层占比", "支付资金", "100.00%", "20.00", "够"],
    ]


def test_before_and_after_to_the_fen(lines):
    html = ask(browser(), lines, amount="100.01")

    livelihood = rows_of(html)[:3]
    assert livelihood == [
        ["民生占比", "计划安排资金", "90.00%", "80.00%", "100.00", "-0.01", "不够"],
        ["民生占比", "到位资金", "90.91%", "90.91%", "60.00", "60.00", "够"],
        ["民生占比", "支付资金", "100.00%", "100.00%", "20.00", "20.00", "够"],
    ]


def test_what_has_not_arrived_moves_first(lines):
    html = ask(browser(), lines, amount="450", percent="100", level="county")

    assert rows_of(html)[1][:4] == ["民生占比", "到位资金", "90.91%", "90.91%"]
    assert "其中已经到位的" in html
    assert '<data class="money" value="50"' in html


def test_to_a_line_that_is_there_and_back_is_the_same(lines):
    good, other = lines

    html = ask(browser(), lines, source=other.uuid, target=good.uuid, amount="100")

    assert rows_of(html)[0] == ["民生占比", "计划安排资金", "90.00%", "100.00%", "100.00", "200.00", "够"]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"amount": "800.01"}, "最多还能移动 800.00 元"),
        ({"amount": "0"}, "要大于零"),
        ({"amount": "-5"}, "要大于零"),
        ({"amount": "一万"}, "不是金额"),
        ({"amount": "9" * 29}, 'class="error"'),
        ({"amount": ""}, 'class="error"'),
        ({"amount": "5", "percent": "101"}, 'class="error"'),
        ({"amount": "5", "percent": ""}, 'class="error"'),
        ({"amount": "5", "level": "moon"}, 'class="error"'),
        ({"amount": "5", "unit": "moon"}, 'class="error"'),
        ({"amount": "5", "source": "x' OR 1=1"}, 'class="error"'),
        ({"amount": "5", "source": "00000000-0000-7000-8000-000000000000"}, 'class="error"'),
    ],
    ids=str,
)
def test_what_cannot_be_tried_says_why_and_the_page_stays(lines, wrong, says):
    html = ask(browser(), lines, **wrong)

    assert says in html
    assert "转之前和转之后" not in html


def test_a_line_to_itself_is_refused_in_words(lines):
    good, _ = lines

    assert "转出和转入是同一笔" in ask(browser(), lines, target=good.uuid, amount="1")


def test_trying_stores_nothing(lines):
    client = browser()
    acts = AuditRow.objects.count()
    before = list(AllocationLine.objects.order_by("pk").values())

    ask(client, lines, amount="100")

    assert list(AllocationLine.objects.order_by("pk").values()) == before
    assert AuditRow.objects.count() == acts


@pytest.mark.parametrize(
    ("role", "status"),
    [("finance", 200), ("office", 200), ("commander", 200), ("auditor", 403), ("work_group_lead", 403)],
)
def test_who_works_with_money_or_plan_may_try(lines, role, status):
    assert browser(role).get(PAGE).status_code == status


def test_a_county_user_may_not_and_who_sees_no_programme_is_told_what_to_do(lines):
    county = browser("county_user", programme="zj-ganzi", place="513301")
    a_user("administrator", username="admin")

    assert county.get(PAGE).status_code == 403
    assert "还没有您能看到的对口支援" in signed_in("admin").get(PAGE).content.decode()


def test_a_filter_narrows_the_lines_and_too_much_text_is_no_trouble(lines):
    client = browser()

    assert "没有可以转出的资金安排" in client.get(PAGE, {"text": "没有的名字"}).content.decode()
    assert client.get(PAGE, {"text": "x\x00" * 999, "year": "2026"}).status_code == 200
    assert "没有可以转出的资金安排" in client.get(PAGE, {"year": "2025"}).content.decode()


def test_the_page_of_funds_shows_the_head_room_to_who_sees_funds(lines):
    html = browser("auditor").get("/funds/").content.decode()

    block = html[html.index("离 80% 还有多少余量") :]
    assert block.index("还能转出（元）") < block.index(">100.00<") < block.index(">60.00<")
    assert "/funds/what-if/" not in html


def test_the_page_of_funds_leads_to_the_try_and_asks_the_database_little(lines, django_assert_max_num_queries):
    client = browser("finance")
    client.get("/funds/")

    with django_assert_max_num_queries(16):
        html = client.get("/funds/").content.decode()

    assert "/funds/what-if/?programme=zj-ganzi" in html
