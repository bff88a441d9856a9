# SPDX-License-Identifier: Apache-2.0
"""The pages of incidents: who sees and does what, that a drill is marked, what the record tells was known when."""

import io
import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from lxml import etree
from python_calamine import CalamineWorkbook

from shanhai.base.accounts.models import User
from shanhai.kernel.actors import Actor
from shanhai.operations.hazards.calls.selectors.tokens import token_of
from shanhai.operations.hazards.calls.services.answering import answer_by_link
from shanhai.operations.hazards.calls.tests.builders import called_out
from shanhai.operations.hazards.incidents.services import levels
from shanhai.operations.hazards.incidents.tests.builders import a_patrol, a_shift, an_incident
from shanhai.operations.hazards.models import Alert, Consultation, DutyHandover, Incident, Judgement, Patrol
from shanhai.operations.hazards.sites.services.points import bring_back, set_apart
from shanhai.operations.hazards.tests.builders import a_point, a_site
from tests.cast import AT, DUTY_OFFICER, a_user, actor

pytestmark = pytest.mark.django_db
REASONS = [{"code": "tangent_angle", "level": 2, "numbers": {"angle": 81.2}}]


def signed_in(role, **kw):
    client = Client()
    user = a_user(role, **{"programme": "zj-ganzi", **kw})
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def duty(db, frozen_clock):
    return signed_in("duty_officer")


@pytest.fixture
def lead(db, frozen_clock):
    return signed_in("consultation_lead")


def read(client, url, status=200):
    answer = client.get(url)
    assert answer.status_code == status
    return answer.content.decode()


def minutes(incident, **kw):
    return {"level": "2", "attendees": "县局、乡镇", "opinion": "加密巡查", "seen": incident.version, **kw}


def test_strangers_find_nothing_and_who_only_looks_gets_no_forms(frozen_clock):
    incident = an_incident()
    office, county = signed_in("office", programme=""), signed_in("duty_officer", place="513322")

    for url in (f"/hazards/incidents/{incident.uuid}/", f"/hazards/incidents/{incident.uuid}/timeline.xlsx"):
        read(county, url, 404)
        assert Client().get(url).status_code == 302
    shown = read(office, f"/hazards/incidents/{incident.uuid}/")
    assert "按会商意见办" not in shown
    assert "派巡查</button>" not in shown
    assert "没有派巡查" in shown
    assert office.get("/hazards/incidents/new").status_code == 403
    for act in ("decide", "propose", "patrol"):
        assert office.post(f"/hazards/incidents/{incident.uuid}/{act}").status_code == 403
    nobody = signed_in(None)
    for url in ("incidents/", "incidents.xlsx", "incidents/new", "patrols/", "handover/"):
        read(nobody, f"/hazards/{url}", 404)


def test_a_level_is_proposed_and_decided_through_the_pages(duty, lead):
    a_site()
    given = {"site": "wuse-slope", "level": "3", "because": "后缘拉裂"}

    bad = duty.post("/hazards/incidents/new/propose", {**given, "because": " "})
    made = duty.post("/hazards/incidents/new/propose", given, follow=True)
    incident = Incident.objects.get()
    address = f"/hazards/incidents/{incident.uuid}/"
    shown = read(lead, address)
    refused = lead.post(f"{address}decide", minutes(incident, attendees=""))
    done = lead.post(f"{address}decide", minutes(incident, level="3"), follow=True).content.decode()

    assert bad.status_code == 422
    assert made.redirect_chain == [(address, 302)]
    assert "后缘拉裂" in shown
    assert "duty_officer" in shown
    assert refused.status_code == 422
    assert "加密巡查" in refused.content.decode()
    assert "色乌绒二号坡：已按会商意见办理" in done
    assert "会商（县局、乡镇）" in done
    incident.refresh_from_db()
    assert incident.state == "orange"


