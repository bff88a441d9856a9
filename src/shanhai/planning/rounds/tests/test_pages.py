# SPDX-License-Identifier: Apache-2.0
"""The pages of rounds: who may see and do what, what is typed stays."""

import io
from datetime import date
from uuid import uuid4

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from shanhai.planning.programmes.models import GroupMember
from shanhai.planning.programmes.tests.builders import a_campaign, a_group, a_programme, a_task, an_action
from shanhai.planning.rounds.models import GroupReport, ReportingRound, ReportLine
from shanhai.planning.rounds.tests.builders import a_round, report_of
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
def report(task):
    return report_of(a_round(), "产业组")


@pytest.fixture
def lead(task):
    client, who = signed_in("work_group_lead", programme="zj-ganzi")
    GroupMember.objects.create(group=task.group, ref=who.ref, since=AT)
    return client


@pytest.fixture
def office(task):
    return signed_in("office")[0]


def fill(task, percent="40", words="立项", **kw):
    return {f"percent-{task.uuid}": percent, f"words-{task.uuid}": words, "summary": "开工", **kw}


def test_the_office_opens_a_month_and_what_is_wrong_is_said_beside_the_form(office):
    given = {"programme": "zj-ganzi", "year": 2022, "month": 9, "opens_on": "2022-09-25", "due_on": "2022-10-02"}

    bad = office.post("/rounds/open", {**given, "due_on": "2022-09-01"})
    good = office.post("/rounds/open", given)
    again = office.post("/rounds/open", given)

    assert (bad.status_code, good.status_code, again.status_code) == (422, 302, 422)
    assert "早于开报日" in bad.content.decode()
    assert "已经开报" in again.content.decode()
    assert ReportingRound.objects.count() == 1


def test_a_month_walks_through_the_pages(report, task, lead, office):
    address = f"/rounds/reports/{report.uuid}/"
    assert lead.post(address, fill(task)).status_code == 302
    assert lead.post(address, fill(task, submit="1")).status_code == 302
    refused = office.post(f"{address}return", {"because": ""}, follow=True).content.decode()
    office.post(f"{address}return", {"because": "写明金额"})
    shown = lead.get(address).content.decode()
    lead.post(address, fill(task, percent="45", submit="1"))
    office.post(f"{address}accept", {"because": ""})

    task.refresh_from_db()
    assert "退回要写明理由" in refused
    assert "写明金额" in shown
    assert task.progress_percent == 45
    assert GroupReport.objects.get(pk=report.pk).state == "accepted"


def test_what_was_typed_stays_when_it_cannot_be_handed_in(report, task, lead):
    answer = lead.post(f"/rounds/reports/{report.uuid}/", fill(task, percent="0", words="", submit="1"))

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "还不能上报" in text
    assert "牦牛集群" in text
    assert "开工" in text
    assert GroupReport.objects.get(pk=report.pk).state == "draft"


def test_a_report_that_is_no_longer_in_hand_is_refused_on_its_form_and_stays_as_it_was(report, task, lead):
    address = f"/rounds/reports/{report.uuid}/"
    lead.post(address, fill(task, submit="1"))

    answer = lead.post(address, fill(task, percent="90", summary="改写"))

    assert answer.status_code == 422
    assert "月报已经上报，不能再改" in answer.content.decode()
    assert (GroupReport.objects.get(pk=report.pk).summary, report.lines.get().percent) == ("开工", 40)


@pytest.mark.parametrize("percent", ["101", "-1", "一半", "1e9", "9" * 400])
def test_a_percent_that_is_none_is_said_beside_its_field(report, task, lead, percent):
    answer = lead.post(f"/rounds/reports/{report.uuid}/", fill(task, percent=percent))

    assert answer.status_code == 422
    assert not report.lines.exists()


