# SPDX-License-Identifier: Apache-2.0
"""The pages of campaigns and tasks."""

from datetime import date
from io import BytesIO
from uuid import uuid4

import pytest
from django.test import Client

from shanhai.planning.programmes.campaigns.rules import Bar, Calendar, column_of, columns_ahead
from shanhai.planning.programmes.models import Campaign, GroupMember, Task, TaskReport
from shanhai.planning.programmes.states import Column, TaskState
from shanhai.planning.programmes.tests.builders import a_campaign, a_group, a_programme, a_task, an_action
from tests.cast import AT, a_user, actor_of

pytestmark = pytest.mark.django_db


def signed_in(role, **kw):
    user = a_user(role, username=f"{role}-{len(kw)}", **kw)
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client, actor_of(user)


@pytest.fixture
def task():
    a_programme()
    return a_task(action=an_action(campaign=a_campaign().uuid).uuid, name="牦牛集群", due_on=date(2022, 12, 31))


@pytest.fixture
def lead(task):
    client, who = signed_in("work_group_lead", programme="zj-ganzi")
    GroupMember.objects.create(group=task.group, ref=who.ref, since=AT)
    return client


@pytest.fixture
def office(task):
    return signed_in("office")[0]


@pytest.fixture
def auditor():
    return signed_in("auditor")[0]


def board(task):
    return f"/programmes/campaigns/{task.action.campaign.uuid}/"


@pytest.mark.parametrize("state", list(TaskState), ids=str)
@pytest.mark.parametrize("may_drop", [False, True])
def test_where_a_task_may_go_from_each_state(state, may_drop):
    percent = 100 if state is TaskState.DONE else 40

    ahead = columns_ahead(state, percent, may_drop=may_drop)

    expected = {
        TaskState.OPEN: (Column.DONE, Column.WAITING),
        TaskState.DONE: (Column.AT_WORK, Column.WAITING),
        TaskState.DROPPED: (Column.AT_WORK, Column.WAITING),
        TaskState.CARRIED: (),
    }[state]
    assert ahead == (*expected, *([Column.DROPPED] if may_drop and state is TaskState.OPEN else []))
    assert column_of(state, percent) not in ahead


def test_days_stand_where_they_belong_on_the_calendar():
    calendar = Calendar(date(2022, 1, 1), date(2022, 12, 31))

    assert calendar.bar(date(2022, 7, 1), date(2022, 12, 31)) == Bar(49.59, 50.41)
    assert calendar.bar(None, None) is None
    assert calendar.bar(date(2023, 5, 1), date(2023, 6, 1)) == Bar(99.5, 0.5)
    assert [month for _, month in calendar.months] == list(range(1, 13))


def test_the_board_offers_moves_only_to_who_may_make_them(task, lead, auditor):
    assert 'name="to"' in lead.get(board(task)).content.decode()
    shown = auditor.get(board(task)).content.decode()

    assert "牦牛集群" in shown
    assert 'name="to"' not in shown


def test_a_card_is_moved_and_the_filters_come_back(task, lead):
    address = f"/programmes/tasks/{task.uuid}/move"

    asked = lead.get(address, {"to": "at_work", "back": "late=on"})
    missing = lead.post(address, {"to": "at_work", "back": "late=on"})
    moved = lead.post(address, {"to": "at_work", "progress_percent": "30", "back": "late=on"})

    assert (asked.status_code, missing.status_code) == (200, 422)
    assert moved["Location"] == f"{board(task)}?late=on"
    task.refresh_from_db()
    assert task.progress_percent == 30


def test_a_card_is_moved_to_done_and_back(task, lead):
    lead.post(f"/programmes/tasks/{task.uuid}/move", {"to": "done"})
    task.refresh_from_db()
    done = task.state
    lead.post(f"/programmes/tasks/{task.uuid}/move", {"to": "waiting"})
    task.refresh_from_db()

    assert (done, task.state, task.progress_percent) == ("done", "open", 0)