def test_who_decides_reads_beforehand_what_goes_out_if_they_write_nothing(lead, duty):
    incident = an_incident()
    url = f"/hazards/incidents/{incident.uuid}/"
    before = unescape(read(lead, url))

    lead.post(f"{url}decide", minutes(incident, level="3"))

    (alert,) = Alert.objects.all()
    said = [
        one.text for one in etree.fromstring(alert.xml.encode()).iter("{*}headline", "{*}description", "{*}instruction")
    ]
    assert len(said) == 6
    assert all(one in before for one in said)
    assert "不写就这样发" not in read(duty, url)


def test_who_was_second_is_told_and_may_decide_on_what_stands_now(lead, duty):
    incident = an_incident()
    address = f"/hazards/incidents/{incident.uuid}/"
    levels.propose(by=DUTY_OFFICER, at=AT, site=incident.site.code, level=4, because="变形加快")

    late = lead.post(f"{address}decide", minutes(incident))
    text = late.content.decode()
    incident.refresh_from_db()

    assert late.status_code == 409
    assert "您看到以后" in text
    assert "加密巡查" in text
    assert f'name="seen" value="{incident.version}"' in text
    assert lead.post(f"{address}decide", minutes(incident, level="4")).status_code == 302
    twice = lead.post(f"{address}decide", minutes(incident, level="4"))
    assert (twice.status_code, Consultation.objects.count()) == (409, 1)


def test_who_proposed_is_told_that_another_decides(lead):
    incident = an_incident()
    Incident.objects.update(proposed_by=User.objects.get(username="consultation_lead").ref)
    address = f"/hazards/incidents/{incident.uuid}/"

    shown = read(lead, address)

    assert "要由别人主持会商来定" in shown
    assert "按会商意见办" not in shown
    assert lead.post(f"{address}decide", minutes(incident)).status_code == 403


def test_who_proposes_or_drills_chooses_site_and_level(duty):
    a_site()

    shown = read(duty, "/hazards/incidents/new")
    bad = duty.post("/hazards/incidents/new/propose", {"site": "", "level": "", "because": "后缘拉裂"})

    assert shown.count('<option value="" selected>请选择</option>') == 4
    assert (bad.status_code, Incident.objects.count()) == (422, 0)


def test_the_way_from_an_incident_leads_over_the_desk_and_to_its_site_and_back(duty):
    incident = an_incident()
    address = f"/hazards/incidents/{incident.uuid}/"

    for url in (address, "/hazards/incidents/", "/hazards/handover/", "/hazards/patrols/", "/hazards/not-sent/"):
        assert re.search('<nav class="crumbs"((?!</nav>).)*href="/hazards/[?"]', read(duty, url), re.DOTALL), url
    assert f"/hazards/sites/{incident.site.code}/" in read(duty, address)
    site = read(duty, f"/hazards/sites/{incident.site.code}/")
    assert address in site
    assert f"/hazards/incidents/new?site={incident.site.code}" in site


def test_an_instant_that_was_proposed_stands_in_the_form_to_be_kept_or_cleared(lead):
    incident = an_incident(expected_at=AT + timedelta(hours=5))
    address = f"/hazards/incidents/{incident.uuid}/"

    assert 'name="expected_at" value="2026-11-22T15:00"' in read(lead, address)
    lead.post(f"{address}decide", minutes(incident, expected_at=""))
    incident.refresh_from_db()
    assert incident.expected_at is None


def test_an_answer_by_link_says_so(duty):
    incident, _alert = called_out()
    answer_by_link(by=Actor("nobody"), at=AT, token=token_of(incident.calls.first().uuid))

    assert read(duty, f"/hazards/incidents/{incident.uuid}/").count("用消息里的链接") == 2


def test_what_is_over_is_told_in_words(lead):
    incident = an_incident("lifted")

    answer = lead.post(f"/hazards/incidents/{incident.uuid}/decide", minutes(incident))

    assert answer.status_code == 409
    assert "已解除" in answer.content.decode()


