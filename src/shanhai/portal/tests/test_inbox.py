# SPDX-License-Identifier: Apache-2.0
"""The inbox: what waits for a person, and what they have done."""

from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shanhai.base.audit import services as audit
from shanhai.kernel.actors import Actor
from shanhai.kernel.messages import message
from shanhai.kernel.registry import Todo, registries
from shanhai.kernel.subjects import Subject
from shanhai.planning.adjustments.states import State
from shanhai.planning.adjustments.tests.builders import an_adjustment
from shanhai.planning.programmes.tests.builders import a_yearly_plan
from shanhai.planning.projects.tests.builders import a_programme, a_project
from shanhai.planning.warnings.tests.builders import a_late_project, a_quiet_programme, evaluated
from shanhai.portal.selectors import next_todo
from tests.cast import AT, OFFICE, a_user, actor_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return a_user("office", username="office")


def a_client(user):
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_a_late_project_waits_for_who_may_move_it_and_not_for_who_only_looks(office, frozen_clock):
    a_quiet_programme()
    a_late_project(name="迟到的学校")
    evaluated()

    waits = a_client(office).get("/inbox/").content.decode()
    looks = a_client(a_user("auditor", username="auditor")).get("/inbox/").content.decode()

    assert "迟到的学校" in waits
    assert "迟到的学校" not in looks
    assert "没有等您处理的事" in looks


def test_the_page_of_today_fetches_the_first_five_and_says_how_many_there_are(office, frozen_clock):
    a_quiet_programme()
    for number in range(7):
        a_late_project(code=f"GZ-{number}", name=f"项目{number}")
    evaluated()
    client = a_client(office)

    part = client.get("/inbox/today").content.decode()

    assert part.count("<li>") == 5
    # The seven warnings, and one line for the seven at their gates.
    assert "全部 8 件" in part
    assert "<html" not in part
    assert 'hx-get="/inbox/today"' in client.get("/").content.decode()


def test_a_kind_that_was_not_looked_through_to_its_end_is_no_exact_number(office, frozen_clock, monkeypatch):
    a_quiet_programme()
    for number in range(3):
        a_late_project(code=f"GZ-{number}", name=f"项目{number}")
    evaluated()
    client = a_client(office)
    exact = client.get("/inbox/count").content.decode()
    count = exact.partition(" 件")[0].rpartition(">")[2]
    monkeypatch.setattr("shanhai.portal.views.inbox.MOST_TODOS", 3)

    cut = [client.get(path).content.decode() for path in ("/inbox/count", "/inbox/today", "/inbox/")]

    assert (int(count) >= 3, "+" in exact) == (True, False)
    assert [f"至少 {count} 件" in page for page in cut] == [True, True, True]
    assert f"{count}+" in cut[0]
    assert "至少 3 件" in cut[2]


def test_what_one_has_done_is_listed_with_its_words_and_only_ones_own(office, frozen_clock):
    me = actor_of(office)
    given = {"at": AT, "action": "projects.project.moved", "on": Subject("projects.project", "0190")}
    audit.record(by=me, because="入冬停工", **given)
    audit.record(by=Actor("user:other"), because="别人的事", **given)

    page = a_client(office).get("/inbox/?tab=done").content.decode()

    assert "入冬停工" in page
    assert "别人的事" not in page
    assert 'href="/projects/0190/"' in page


@pytest.mark.parametrize("action", ["accounts.session.opened", "saved_views.view.saved", "documents.document.stored"])
def test_what_decides_nothing_is_not_listed(office, frozen_clock, action):
    given = {"by": actor_of(office), "at": AT, "on": Subject("t", "s")}
    audit.record(action="projects.project.moved", because="入冬停工", **given)
    audit.record(action=action, because="不算决定", **given)

    page = a_client(office).get("/inbox/?tab=done").content.decode()

    assert "入冬停工" in page
    assert "不算决定" not in page


@pytest.mark.parametrize("before", ["", "x", "-1", "9" * 40, "\x00"])
def test_older_acts_are_a_page_on_and_a_made_up_address_is_no_fault(office, frozen_clock, before):
    me = actor_of(office)
    for number in range(35):
        audit.record(by=me, at=AT, action="projects.project.moved", on=Subject("t", "s"), because=f"第{number}件事。")
    client = a_client(office)

    first = client.get("/inbox/", {"tab": "done", "before": before}).content.decode()
    older = client.get("/inbox/", {"tab": "done", "before": "6"}).content.decode()

    assert "第34件事。" in first
    assert "第4件事。" not in first
    assert "第4件事。" in older


def test_the_inbox_takes_few_queries(office, frozen_clock, django_assert_max_num_queries):
    a_programme()
    for number in range(7):
        a_project(code=f"GZ-{number}")
    evaluated()
    client = a_client(office)
    client.get("/inbox/")

    # Four for who the viewer is and sees, and one or more for each kind of thing that waits in each of twenty.
    with django_assert_max_num_queries(46):
        client.get("/inbox/")
    with django_assert_max_num_queries(31):
        client.get("/")