def test_who_is_not_of_the_group_reads_and_cannot_write(report, task):
    auditor, _ = signed_in("auditor")

    page = auditor.get(f"/rounds/reports/{report.uuid}/")
    sent = auditor.post(f"/rounds/reports/{report.uuid}/", fill(task))

    assert page.status_code == 200
    assert "存草稿" not in page.content.decode()
    assert sent.status_code == 403
    assert auditor.post(f"/rounds/{report.round.uuid}/remind").status_code == 403


def test_others_and_strangers_find_nothing(report):
    elsewhere, _ = signed_in("office", programme="zj-aksu")

    for path in (f"/rounds/{report.round.uuid}/", f"/rounds/reports/{report.uuid}/", f"/rounds/{uuid4()}/"):
        assert elsewhere.get(path).status_code == 404
    for path in ("/rounds/", f"/rounds/{report.round.uuid}/"):
        assert Client().get(path).status_code == 302
    assert elsewhere.get("/rounds/?programme=zj-ganzi").status_code == 404


def test_pages_ask_the_database_a_fixed_number_of_times(report, task, lead, office, django_assert_max_num_queries):
    for number in range(6):
        a_group(name=f"组{number}")
        a_task(action=task.action.uuid, name=f"任务{number}")
    a_round(month=10)

    for client, path in (
        (office, "/rounds/?programme=zj-ganzi"),
        (office, f"/rounds/{ReportingRound.objects.get(month=10).uuid}/"),
        (lead, f"/rounds/reports/{report.uuid}/"),
    ):
        with django_assert_max_num_queries(15):
            assert client.get(path).status_code == 200


def test_a_round_is_closed_only_with_a_reason_while_reports_are_missing(report, office):
    told = office.post(f"/rounds/{report.round.uuid}/close", {"because": ""}, follow=True).content.decode()
    office.post(f"/rounds/{report.round.uuid}/close", {"because": "轮换"})

    assert "还有 1 个组没有通过" in told
    assert ReportingRound.objects.get().state == "closed"


def test_there_is_something_to_do_next_where_there_are_no_rounds(office):
    assert "还没有开过月报" in office.get("/rounds/?programme=zj-ganzi").content.decode()


def test_who_accepts_one_report_is_led_to_the_next_of_the_month(office, report):
    a_group(name="医疗组", members=())
    second = GroupReport.objects.create(round=report.round, group=a_group(name="医疗组"), moved_at=AT)
    for one in (report, second):
        report_of(one.round, one.group.name, state="submitted", summary="有进展", submitted_by="user:other")

    assert "通过，看下一份" in office.get(f"/rounds/reports/{report.uuid}/").content.decode()
    went = [office.post(f"/rounds/reports/{one.uuid}/accept")["Location"] for one in (report, second)]

    assert went == [f"/rounds/reports/{second.uuid}/", f"/rounds/{report.round.uuid}/"]


def test_the_accepted_reports_of_a_month_stand_on_one_page_and_in_one_table(office, report, task):
    GroupReport.objects.create(round=report.round, group=a_group(name="医疗组"), moved_at=AT)
    assert "还没有通过的月报" in office.get(f"/rounds/{report.round.uuid}/compiled/").content.decode()
    ReportLine.objects.create(report=report, task=task, percent_before=10, percent=40, words="=立项")
    report_of(report.round, "产业组", state="accepted", summary="全县开工", needs="缺两台车", submitted_by="user:other")

    page = office.get(f"/rounds/{report.round.uuid}/compiled/").content.decode()
    table = office.get(f"/rounds/{report.round.uuid}/compiled.xlsx").content
    rows = CalamineWorkbook.from_filelike(io.BytesIO(table)).get_sheet_by_index(0).to_python()

    assert [word in page for word in ("全县开工", "缺两台车", "牦牛集群", "医疗组")] == [True] * 4
    assert signed_in(None)[0].get(f"/rounds/{report.round.uuid}/compiled/").status_code == 404
    assert rows[2:] == [
        ["产业组", "本月小结", "", "", "全县开工"],
        ["产业组", "需要协调的事", "", "", "缺两台车"],
        ["产业组", "牦牛集群", 10, 40, "=立项"],
    ]
