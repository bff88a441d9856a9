# SPDX-License-Identifier: Apache-2.0
"""The frame: the menu each viewer gets, and the pages for what went wrong."""

import pytest
from django.db import InterfaceError, OperationalError
from django.template import loader
from django.test import RequestFactory
from django.utils import translation

from shanhai.base.accounts.tests.builders import signed_in
from shanhai.kernel.actors import NOBODY
from shanhai.kernel.messages import message
from shanhai.kernel.registry import MenuItem, Registry, registries
from shanhai.portal.views import errors, shell
from tests.cast import ADMIN, DEPUTY, STRANGER, a_user


@pytest.fixture(autouse=True)
def chinese():
    with translation.override("zh-hans"):
        yield


@pytest.fixture
def a_menu(monkeypatch):
    addresses = {"home": "/", "projects": "/projects/", "users": "/users/"}
    monkeypatch.setattr(shell, "address", lambda name: addresses.get(name, ""))
    menu = Registry(MenuItem)
    menu.add(
        MenuItem("home", message("今日"), "home", "project.view", 0),
        MenuItem("projects", message("项目"), "projects", "project.view", 1),
        MenuItem("later", message("还没有的页"), "later", "project.view", 2),
        MenuItem("users", message("账号"), "users", "user.manage", 3),
    )
    monkeypatch.setattr(registries, "menu", menu)


def labels(viewer, path="/"):
    return [str(line.label) for line in shell.menu_for(viewer, path)]


@pytest.mark.parametrize(
    ("viewer", "expected"),
    [(DEPUTY, ["今日", "项目"]), (ADMIN, ["账号"]), (STRANGER, []), (NOBODY, [])],
    ids=["commander", "administrator", "stranger", "nobody"],
)
def test_the_menu_holds_what_exists_and_what_the_viewer_may_use(a_menu, viewer, expected):
    assert labels(viewer) == expected


@pytest.mark.parametrize(
    ("path", "current"), [("/", "今日"), ("/projects/", "项目"), ("/projects/7/", "项目"), ("/elsewhere/", None)]
)
def test_the_menu_marks_where_one_is(a_menu, path, current):
    marked = [str(line.label) for line in shell.menu_for(DEPUTY, path) if line.current]

    assert marked == ([current] if current else [])


def test_the_chosen_programme_goes_along_from_page_to_page(a_menu):
    request = RequestFactory().get("/projects/?page=3")
    frame, programme = {"menu": shell.menu_for(DEPUTY, "/projects/"), "home": "/"}, {"code": "zj-ganzi"}

    html = loader.render_to_string("shell/_nav.html", {"frame": frame, "programme": programme}, request)

    assert [one for one in ("/", "/projects/") if f'<a href="{one}?programme=zj-ganzi"' in html] == ["/", "/projects/"]


def test_every_line_of_the_menu_leads_to_a_page_by_a_permission_that_somebody_holds():
    astray = [item.key for item in registries.menu if not shell.address(item.url_name)]

    assert len(list(registries.menu)) > 10
    assert (astray, {item.permission for item in registries.menu} - {*registries.permissions}) == ([], set())


def test_a_language_that_the_framework_does_not_know_is_offered_in_its_own_words(settings):
    settings.LANGUAGES = [*settings.LANGUAGES, ("bo", "བོད་ཡིག")]
    request = RequestFactory().get("/x")

    html = loader.render_to_string("shell/_languages.html", {}, request)

    assert "བོད་ཡིག" in html
    assert "English" in html


@pytest.mark.parametrize("name", ["400", "403", "404", "500", "503", "csrf"])
def test_an_error_page_asks_the_database_nothing_for_who_is_not_signed_in(name):
    request = RequestFactory().get("/x")

    html = loader.render_to_string(f"errors/{name}.html", {}, request)

    assert "<h1>" in html
    assert 'href="/' in html


def test_the_page_for_a_broken_server_needs_no_request_at_all():
    assert "系统出错了" in loader.render_to_string("errors/500.html")


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_page_says_that_the_database_is_away(client, monkeypatch, error):
    def away(_request):
        raise error("server closed the connection unexpectedly")

    client.raise_request_exception = False
    monkeypatch.setattr(
        "django.contrib.sessions.middleware.SessionMiddleware.process_request", lambda _me, one: away(one)
    )

    answer = client.get("/")

    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "数据库没有应答" in answer.content.decode()


def test_a_broken_server_answers_without_the_database():
    answer = errors.server_error(RequestFactory().get("/x"))

    assert answer.status_code == 500
    assert "系统出错了" in answer.content.decode()


@pytest.mark.django_db
def test_a_page_that_is_not_there_keeps_the_frame_for_who_is_signed_in():
    client = signed_in(a_user("commander").username)

    answer = client.get("/no/such/page")

    assert answer.status_code == 404
    assert "主菜单" in answer.content.decode()
    assert "退出登录" in answer.content.decode()