def test_giving_up_is_the_offices_and_needs_a_reason(task, lead, office):
    address = f"/programmes/tasks/{task.uuid}/move"

    assert lead.post(address, {"to": "dropped", "note": "并项"}).status_code == 403
    assert office.post(address, {"to": "dropped", "note": ""}).status_code == 422
    assert office.post(address, {"to": "dropped", "note": "并项"}).status_code == 302

    task.refresh_from_db()
    assert task.state == "dropped"


@pytest.mark.parametrize("to", ["", "lost", "carried", "DONE"])
def test_a_column_that_is_none_is_not_found(task, lead, to):
    assert lead.get(f"/programmes/tasks/{task.uuid}/move", {"to": to}).status_code == 404


def test_an_address_from_outside_is_never_followed(task, lead):
    answer = lead.post(f"/programmes/tasks/{task.uuid}/move", {"to": "done", "back": "https://evil.example/"})

    assert answer["Location"].startswith(board(task))


def test_progress_is_reported_on_the_tasks_page_and_what_is_wrong_is_said_there(task, lead):
    bad = lead.post(f"/programmes/tasks/{task.uuid}/report", {"progress_percent": "140"})
    good = lead.post(f"/programmes/tasks/{task.uuid}/report", {"progress_percent": "60", "note": "主体完工"})

    assert (bad.status_code, good.status_code) == (422, 302)
    assert "主体完工" in lead.get(f"/programmes/tasks/{task.uuid}/").content.decode()


def test_a_paper_proves_a_task_and_what_is_no_paper_is_refused(task, lead, auditor, settings, tmp_path):
    settings.DOCUMENTS_DIR = tmp_path
    address = f"/programmes/tasks/{task.uuid}/papers"
    fake, paper = BytesIO(b"MZ\x90\x00 not a picture"), BytesIO(b"%PDF-1.4\n%%EOF\n")
    fake.name, paper.name = "照片.png", "验收单.pdf"

    told = lead.post(address, {"file": fake}, follow=True).content.decode()
    lead.post(address, {"file": paper})
    empty = lead.post(address, {}, follow=True).content.decode()

    assert "照片.png" in told
    assert "不符" in told
    assert "请先选一个文件" in empty
    assert "验收单.pdf" in auditor.get(f"/programmes/tasks/{task.uuid}/").content.decode()
    assert auditor.post(address, {"file": paper}).status_code == 403


def test_the_office_starts_fills_and_carries_over_a_campaign(task, office):
    made = office.post("/programmes/zj-ganzi/campaigns/new/", {"year": "2023", "name": "破冰前行"})
    campaign = Campaign.objects.get(year=2023)
    edit = f"/programmes/campaigns/{campaign.uuid}/edit/"
    office.post(f"{edit}actions", {"name": "民生改善"})
    action = campaign.actions.get()
    office.post(
        f"{edit}tasks", {"action": str(action.uuid), "name": "供氧", "owner_group": "产业组", "due_on": "2023-06-30"}
    )
    old = f"/programmes/campaigns/{task.action.campaign.uuid}/edit/"
    carried = office.post(f"{old}carry-over", {"year": "2023", "name": "破冰前行"})

    assert made["Location"] == edit
    assert carried["Location"] == f"/programmes/campaigns/{campaign.uuid}/"
    assert sorted(Task.objects.filter(action__campaign=campaign).values_list("name", flat=True)) == ["供氧", "牦牛集群"]


