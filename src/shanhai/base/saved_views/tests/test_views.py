# SPDX-License-Identifier: Apache-2.0
"""Keeping views of a page, opening one with the page, letting one go."""

import pytest
from django.db import IntegrityError

from shanhai.base.accounts.tests.builders import acts
from shanhai.base.saved_views.models import SavedView
from shanhai.base.saved_views.rules import MOST_VIEWS, kept
from shanhai.base.saved_views.selectors import list_views
from shanhai.base.saved_views.services import choose_default, forget_view, save_view
from shanhai.kernel.actors import NOBODY
from shanhai.kernel.errors import DomainError, NotVisible, Refused
from tests.cast import AT, FINANCE, OFFICE
from tests.refusals import refused

pytestmark = pytest.mark.django_db
PAGE = "projects:list"


def a_view(*, by=OFFICE, name="我的", query="stage=ready", **kw):
    return save_view(by=by, at=AT, page=kw.pop("page", PAGE), name=name, query=query, **kw)


def names(viewer=OFFICE, query=""):
    return [(view.name, view.query, view.is_default) for view in list_views(viewer=viewer, page=PAGE, query=query).rows]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("", ""),
        ("?stage=ready", "stage=ready"),
        ("stage=ready&county=513301", "county=513301&stage=ready"),
        ("columns=stage&columns=code", "columns=stage&columns=code"),
        ("page=7&programme=zj-ganzi&view=all&text=", ""),
        ("text=%E6%A0%A1%00", "text=%E6%A0%A1"),
        ("%FF=%FE&&&==", "=%3D&%EF%BF%BD=%EF%BF%BD"),
    ],
)
def test_what_is_kept_of_an_address(asked, said):
    assert kept(asked) == said


def test_a_view_is_kept_under_its_name_and_on_the_trail():
    a_view(name="  待开工 \n 项目 ", query="?stage=ready&page=4")

    assert names() == [("待开工 项目", "stage=ready", False)]
    assert acts() == ["saved_views.view.saved"]


def test_one_of_the_same_name_is_replaced():
    a_view()
    a_view(query="late=on")

    assert names() == [("我的", "late=on", False)]


def test_the_page_opens_with_the_default_only_where_it_is_asked_nothing(django_assert_num_queries):
    a_view(query="late=on", default=True)

    def opening(query):
        return list_views(viewer=OFFICE, page=PAGE, query=query).opens_with

    with django_assert_num_queries(1):
        assert opening("") == "late=on"
    assert opening("programme=zj-ganzi") == "late=on"
    assert opening("view=all") == ""
    assert opening("county=513301") == ""
    assert opening("county=&text=") == ""


def test_there_is_one_default_at_most():
    first = a_view(name="一", default=True)
    second = a_view(name="二", default=True)
    assert names() == [("一", "stage=ready", False), ("二", "stage=ready", True)]

    choose_default(by=OFFICE, at=AT, view=first.uuid)
    assert names() == [("一", "stage=ready", True), ("二", "stage=ready", False)]

    choose_default(by=OFFICE, at=AT, view=first.uuid, default=False)
    choose_default(by=OFFICE, at=AT, view=second.uuid, default=False)
    assert [default for _, _, default in names()] == [False, False]
    with pytest.raises(IntegrityError, match=r"default_is_one|UNIQUE"):
        SavedView.objects.update(is_default=True)


def test_saving_again_leaves_the_default_one_the_default():
    a_view(default=True)
    a_view(query="late=on")

    assert names() == [("我的", "late=on", True)]


def test_the_page_knows_which_view_it_shows():
    a_view(query="stage=ready&county=513301")

    views = list_views(viewer=OFFICE, page=PAGE, query="programme=x&county=513301&stage=ready&page=2")

    assert views.current is not None
    assert views.current.name == "我的"
    assert list_views(viewer=OFFICE, page=PAGE, query="stage=ready").current is None


def test_views_of_others_and_of_other_pages_are_not_there():
    view = a_view()
    a_view(page="warnings:list", name="别页")

    assert names(FINANCE) == []
    assert len(names()) == 1
    for act in (forget_view, choose_default):
        with refused(NotVisible, "saved_views.not_found"):
            act(by=FINANCE, at=AT, view=view.uuid)


def test_a_view_is_let_go():
    view = a_view()

    assert forget_view(by=OFFICE, at=AT, view=view.uuid) == PAGE

    assert names() == []
    with refused(NotVisible, "saved_views.not_found"):
        forget_view(by=OFFICE, at=AT, view=view.uuid)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"name": ""}, "saved_views.name_not_accepted"),
        ({"name": " \x00 "}, "saved_views.name_not_accepted"),
        ({"name": "长" * 41}, "saved_views.name_not_accepted"),
        ({"query": "text=" + "x" * 1600}, "saved_views.too_much"),
        ({"page": ""}, "saved_views.page_unknown"),
        ({"page": "https://example.org/"}, "saved_views.page_unknown"),
        ({"page": "a:" + "b" * 99}, "saved_views.page_unknown"),
        ({"by": NOBODY}, "not_allowed"),
    ],
)
def test_what_cannot_be_kept_is_refused_and_nothing_stored(wrong, error):
    with refused(DomainError, error):
        a_view(**wrong)

    assert SavedView.objects.count() == 0


def test_a_page_keeps_thirty_and_the_thirtieth_can_still_be_replaced():
    for number in range(MOST_VIEWS):
        a_view(name=f"{number}")

    with refused(Refused, "saved_views.too_much"):
        a_view(name="再来")
    a_view(name="3", query="late=on")

    assert len(names()) == MOST_VIEWS == 30