def test_the_record_tells_what_was_known_when_and_when_it_was_so(duty):
    site = a_site()
    point = a_point(site, "后缘一号")
    reasons = [{**REASONS[0], "point": str(point.uuid)}]
    measured = AT - timedelta(hours=2)
    time = int(measured.timestamp()) * 1_000_000
    facts = {"site": site, "level": 2, "reasons": reasons}
    Judgement.objects.create(time=time, at=AT - timedelta(minutes=10), **facts)
    Judgement.objects.create(time=time, at=AT - timedelta(days=3), **{**facts, "level": 1})
    incident = an_incident(site=site, reasons=reasons)

    shown = read(duty, f"/hazards/incidents/{incident.uuid}/")
    table = duty.get(f"/hazards/incidents/{incident.uuid}/timeline.xlsx")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(table))).get_sheet_by_index(0).to_python()

    assert "读数时间 2026-11-22 08:00" in shown
    assert "切线角" in shown
    assert "后缘一号" in shown
    assert "81.2" in shown
    assert shown.count("系统研判") == 1
    # What the numbers were then stays in the record once it is decided.
    assert "后缘一号 · 切线角 · 切线角（度） 81.2" in shown
    assert "81.2" in rows[3][5]
    assert [str(one) for one in rows[3][:3]] == ["2026-11-22 09:50:00", "2026-11-22 08:00:00", "黄色"]


def test_the_record_tells_which_sensors_were_set_apart_meanwhile(duty):
    site = a_site()
    point, incident = a_point(site, "后缘一号"), an_incident(site=site)
    engineer = actor("station_engineer")
    given = {"by": engineer, "point": point.uuid}
    set_apart(**given, at=AT, because="基座松了")
    bring_back(**given, at=AT + timedelta(minutes=9), because="重新固定")

    shown = read(duty, f"/hazards/incidents/{incident.uuid}/")

    assert shown.index("恢复监测点“后缘一号”") < shown.index("隔离监测点“后缘一号”")
    assert "基座松了" in shown
    assert "后缘一号" not in read(duty, f"/hazards/incidents/{an_incident(site=site, exercise=True).uuid}/")


def test_a_drill_is_marked_on_every_page_of_it(duty, lead):
    a_site()
    given = {"site": "wuse-slope", "level": "4", "scenario": "假设连夜大雨"}
    duty.post("/hazards/incidents/new/drill", given)
    drill = Incident.objects.get()
    patrol = a_patrol(site=drill.site, incident=drill)

    for url in (f"/hazards/incidents/{drill.uuid}/", f"/hazards/patrols/{patrol.uuid}/"):
        assert "这不是真实险情" in read(duty, url)
    for url in ("/hazards/incidents/", "/hazards/patrols/"):
        assert '<span class="tag">演练</span>' in read(duty, url)
    again = duty.post("/hazards/incidents/new/drill", given)
    assert (again.status_code, "正在演练" in again.content.decode()) == (409, True)
    ended = lead.post(f"/hazards/incidents/{drill.uuid}/decide?todo=0", minutes(drill, level="0"), follow=True)
    assert "演练 · 色乌绒二号坡：已按会商意见办理" in ended.content.decode()
    over = read(duty, f"/hazards/incidents/{drill.uuid}/")
    assert "未达蓝色" not in over
    assert over.count("未发预警") > 2
    earnest = an_incident(site=drill.site)
    assert "这不是真实险情" not in read(duty, f"/hazards/incidents/{earnest.uuid}/")


def test_the_list_puts_what_is_open_first_and_filters_and_goes_into_a_table(duty):
    open_one = an_incident("red", site=a_site("a", name="甲坡"))
    an_incident("lifted", site=a_site("b", name="乙坡"), moved_at=AT + timedelta(days=1))
    drill = an_incident(site=a_site("c", name="丙坡", place="513322"), exercise=True)

    text = read(duty, "/hazards/incidents/")
    assert text.index("甲坡") < text.index("丙坡") < text.index("乙坡")
    for asked, left in (
        ("state=open&exercise=no", {"甲坡"}),
        ("state=lifted", {"乙坡"}),
        ("exercise=yes", {"丙坡"}),
        ("place=513322", {"丙坡"}),
        ("text=乙", {"乙坡"}),
        ("since=2026-11-23", set()),
        ("until=2026-11-22", {"甲坡", "乙坡", "丙坡"}),
    ):
        text = read(duty, f"/hazards/incidents/?{asked}")
        assert {name for name in ("甲坡", "乙坡", "丙坡") if f">{name}</a>" in text} == left, asked
    table = duty.get("/hazards/incidents.xlsx?state=open")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(table))).get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows[3:]] == [open_one.site.name, drill.site.name]
    assert [row[3] for row in rows[3:]] == ["险情", "演练"]