def test_one_inbox_holds_what_waits_in_all_programmes_and_says_in_which(office, frozen_clock):
    a_quiet_programme()
    a_late_project(name="迟到的学校")
    evaluated()
    a_programme(code="zj-aksu", name="浙江省对口支援阿克苏", recipient="652900", name_en="Zhejiang supports Aksu")
    a_yearly_plan(programme="zj-aksu", year=2025, yuan=9)
    client = a_client(office)

    page, count = client.get("/inbox/").content.decode(), client.get("/inbox/count")
    number = int(count.content.decode().partition('<b aria-hidden="true">')[2].partition("<")[0])

    assert "迟到的学校" in page
    assert "/programmes/zj-aksu/plans/2025/?todo=" in page
    assert "浙江省对口支援阿克苏 · " in page
    assert number == page.count("?todo=") > 2
    assert count["Cache-Control"] == "private, max-age=60"
    assert 'hx-get="/inbox/count"' in client.get("/").content.decode()
    assert 'hx-get="/inbox/count"' not in page


def test_the_number_in_the_menu_costs_a_page_no_question_and_all_programmes_few(
    office, frozen_clock, django_assert_max_num_queries
):
    a_programme()
    client = a_client(office)
    client.get("/inbox/count")
    with CaptureQueriesContext(connection) as one:
        client.get("/inbox/count")
    for number in range(2, 5):
        a_programme(code=f"zj-{number}", recipient="652900")
        a_yearly_plan(programme=f"zj-{number}", year=2025, yuan=9)

    # As many as the inbox may take for one programme (above), and as many for four.
    with django_assert_max_num_queries(min(len(one), 45)):
        client.get("/inbox/count")


def decided(client, address):
    """Opens an adjustment at the address, refuses it, and answers where that leads and what is said there."""
    client.get(address)
    uuid = address.split("/")[2]
    answer = client.post(f"/adjustments/{uuid}/refuse", {"seen": "submitted", "words": "今年不办"})
    return answer["Location"], client.get(answer["Location"]).content.decode()


def test_after_a_decision_the_next_thing_opens_and_says_what_was_done(frozen_clock):
    a_programme()
    asked = [an_adjustment(project=a_project(code=f"GZ-{n}"), state=State.SUBMITTED) for n in range(3)]
    client = a_client(a_user("commander", username="commander"))
    _first, second, third = (f"/adjustments/{one.uuid}/" for one in asked)

    assert f'href="{second}?todo=1"' in client.get("/inbox/").content.decode()
    there, page = decided(client, f"{second}?todo=1")
    assert there == f"{third}?todo=1"
    assert ("已记下：不同意。" in page, "办完，下一件：" in page) == (True, True)


@pytest.mark.parametrize(
    ("opened", "number", "expected"),
    [("/b/", 1, ("/b/", 1)), ("/gone/", 1, ("/b/", 1)), ("/gone/", 2, ("/c/", 2)), ("/gone/", 3, ("/a/", 0))],
    ids=["still waits", "next in its place", "the last", "from the top again"],
)
def test_what_comes_next(monkeypatch, opened, number, expected):
    waiting = [Todo(url, message("x"), url) for url in ("/a/", "/b/", "/c/")]
    source = SimpleNamespace(key="test", find=lambda **asked: tuple(waiting))
    monkeypatch.setattr(registries, "todos", [source])

    todo, place = next_todo(viewer=OFFICE, at=AT, opened=opened, number=number)
    assert (todo.url, place) == expected
    waiting.clear()
    assert next_todo(viewer=OFFICE, at=AT, opened=opened, number=number) is None


def test_after_the_last_one_nothing_waits(monkeypatch, frozen_clock):
    a_programme()
    one = an_adjustment(project=a_project(), state=State.SUBMITTED)
    client = a_client(a_user("commander", username="commander"))
    monkeypatch.setattr(registries, "todos", [])

    there, page = decided(client, f"/adjustments/{one.uuid}/?todo=0")

    assert (there, "都办完了" in page) == ("/inbox/", True)


@pytest.mark.parametrize("opened", ["", "?todo=x", "?todo=99999"])
def test_who_did_not_come_from_the_inbox_stays_where_they_were(frozen_clock, opened):
    a_programme()
    asked = [an_adjustment(project=a_project(code=f"GZ-{n}"), state=State.SUBMITTED) for n in range(2)]
    client = a_client(a_user("commander", username="commander"))

    assert decided(client, f"/adjustments/{asked[0].uuid}/{opened}")[0] == f"/adjustments/{asked[0].uuid}/"


def test_what_is_not_done_with_is_not_left(frozen_clock):
    a_programme()
    asked = [an_adjustment(project=a_project(code=f"GZ-{n}"), state=State.SUBMITTED) for n in range(2)]
    client, one = a_client(a_user("commander", username="commander")), f"/adjustments/{asked[0].uuid}/"
    client.get(f"{one}?todo=0")

    # What is approved is theirs to carry out.
    answer = client.post(f"{one}approve", {"seen": "submitted", "words": "同意"})

    assert answer["Location"] == one


def test_a_stranger_signs_in_first_and_who_sees_no_programme_has_nothing_waiting(frozen_clock):
    assert Client().get("/inbox/").status_code == 302
    page = a_client(a_user("administrator", username="admin")).get("/inbox/")

    assert page.status_code == 200
    assert "没有等您处理的事" in page.content.decode()
