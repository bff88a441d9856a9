# SPDX-License-Identifier: Apache-2.0
"""今日 and 资金 are laid out from panels; one that fails is told in its place, and counts as an error."""

import pytest
from django.test import Client

from shanhai.base.accounts.roles import ROLES
from shanhai.kernel.errors import BadInput
from shanhai.kernel.families import FigureFamily, Headline
from shanhai.kernel.figures import Figure, FigureScope, Strength
from shanhai.kernel.messages import message
from shanhai.kernel.proofs import headlines
from shanhai.kernel.registry import Filled, Panel, Registry, registries
from shanhai.kernel.units import PROJECT, Quantity
from shanhai.planning.projects.tests.builders import a_line, a_programme, a_project
from tests.cast import AT, AUDITOR, a_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_clock")]
SCOPE = FigureScope("zj-ganzi", AT.date())


@pytest.fixture
def browser():
    a_programme()
    a_line(project=a_project(), yuan=900)
    client = Client(raise_request_exception=False)
    client.force_login(a_user("finance"), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def add(monkeypatch):
    """Register one more panel for the time of the test."""

    def _add(fill, *, page="today", order=55):
        found = Registry(Panel)
        found.add(*registries.panels, Panel("test.one_more", page, order, fill))
        monkeypatch.setattr(registries, "panels", found)

    return _add


def headings(html):
    """The headings of the panels, in order."""
    return [part.partition("</h2>")[0] for part in html.split("<h2>")[1:]]


def test_today_has_the_panels_of_all_apps_in_order(browser):
    assert headings(browser.get("/").content.decode()) == [
        "需要我处理", "关键数字", "钱走到哪里了", "活动与任务", "各县民生份额", "各县",
    ]  # fmt: skip


def test_funds_has_the_panels_of_all_apps_in_order_and_the_form_for_who_posts(browser):
    html = browser.get("/funds/").content.decode()

    assert headings(html) == [
        "钱走到哪里了", "比率与份额", "离 80% 还有多少余量", "各县", "记到位", "流水",
    ]  # fmt: skip
    client = Client()
    client.force_login(a_user("auditor"), backend="allauth.account.auth_backends.AuthenticationBackend")
    html = client.get("/funds/").content.decode()
    assert "记到位" not in headings(html)
    assert 'class="panel span-8"' not in html


@pytest.mark.parametrize("page", ["today", "funds"])
def test_a_panel_stands_at_its_place_and_is_told_what_the_page_was_asked(browser, add, page):
    seen = []
    add(lambda asked: seen.append(asked) or Filled("portal/panels/waiting.html", {}, columns=7), page=page)

    html = browser.get({"today": "/", "funds": "/funds/"}[page], {"as_of": "2026-05-01", "page": "3"}).content.decode()

    (asked,) = seen
    assert (asked.page, asked.scope.as_of.isoformat(), asked.query["page"]) == (page, "2026-05-01", "3")
    assert html.count('class="panel span-7"') == (1 if page == "today" else 2)


def test_until_what_waits_is_there_the_panel_says_so_and_leads_to_it(browser):
    panel = browser.get("/").content.decode().partition("需要我处理</h2>")[2].partition("</section>")[0]
    fetched = browser.get("/inbox/today").content.decode()

    assert "正在找等您处理的事" in panel
    assert 'href="/inbox/"' in panel
    assert "正在找等您处理的事" not in fetched


def test_a_panel_with_nothing_leaves_no_trace(browser, add):
    before = browser.get("/").content.decode().count("<section")
    add(lambda asked: None)

    assert browser.get("/").content.decode().count("<section") == before


def failing(asked):
    raise ZeroDivisionError


@pytest.mark.parametrize(
    "fill", [failing, lambda asked: Filled("portal/no_such_template.html", {})], ids=["reading", "template"]
)
def test_a_panel_that_fails_says_so_and_the_others_stay(browser, add, fill):
    whole = headings(browser.get("/").content.decode())
    add(fill)

    answer = browser.get("/")

    html = answer.content.decode()
    # The page is an error to machines, and the rest of it is there for people.
    assert answer.status_code == 500
    assert "这一块没有算出来" in html
    assert headings(html) == whole


def test_a_failing_panel_is_an_exception_of_the_request(browser, add):
    add(failing)
    browser.raise_request_exception = True

    with pytest.raises(ZeroDivisionError):
        browser.get("/")


def test_a_refusal_of_a_panel_is_the_answer_of_the_page(browser, add):
    def refuses(asked):
        raise BadInput("这一页要的日期不对。", "test.refused")

    add(refuses)

    answer = browser.get("/")

    assert (answer.status_code, "这一页要的日期不对。" in answer.content.decode()) == (400, True)


def a_figure(key, value=None):
    return Figure(
        key, message(key), value, PROJECT, message("f"), SCOPE.as_of, Strength.FORM, None if value else message("gap")
    )


class Family(FigureFamily):
    """Figures given beforehand, each a headline at the place of its number."""

    def __init__(self, key, figures, given):
        self.key, self.keys, self.figures, self.headlines = key, tuple(figures), figures, given

    def list_figures(self, *, viewer, scope):
        return tuple(self.figures.values())

    def list_evidence(self, *, viewer, scope, key, part, offset, limit):
        raise AssertionError("no page asks for the rows behind a headline")


def test_headlines_stand_in_order_and_one_with_a_value_stands_in_for_a_gap(monkeypatch):
    one, three = Quantity(1, PROJECT), Quantity(3, PROJECT)
    own = {"a": a_figure("a", one), "b": a_figure("b"), "c": a_figure("c"), "d": a_figure("d", three)}
    told = {"told:a": a_figure("told:a", three), "told:b": a_figure("told:b", three), "told:c": a_figure("told:c")}
    found = Registry(FigureFamily)
    first = (
        Headline("d", 1),
        Headline("c", 2),
        Headline("b", 3),
        Headline("a", 4),
        Headline("x", 5),
        Headline("a", 1, "funds"),
    )
    found.add(
        Family("own", own, first),
        Family("told", told, tuple(Headline(f"told:{key}", instead_of=key) for key in "abc")),
    )
    monkeypatch.setattr(registries, "figures", found)

    assert [figure.key for figure in headlines(AUDITOR, SCOPE, "today")] == ["d", "c", "told:b", "a"]
    assert [figure.key for figure in headlines(AUDITOR, SCOPE, "funds")] == ["a"]


def test_an_arrival_that_cannot_be_read_comes_back_with_what_was_typed(browser):
    answer = browser.post(
        "/funds/arrivals", {"programme": "zj-ganzi", "amount": "12,5", "number": "D-7", "year": "2026"}
    )

    html = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="D-7"' in html
    assert 'class="error"' in html
    assert 'href="/funds/?programme=zj-ganzi"' in html


def test_an_arrival_that_is_a_possible_twin_comes_back_with_the_sentence_and_the_box_to_answer_it(browser):
    given = {"programme": "zj-ganzi", "amount": "1", "unit": "yuan", "year": "2026"}
    given |= {"fund_source": "province", "on": "2026-06-01"}
    assert browser.post("/funds/arrivals", {**given, "number": "D-7"}).status_code == 302

    answer = browser.post("/funds/arrivals", {**given, "number": "d-07"})

    assert (answer.status_code, "像是同一张凭证" in answer.content.decode()) == (422, True)
    assert 'name="apart"' in answer.content.decode()
    assert browser.post("/funds/arrivals", {**given, "number": "d-07", "apart": "on"}).status_code == 302


@pytest.mark.parametrize("role", sorted(ROLES))
def test_the_first_page_after_signing_in_is_there_for_every_role(browser, role):
    client = Client(raise_request_exception=False)
    client.force_login(
        a_user(role, username=f"as-{role}"), backend="allauth.account.auth_backends.AuthenticationBackend"
    )

    assert client.get("/").status_code == 200