@pytest.mark.parametrize(
    ("path", "given", "told"),
    [
        ("tasks", {"name": "x", "owner_group": "产业组"}, "属于哪个行动"),
        ("tasks", {"name": "", "owner_group": "产业组"}, "必填"),
        ("tasks", {"name": "x", "owner_group": "没有的组"}, "没有的组"),
        ("tasks", {"name": "x", "owner_group": "产业组", "due_on": "2020-01-01"}, "早于开始日期"),
        ("tasks", {"name": "x", "owner_group": "产业组", "due_on": "十二月"}, "日期"),
        ("actions", {"name": "  "}, "必填"),
        ("actions", {"name": "长" * 101}, "100"),
        ("carry-over", {"year": "2021", "name": "x"}, "没有可以结转"),
        ("carry-over", {"year": "明年", "name": "x"}, "不是数"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(task, office, path, given, told):
    if path == "tasks" and told != "属于哪个行动":
        given = {"action": str(task.action.uuid), **given}

    answer = office.post(f"/programmes/campaigns/{task.action.campaign.uuid}/edit/{path}", given)

    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert Task.objects.count() == 1


def test_a_campaign_that_would_be_due_before_it_starts_is_refused(task, office):
    given = {"year": "2023", "name": "x", "starts_on": "2023-06-01", "due_on": "2023-05-01"}

    answer = office.post("/programmes/zj-ganzi/campaigns/new/", given)

    assert answer.status_code == 422
    assert "早于开始日期" in answer.content.decode()


def test_a_task_is_written_anew_by_the_office_only(task, office, lead):
    a_group(name="综合组")
    given = {"name": "牦牛产业集群", "owner_group": "综合组", "helpers": ["产业组"], "due_on": "2022-11-30"}

    assert lead.post(f"/programmes/tasks/{task.uuid}/correct", given).status_code == 403
    assert office.post(f"/programmes/tasks/{task.uuid}/correct", given).status_code == 302

    task.refresh_from_db()
    assert (task.name, task.group.name, task.due_on) == ("牦牛产业集群", "综合组", date(2022, 11, 30))


def test_others_find_nothing_and_strangers_sign_in(task):
    elsewhere, _ = signed_in("office", programme="zj-aksu")
    paths = [
        board(task),
        f"{board(task)}tasks/",
        f"{board(task)}timeline/",
        f"{board(task)}edit/",
        f"/programmes/tasks/{task.uuid}/",
        f"/programmes/tasks/{task.uuid}/move?to=done",
        f"/programmes/tasks/{uuid4()}/",
        "/programmes/zj-ganzi/campaigns/new/",
    ]

    assert {elsewhere.get(path).status_code for path in paths} == {404}
    assert {Client().get(path).status_code for path in paths} == {302}


@pytest.mark.parametrize(
    "query",
    [
        "group=x",
        "group=00000000-0000-7000-8000-000000000000",
        "action=%00",
        "late=maybe",
        "page=-1",
        "page=9999",
        "text=%00",
    ],
)
def test_odd_filters_answer_a_page(task, auditor, query):
    for page in ("", "tasks/", "timeline/"):
        assert auditor.get(f"{board(task)}{page}?{query}").status_code == 200


@pytest.mark.parametrize("page", ["tasks/", "timeline/"])
def test_a_page_behind_the_last_one_is_the_last_one(task, auditor, page):
    for number in range(50):
        a_task(action=task.action.uuid, name=f"任务{number}")

    behind, last = (auditor.get(f"{board(task)}{page}?page={number}").context for number in (9, 2))

    assert [row[0].name for row in behind["rows"]] == [row[0].name for row in last["rows"]] == ["任务49"]
    assert behind["page"].number == 2


def test_pages_ask_the_database_a_fixed_number_of_times(task, office, django_assert_max_num_queries):
    for number in range(12):
        other = a_task(action=task.action.uuid, name=f"任务{number}", owner_group=f"组{number}")
        TaskReport.objects.create(
            task=other, old="open", new="open", old_percent=0, progress_percent=5, at=AT, by="user:x"
        )

    for path in (
        board(task),
        f"{board(task)}tasks/",
        f"{board(task)}timeline/",
        f"{board(task)}edit/",
        f"/programmes/tasks/{task.uuid}/",
        "/programmes/zj-ganzi/",
    ):
        # The programme's own page has every figure there is: those of the team are fifteen queries more.
        most = 33 if path == "/programmes/zj-ganzi/" else 18
        with django_assert_max_num_queries(most):
            assert office.get(path).status_code == 200
