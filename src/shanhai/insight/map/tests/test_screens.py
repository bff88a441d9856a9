# SPDX-License-Identifier: Apache-2.0
"""A screen opens without an account, shows the figures of the other pages, and no more than its maker sees."""

import gzip
import re
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from django.contrib.staticfiles.finders import find
from django.core.cache import cache
from django.test import Client

from shanhai.base.accounts.models import User
from shanhai.base.formats import measure
from shanhai.insight.map.models import Screen
from shanhai.insight.map.screens.selectors.offering import looker_of
from shanhai.insight.map.screens.selectors.reading import read
from shanhai.insight.map.screens.services import make_screen
from shanhai.insight.map.tests.builders import Made, a_feature, registered
from shanhai.kernel.errors import BadInput, NotAllowed, NotVisible
from shanhai.kernel.figures import FigureScope
from shanhai.kernel.proofs import get_figure
from shanhai.kernel.registry import registries
from shanhai.planning.programmes.tests.builders import a_programme as another
from shanhai.planning.projects.tests.builders import a_programme, a_project, some_money
from shanhai.registers.places.models import Division, Outline
from shanhai.registers.places.tests.builders import a_division
from tests.cast import AT, KANGDING, a_user, actor_of
from tests.style.contrast import colours

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_clock")]
TOKEN = re.compile(r"--([a-z0-9-]+): (#[0-9a-f]{6});")
SHOWN = {"figures": ["arrival_rate", "livelihood_share"], "shade": "funds_arrived", "second": "project_count"}


@pytest.fixture(autouse=True)
def nothing_kept():
    cache.clear()


@pytest.fixture
def maker(db):
    a_programme()
    for code, west in (("513301", 101.0), ("513322", 102.0)):
        Outline.objects.filter(division__code=code).delete()
        a_box(code, west)
    for code, place, yuan in (("GZ-1", "513301", 300), ("GZ-2", "513322", 700)):
        project = a_project(code=code, place=place, yuan=yuan, name=f"{code}不给人看的名称")
        some_money("arrive", project.lines.get(), yuan)
    Division.objects.filter(code="513301").update(label_lon=101.5, label_lat=29.5)
    return a_user("office")


def a_box(code, west):
    import shapely  # noqa: PLC0415 - one use

    box = shapely.box(west, 29, west + 1, 30)
    Outline.objects.create(
        division=a_division(code), wkb=shapely.to_wkb(box), west=west, south=29, east=west + 1, north=30
    )


def a_screen(user, **kw):
    asked = {"programme": "zj-ganzi", "name": "一楼大厅", "speaks": "zh-hans", "scheme": "dark", **SHOWN, **kw}
    asked.setdefault("expires_on", AT.date() + timedelta(days=30))
    return make_screen(by=actor_of(user), at=AT, **asked)


def shown(secret, path="", **kw):
    return Client(**kw).get(f"/map/screen/{secret}/{path}")


def test_it_is_made_on_its_page_told_once_and_ended_there(maker, sign_in):
    mine, county = sign_in("commander"), sign_in("county_user", programme="zj-ganzi", place="513301")
    form = {"programme": "zj-ganzi", "name": "一楼大厅", "speaks": "en", "scheme": "light", **SHOWN}

    page = mine.post("/map/screens/make", {**form, "expires_on": "2027-01-31"}).content.decode()
    address = re.search(r'<a id="address" href="http://testserver([^"]+)"', page)[1]

    assert address not in mine.get("/map/screens/").content.decode()
    answer = Client().get(address)
    assert (answer.status_code, answer["Content-Language"], answer["Referrer-Policy"]) == (200, "en", "no-referrer")
    assert 'class="scheme-light"' in answer.content.decode()
    assert county.get("/map/screens/").status_code == 403
    row = Screen.objects.get()
    assert county.post("/map/screens/revoke", {"screen": row.uuid, "programme": "zj-ganzi"}).status_code == 403
    assert mine.post("/map/screens/revoke", {"screen": row.uuid, "programme": "zj-ganzi"}).status_code == 302
    assert Client().get(address).status_code == 404


def test_a_wrong_one_and_one_that_is_over_are_answered_alike(maker):
    secret = a_screen(maker)
    assert shown(secret).status_code == 200
    words = {shown("wrong").content.decode().partition('class="lead">')[2][:200]}

    for over in ({"expires_at": AT}, {"revoked_at": AT}, {"maker": "user:nobody-any-more"}):
        before = Screen.objects.values().get()
        Screen.objects.update(**{"made_at": AT - timedelta(days=2), **over})
        for path in ("", "now"):
            answer = shown(secret, path)
            assert answer.status_code == 404, over
            words.add(answer.content.decode().partition('class="lead">')[2][:200])
        Screen.objects.update(**{key: before[key] for key in (*over, "made_at")})
    User.objects.filter(pk=maker.pk).update(is_active=False)
    assert shown(secret).status_code == 404
    assert len(words) == 1


def test_whoever_tries_addresses_is_held_up_and_a_screen_is_not(maker, monkeypatch):
    monkeypatch.setattr("shanhai.insight.map.screens.views.MOST_WRONG", 2)
    secret = a_screen(maker)

    assert [shown("wrong").status_code for _ in range(3)] == [404, 404, 429]
    assert shown(secret).status_code == 200


