# SPDX-License-Identifier: Apache-2.0
"""The inbox: what waits for a person, and what they have done."""

import pytest
from django.test import Client

from shanhai.base.audit import services as audit
from shanhai.kernel.actors import Actor
from shanhai.kernel.subjects import Subject
from shanhai.planning.projects.tests.builders import a_programme, a_project
from shanhai.planning.warnings.tests.builders import a_late_project, a_quiet_programme, evaluated
from tests.cast import AT, a_user, actor_of

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
    assert 'hx-get="/inbox/today?programme=zj-ganzi"' in client.get("/").content.decode()


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

    # Four for who the viewer is and sees, and one or more for each kind of thing that waits in each of eight apps.
    with django_assert_max_num_queries(19):
        client.get("/inbox/")
    with django_assert_max_num_queries(15):
        client.get("/")


def test_a_stranger_signs_in_first_and_who_sees_no_programme_has_nothing_waiting(frozen_clock):
    assert Client().get("/inbox/").status_code == 302
    page = a_client(a_user("administrator", username="admin")).get("/inbox/")

    assert page.status_code == 200
    assert "没有等您处理的事" in page.content.decode()
