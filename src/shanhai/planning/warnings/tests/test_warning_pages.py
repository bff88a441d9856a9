# SPDX-License-Identifier: Apache-2.0
"""The pages of warnings: filters, the form, the history, the rules, what waits on the desk."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shanhai.base.jobs.models import Job
from shanhai.kernel.registry import JobOutcome, registries
from shanhai.planning.projects.models import Project
from shanhai.planning.projects.tests.builders import a_programme
from shanhai.planning.warnings.models import EarlyWarning
from shanhai.planning.warnings.providers import ToActOn
from shanhai.planning.warnings.selectors import WATCHER
from shanhai.planning.warnings.services import act, evaluate_programme
from shanhai.planning.warnings.states import Action
from shanhai.planning.warnings.tests.builders import (
    a_late_project,
    a_quiet_programme,
    a_quiet_project,
    a_warning,
    evaluated,
)
from tests.cast import AT, AUDITOR, FINANCE, KANGDING, OFFICE, STRANGER, a_user, actor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_clock")]
GANZI = {"programme": "zj-ganzi", "place": "513322"}


@pytest.fixture(autouse=True)
def programme():
    a_quiet_programme()


def browser(role="office", **kw):
    client = Client()
    user = a_user(role, username=role, **kw)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def text_of(answer):
    return answer.content.decode()


def test_the_list_says_why_since_when_whose_turn_and_what_next():
    a_warning()

    html = text_of(browser().get("/warnings/"))

    assert "计划开工日已过，没有开工" in html
    assert "计划 2026-04-01 开工，按海拔的施工季最晚 2026-04-01，还没有开工。" in html
    assert '<time datetime="2026-04-02">2026-04-02</time>' in html
    assert "更新项目阶段；不能按期的，提出调整。" in html
    assert "<div>受援县工作人员</div>" in html
    assert "康定市</span>" in html


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 3),
        ("severity=serious", 1),
        ("severity=notice", 2),
        ("rule=start_passed", 1),
        ("place=513301", 2),
        ("place=513322", 1),
        ("state=open", 3),
        ("state=acted", 0),
        ("state=closed", 0),
        ("rule=nonsense&severity=%00&place=999999&state=x&page=99999999999", 3),
        ("page=2", 0),
    ],
)
def test_the_list_is_filtered(query, count):
    a_late_project()
    a_quiet_project(code="GZ-2", name="泸定县医院", place="513322", altitude_m=None)
    a_quiet_project(code="GZ-3", name="康定市医院", altitude_m=None)
    evaluated()

    html = text_of(browser().get(f"/warnings/?programme=zj-ganzi&{query}"))

    assert html.count('data-label="下一步"') == count


def test_a_county_sees_its_own_and_nothing_of_the_programme_as_a_whole():
    a_programme(code="fj-changdu", supporter="350000", recipient="540300")
    a_late_project()
    a_late_project(code="GZ-2", name="泸定县医院", place="513322")
    evaluated()
    evaluated(programme="fj-changdu")
    assert EarlyWarning.objects.filter(subject_kind="year").exists()
    luding = browser("county_user", **GANZI)

    html = text_of(luding.get("/warnings/"))

    assert "泸定县医院" in html
    assert "康定市中心小学" not in html
    assert luding.get(f"/warnings/{EarlyWarning.objects.get(place='513301').uuid}/").status_code == 404
    assert luding.get("/warnings/?programme=fj-changdu").status_code == 404


def test_acting_on_the_page_is_kept_and_shown():
    warning, office = a_warning(), browser()
    url = f"/warnings/{warning.uuid}/"
    assert 'name="action"' in text_of(office.get(url))
    assert "认可说明，不再跟踪" not in text_of(office.get(url))

    answer = office.post(f"{url}act", {"action": "planned", "words": "下周进场 <b>", "seen": "0"}, follow=True)

    html = text_of(answer)
    assert answer.redirect_chain == [(url, 302)]
    assert "定了计划：下周进场 &lt;b&gt;" in html
    assert "处理中" in html
    assert "发出预警" in html


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"action": "planned", "words": "", "seen": "0"}, 422),
        ({"action": "planned", "words": "字" * 501, "seen": "0"}, 422),
        ({"action": "nonsense", "words": "下周进场", "seen": "0"}, 422),
        ({"action": "planned", "words": "下周进场", "seen": "x"}, 422),
        ({"action": "planned", "words": "下周进场"}, 422),
        ({"action": "planned", "words": "下周进场", "seen": "1"}, 409),
        ({"action": "dismissed", "words": "下周进场", "seen": "0"}, 422),
    ],
)
def test_what_cannot_be_taken_comes_back_with_the_reason(given, status):
    warning = a_warning()

    answer = browser().post(f"/warnings/{warning.uuid}/act", given)

    warning.refresh_from_db()
    assert (answer.status_code, warning.acts) == (status, 0)
    assert "没有保存" in text_of(answer)


def test_the_second_of_two_people_is_told_and_sees_what_the_first_did():
    warning, office = a_warning(), browser()
    act(by=KANGDING, at=AT, warning=warning.uuid, action=Action.DONE, words="昨天已经进场", seen_acts=0)

    answer = office.post(f"/warnings/{warning.uuid}/act", {"action": "planned", "words": "下周进场", "seen": "0"})

    assert answer.status_code == 409
    assert "别人已经处理了这条预警" in text_of(answer)
    assert "昨天已经进场" in text_of(answer)
    assert "下周进场" in text_of(answer)


@pytest.mark.parametrize(("role", "status"), [("auditor", 403), ("finance", 403), ("administrator", 404)])
def test_who_may_not_act_has_no_form_and_is_refused(role, status):
    warning, somebody = a_warning(), browser(role)

    page = somebody.get(f"/warnings/{warning.uuid}/")
    answer = somebody.post(f"/warnings/{warning.uuid}/act", {"action": "done", "words": "x", "seen": "0"})

    assert page.status_code == (404 if status == 404 else 200)
    assert 'name="action"' not in text_of(page)
    assert answer.status_code == status


@pytest.mark.parametrize("uuid", ["x", "00000000-0000-0000-0000-000000000000", "%00"])
def test_a_warning_that_is_not_there_is_not_found(uuid):
    assert browser().get(f"/warnings/{uuid}/").status_code == 404


def test_the_rules_are_shown_as_data_with_their_counts():
    a_warning()

    html = text_of(browser("auditor").get("/warnings/rules/"))

    assert html.count('data-label="依据"') == 35
    assert "到位 60 天没有核拨" in html
    assert "民生占比低于 80%" in html
    assert '<a href="/warnings/?programme=zj-ganzi&amp;rule=start_passed">1</a>' in html
    assert "财建〔2016〕503号" in html


def test_the_evaluation_runs_as_a_job():
    a_late_project()

    answer = browser().post("/warnings/evaluate", {"programme": "zj-ganzi"})

    job = Job.objects.get()
    assert answer.url == f"/jobs/{job.uuid}/"
    kind = registries.jobs.get(job.kind)
    outcome = kind.run(arguments=job.arguments, job=job.uuid, by=OFFICE, at=AT, progress=lambda done, total: None)
    assert outcome == JobOutcome("/warnings/?programme=zj-ganzi", {"raised": 1, "retold": 0, "closed": 0})


@pytest.mark.parametrize(("role", "status"), [("auditor", 403), ("county_user", 403), ("administrator", 404)])
def test_others_do_not_start_an_evaluation(role, status):
    kw = GANZI if role == "county_user" else {}

    assert browser(role, **kw).post("/warnings/evaluate", {"programme": "zj-ganzi"}).status_code == status
    assert not Job.objects.exists()


def test_an_empty_list_says_what_to_do_next():
    office = browser()

    assert "眼下没有预警" in text_of(office.get("/warnings/"))
    assert "没有符合条件的预警" in text_of(office.get("/warnings/?state=closed"))
    assert "还没有您能看到的对口支援" in text_of(browser("administrator").get("/warnings/"))


@pytest.mark.parametrize(
    ("viewer", "rules"),
    [
        (OFFICE, ["start_passed", "start_passed"]),
        (KANGDING, ["start_passed"]),
        (actor("county_user", programme="fj-changdu"), []),
        (FINANCE, []),
        (AUDITOR, []),
        (STRANGER, []),
    ],
    ids=["office", "kangding", "elsewhere", "finance", "auditor", "stranger"],
)
def test_open_warnings_wait_for_those_who_must_act(viewer, rules):
    a_late_project(altitude_m=None)
    a_late_project(code="GZ-2", name="泸定县医院", place="513322")
    evaluated()
    uuids = {f"/warnings/{warning.uuid}/": warning.rule for warning in EarlyWarning.objects.all()}

    todos = ToActOn().find(viewer=viewer, programme="zj-ganzi", at=AT)

    assert [uuids[todo.url] for todo in todos] == rules


def test_what_was_acted_on_waits_for_nobody_until_it_is_still_so_a_month_later():
    warning = a_warning()
    (todo,) = ToActOn().find(viewer=OFFICE, programme="zj-ganzi", at=AT)
    assert (todo.label, todo.status, todo.due) == ("GZ-1 康定市中心小学教学楼", "late", "2026-04-02")
    act(by=OFFICE, at=AT, warning=warning.uuid, action=Action.PLANNED, words="下周进场")

    assert ToActOn().find(viewer=OFFICE, programme="zj-ganzi", at=AT + timedelta(days=29)) == ()
    (todo,) = ToActOn().find(viewer=OFFICE, programme="zj-ganzi", at=AT + timedelta(days=30))
    assert todo.why.params == {"words": "下周进场", "day": "2026-11-22"}


def test_a_closed_warning_keeps_its_page_with_the_whole_history():
    warning = a_warning()
    act(by=OFFICE, at=AT, warning=warning.uuid, action=Action.PLANNED, words="改到明年")
    Project.objects.update(planned_start_on="2027-04-01")
    evaluate_programme(by=WATCHER, at=AT, programme="zj-ganzi")

    html = text_of(browser("auditor").get(f"/warnings/{warning.uuid}/"))

    assert "事实已改变，预警自己关闭。" in html
    assert "定了计划：改到明年" in html
    assert "发出预警" in html
    assert "system:" not in html
    assert 'name="action"' not in html


def test_the_pages_ask_as_often_for_many_warnings_as_for_few():
    warning, office = a_warning(), browser()
    office.get("/warnings/")
    with CaptureQueriesContext(connection) as few:
        office.get("/warnings/")
    for number in range(2, 19):
        a_late_project(code=f"GZ-{number}", name=f"学校 {number}")
    evaluated()

    with CaptureQueriesContext(connection) as many:
        office.get("/warnings/")
    with CaptureQueriesContext(connection) as one:
        office.get(f"/warnings/{warning.uuid}/")

    assert len(many) == len(few) <= 15
    assert len(one) <= 15


def test_a_late_project_waits_once_in_the_inbox():
    project = a_late_project(altitude_m=None)
    evaluated()
    assert EarlyWarning.objects.filter(subject=project.uuid).count() == 2

    todos = registries.todos.get("warnings.open").find(viewer=OFFICE, programme="zj-ganzi", at=AT)

    assert [todo.label for todo in todos if project.code in str(todo.label)] == ["GZ-1 康定市中心小学教学楼"]