def test_its_numbers_are_the_figures_of_the_other_pages(maker):
    secret, viewer = a_screen(maker), actor_of(maker)
    screen = Screen.objects.get()
    reading = read(screen, looker=looker_of(screen, at=AT), at=AT)
    scope = FigureScope("zj-ganzi", AT.date())

    assert reading.failed == []
    assert reading.figures == [get_figure(viewer, scope, key) for key in SHOWN["figures"]]
    for told, key in zip(reading.told, ("funds_arrived", "project_count"), strict=True):
        assert told.figure == get_figure(viewer, scope, key)
        assert {line.code: line.figure for line in told.counties} == {
            place: get_figure(viewer, FigureScope("zj-ganzi", AT.date(), place=place), key)
            for place in ("513301", "513322")
        }
    assert [line.code for line in reading.told[0].counties] == ["513322", "513301"]
    assert [line.width for line in reading.told[0].counties] == [100, 42]
    page = unescape(shown(secret).content.decode())
    for figure in (*reading.figures, *(line.figure for line in reading.told[0].counties)):
        assert str(measure(figure.value)) in page


def test_it_shows_aggregates_and_links_nowhere(maker):
    User.objects.filter(pk=maker.pk).update(display_name="王某某")
    page = shown(a_screen(maker)).content.decode()

    assert "<a " not in page
    assert " style=" not in page
    assert "不给人看的名称" not in page
    assert "王某某" not in page
    assert page.count('class="symbol') >= 2


def test_what_would_lie_on_one_another_is_one_symbol_with_its_number_in_the_tone_of_the_worst(maker):
    Division.objects.filter(code="513322").update(label_lon=102.5, label_lat=29.5)
    for code, stage in (("GZ-3", "suspended"), ("GZ-4", "under_way")):
        a_project(code=code, place="513301", stage=stage)
    a_screen(maker)
    screen = Screen.objects.get()

    projects = next(one for one in read(screen, looker=looker_of(screen, at=AT), at=AT).layers if len(one.counted) > 1)

    assert sorted(one.count for one in projects.symbols) == [1, 3]
    assert [one.tone for one in projects.symbols if one.count == 3] == [projects.counted[0].tone]


def test_it_sees_what_its_maker_sees_today_in_that_programme_alone(maker):
    another(code="zj-naqu", recipient="540600")
    a_screen(maker)
    screen = Screen.objects.get()
    looker = looker_of(screen, at=AT)
    assert {scope.programme for scopes in looker.grants.values() for scope in scopes} == {"zj-ganzi"}

    # Who is bound to a county since then has the screen show that county alone.
    maker.grants.update(role="county_user", programme="zj-ganzi", place="513301")
    reading = read(screen, looker=looker_of(screen, at=AT), at=AT)
    arrived = {line.code: line.figure.value for line in reading.told[0].counties}
    assert str(measure(arrived["513301"])) == "300 元"
    assert [*arrived] == ["513301"]
    assert reading.failed == []
    maker.grants.all().delete()
    with pytest.raises(NotVisible):
        looker_of(screen, at=AT)


def test_what_fails_is_named_and_the_rest_is_shown(maker, monkeypatch):
    family = next(one for one in registries.figures if one.key == "projects")
    layer = Made(a_feature(at=(101.5, 29.5)), permission="project.view")
    layer.toned, layer.fault = "level", ValueError("broken")
    secret = a_screen(maker)

    def broken(self, *, viewer, scope):
        raise ValueError("broken")

    monkeypatch.setattr(type(family), "list_figures", broken)
    with registered(layer):
        answer = shown(secret)

    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.count("现在取不到") == 2
    assert "试验图层" in page
    assert "到位资金" in page
    # It is read anew, as soon as it is mended.
    monkeypatch.undo()
    assert "现在取不到" not in shown(secret).content.decode()


def test_what_has_not_changed_is_not_read_again(maker, django_assert_max_num_queries):
    secret = a_screen(maker)
    first = shown(secret, "now").content
    # The screen, who made it and what they may, the programmes, the latest acts.
    with django_assert_max_num_queries(7):
        assert shown(secret, "now").content == first
    some_money("arrive", a_project(code="GZ-3", place="513322", yuan=50).lines.get(), 50)
    assert shown(secret, "now").content != first


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"figures": []}, "figures"),
        ({"figures": ["arrival_rate", "nothing"]}, "figures"),
        ({"shade": "statement:x"}, "shade"),
        ({"second": ""}, "second"),
        ({"name": "a\nb"}, "name"),
        ({"scheme": "pink"}, "speaks"),
        ({"expires_on": AT.date() - timedelta(days=1)}, "expires_on"),
        ({"expires_on": AT.date() + timedelta(days=367)}, "expires_on"),
    ],
)
def test_what_no_screen_can_show_is_refused(maker, wrong, field):
    with pytest.raises(BadInput) as refused:
        a_screen(maker, **wrong)
    assert (refused.value.field, Screen.objects.count()) == (field, 0)


def test_who_does_not_manage_the_programme_makes_none(maker):
    with pytest.raises(NotAllowed):
        make_screen(
            programme="zj-ganzi",
            name="x",
            speaks="en",
            scheme="dark",
            expires_on=AT.date(),
            by=KANGDING,
            at=AT,
            **SHOWN,
        )


def test_its_colours_are_those_of_the_pages():
    css, tokens = (Path(find(f"{name}.css")).read_text("utf-8") for name in ("map/screen", "shanhai/tokens"))

    for scheme in ("light", "dark"):
        own = dict(TOKEN.findall(css.partition(f".scheme-{scheme} {{")[2].partition("}")[0]))
        assert len(own) > 15
        assert own.items() <= colours(tokens, dark=scheme == "dark").items()


def test_it_is_light_to_send(maker):
    page = gzip.compress(shown(a_screen(maker)).content)
    files = [gzip.compress(Path(find(name)).read_bytes()) for name in ("map/screen.css", "map/screen.js")]

    assert len(page) < 8_000
    assert sum(map(len, files)) < 6_000
