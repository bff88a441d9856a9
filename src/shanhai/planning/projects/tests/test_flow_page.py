# SPDX-License-Identifier: Apache-2.0
"""The page of the way of the money."""

import re
from datetime import date

import pytest
from django.core.cache import cache

from shanhai.base.accounts.tests.builders import signed_in
from shanhai.planning.projects.states import Stage
from shanhai.planning.projects.tests.builders import a_line, a_programme, a_project, some_money
from tests.cast import a_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_clock")]
PAGE = "/funds/flow/"


@pytest.fixture(autouse=True)
def no_rate_limits():
    """The limits on signing in count in the cache, which outlives a test."""
    cache.clear()


@pytest.fixture
def money():
    """A plan of 10,000 yuan; a school in Kangding of 900 with 500 arrived, a clinic in Luding of 400."""
    a_programme()
    line = a_line(project=a_project(stage=Stage.UNDER_WAY.value), yuan=900)
    some_money("arrive", line, 500, on=date(2026, 5, 1))
    a_project(code="GZ-2", place="513322", category="health", yuan=400)


def browser(role="finance", **kw):
    a_user(role, username="somebody", **kw)
    return signed_in("somebody")


def links_in(html):
    """The rows of the table of links, without the exact form that paper shows."""
    table = html[html.rindex('<table class="sh to-the-fen">') :].partition("</table>")[0]
    rows = re.findall(r"<tr>(.*?)</tr>", re.sub(r'<span class="exact">.*?</span>', "", table))[1:]
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in rows]
    return [[re.sub(r"<[^>]+>", "", cell).strip() for cell in row] for row in cells]


def test_the_table_names_every_link_with_its_share_and_base(money):
    html = browser().get(PAGE).content.decode()

    assert links_in(html) == [
        ["省级财政", "已下达的计划", "1,300 元", "13.0%", "省级财政"],
        ["省级财政", "尚未安排到项目", "8,700 元", "87.0%", "省级财政"],
        ["已下达的计划", "已到位", "500 元", "38.5%", "已下达的计划"],
        ["已下达的计划", "尚未到位", "800 元", "61.5%", "已下达的计划"],
        ["已到位", "教育", "500 元", "100.0%", "已到位"],
        ["尚未到位", "教育", "400 元", "50.0%", "尚未到位"],
        ["尚未到位", "医疗卫生", "400 元", "50.0%", "尚未到位"],
        ["教育", "已到位，尚未核拨", "500 元", "55.6%", "教育"],
        ["教育", "尚未到位，也未核拨", "400 元", "44.4%", "教育"],
        ["医疗卫生", "尚未到位，也未核拨", "400 元", "100.0%", "医疗卫生"],
    ]


def test_each_link_is_drawn_with_its_exact_amount_and_what_is_missing_is_hatched(money):
    html = browser().get(PAGE).content.decode()

    ribbons = re.findall(r'<path class="sankey-link" d="M[^"]+Z"( fill="[^"]+")?><title>(.*?)</title>', html)
    assert len(ribbons) == 10
    assert (' fill="url(#sankey-gap)"', "已下达的计划 → 尚未到位  800.00 元") in ribbons
    assert ("", "已到位 → 教育  500.00 元") in ribbons
    assert "style=" not in html[html.index('<svg class="sankey"') :].partition("</svg>")[0]


def test_every_address_in_the_picture_opens(money):
    client = browser()
    html = client.get(PAGE).content.decode()
    by_county = client.get(PAGE, {"by": "county", "year": "2026"}).content.decode()

    found = [one for text in (html, by_county) for one in re.findall(r'<a href="([^"]+)"><rect', text)]
    assert len(found) >= 10
    assert any("/projects/?" in one and "county=513301" in one for one in found)
    assert any("by=county&amp;category=education" in one for one in found)
    assert {client.get(one.replace("&amp;", "&")).status_code for one in found} == {200}


def test_a_county_user_sees_only_his_lines(money):
    html = browser("county_user", programme="zj-ganzi", place="513301").get(PAGE, {"by": "county"}).content.decode()

    assert links_in(html)[0] == ["省级财政", "已下达的计划", "900 元", "100.0%", "省级财政"]
    assert "尚未安排到项目</a>" not in html
    assert "泸定" not in html


@pytest.mark.parametrize(
    "asked",
    [{"by": "weather"}, {"year": "26"}, {"as_of": "yesterday"}, {"as_of": "2027-01-01"}, {"place": "康定"}],
)
def test_what_cannot_be_read_is_answered_like_on_the_page_of_funds(money, asked):
    assert browser().get(PAGE, asked).status_code == 400


@pytest.mark.parametrize("asked", [{"programme": "none"}, {"place": "513322"}])
def test_what_may_not_be_seen_is_not_found(money, asked):
    assert browser("county_user", programme="zj-ganzi", place="513301").get(PAGE, asked).status_code == 404


def test_a_year_without_money_says_what_to_do(money):
    html = browser().get(PAGE, {"year": "2025"}).content.decode()

    assert "还没有可以画的资金" in html
    assert '<svg class="sankey"' not in html


@pytest.mark.parametrize("category", ["", "x\x00y", "<script>"])
def test_a_category_nobody_has_is_empty(money, category):
    html = browser().get(PAGE, {"category": category}).content.decode()

    assert "还没有可以画的资金" in html
    assert '<script>"' not in html


def test_strangers_are_sent_to_sign_in(client):
    answer = client.get(PAGE)

    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


def test_the_page_takes_at_most_fifteen_queries(money, django_assert_max_num_queries):
    client = browser()

    with django_assert_max_num_queries(15):
        client.get(PAGE, {"by": "county", "year": "2026", "as_of": "2026-04-01"})


def test_the_page_of_funds_leads_here(money):
    assert 'href="/funds/flow/?programme=zj-ganzi"' in browser().get("/funds/").content.decode()