@pytest.mark.parametrize("page", ["incidents/", "incidents.xlsx"])
def test_the_first_and_the_last_day_of_the_calendar_filter_as_others_do(duty, frozen_clock, page):
    assert duty.get(f"/hazards/{page}?since=0001-01-01&until=9999-12-31").status_code == 200


def test_the_search_box_finds_incidents_by_their_site_for_who_sees_them(duty, frozen_clock):
    incident = an_incident(exercise=True)

    shown = read(duty, "/search/?q=色乌绒")
    assert f"/hazards/incidents/{incident.uuid}/" in shown
    assert str(incident.uuid) not in read(signed_in("duty_officer", username="c", place="513322"), "/search/?q=色乌绒")


def test_a_patrol_is_sent_and_reported_through_the_pages(duty):
    incident = an_incident()
    address = f"/hazards/incidents/{incident.uuid}/"
    given = {"task": "看后缘裂缝", "due_at": "2026-11-22T12:00"}

    assert duty.post(f"{address}patrol", {**given, "due_at": "2026-11-22T09:00"}).status_code == 400
    assert duty.post(f"{address}patrol", given).status_code == 302
    patrol = Patrol.objects.get()
    page = f"/hazards/patrols/{patrol.uuid}/"
    assert page in read(duty, "/hazards/patrols/")
    assert duty.post(f"{page}report", {"found": ""}).status_code == 422
    shown = duty.post(f"{page}report", {"found": "裂缝加宽"}, follow=True).content.decode()
    assert "巡查结果已记下" in shown
    assert "裂缝加宽" in read(duty, address)
    assert "没有要去的巡查" in read(duty, "/hazards/patrols/")
    assert page in read(duty, "/hazards/patrols/?state=done")


def test_a_shift_goes_from_one_to_another_through_the_pages(duty, lead):
    incident = an_incident("yellow")
    assert incident.site.name in read(duty, "/hazards/handover/")

    given = {"programme": "zj-ganzi", "words": "夜里有雨"}
    assert duty.post("/hazards/handover/", {**given, "words": ""}).status_code == 422
    duty.post("/hazards/handover/", given)
    shift = DutyHandover.objects.get()
    page = f"/hazards/handover/{shift.uuid}/"

    assert "自己交的班" in read(duty, page)
    assert duty.post(f"{page}take").status_code == 422
    shown = lead.post(f"{page}take", follow=True).content.decode()
    assert "已接班" in shown
    assert "夜里有雨" in shown
    assert incident.site.name in shown


def test_empty_pages_say_what_to_do_next(duty, frozen_clock):
    assert "办演练" in read(duty, "/hazards/incidents/")
    assert "登记隐患点以后" in read(duty, "/hazards/incidents/new")
    assert "看险情" in read(duty, "/hazards/patrols/")
    a_shift()
    assert "交班" in read(signed_in("office", programme=""), "/hazards/handover/")


@pytest.mark.parametrize(
    ("url", "most"),
    [("/hazards/incidents/", 14), ("/hazards/patrols/", 12), ("/hazards/handover/", 22), ("", 40)],
)
def test_pages_ask_the_database_as_often_whatever_there_is(duty, django_assert_max_num_queries, url, most):
    for number in range(8):
        site = a_site(f"slope-{number}", name=f"{number}号坡")
        incident = an_incident("yellow", site=site)
        a_patrol(site=site, incident=incident)
        Judgement.objects.create(site=site, time=0, at=AT, level=1, reasons=[])
    a_shift()
    with django_assert_max_num_queries(most):
        read(duty, url or f"/hazards/incidents/{incident.uuid}/")
