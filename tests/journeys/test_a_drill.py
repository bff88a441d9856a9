# SPDX-License-Identifier: Apache-2.0
"""A drill is walked from its scenario to its end; every page and message of it says that it is one."""

import os
import subprocess
import sys

from tests.journeys.conftest import PHONE

SITE = """
import sys, django; django.setup()
from shanhai.kernel import clock
from shanhai.operate.demo.accounts import SINCE, acting
from shanhai.operations.hazards.sites.services.chains import set_chain
from shanhai.operations.hazards.sites.services.sites import register_site
from shanhai.operations.hazards.sites.values import LinkFacts, SiteFacts
from shanhai.registers.people.models import Person
at, code = clock.now(), sys.argv[1]
engineer = acting(username="engineer", at=at)
corners = "100.30,29.03\\n100.304,29.03\\n100.304,29.034\\n100.30,29.034"
safe = {"shelter": "村小学操场", "shelter_lon": "100.31", "shelter_lat": "29.03", "route_words": "沿村道往东。"}
facts = SiteFacts(code, f"演练坡 {code}", "landslide", "zj-ganzi", corners, "wgs84", households=5, people=20, **safe)
register_site(by=engineer, at=at, facts=facts)
given = {"programme": "zj-ganzi", "place": "513337", "valid_from": SINCE, "provenance": "demo"}
people = [Person.objects.create(name=f"{code} {duty}", duty=duty, **given) for duty in ("群测群防员", "村主任")]
roles = ("monitor", "village")
links = [LinkFacts(role, one.uuid, ("sms",)) for role, one in zip(roles, people, strict=True)]
set_chain(by=engineer, at=at, site=code, links=links)
"""
DO = """
import sys, django; django.setup()
from datetime import timedelta
from shanhai.kernel import clock
from shanhai.operate.demo.accounts import acting
from shanhai.operations.hazards.incidents.services.levels import decide, propose
from shanhai.operations.hazards.incidents.services.patrols import order_patrol
from shanhai.operations.hazards.models import Incident
at, code, act = clock.now(), *sys.argv[1:]
duty, lead = acting(username="duty", at=at), acting(username="consult", at=at)
if act == "propose":
    propose(by=duty, at=at, site=code, level=1, because="村民报告有裂缝")
    raise SystemExit
one = Incident.objects.get(site__code=code)
if act == "order":
    order_patrol(by=duty, at=at, site=code, task="看后缘", due_at=at + timedelta(hours=2), incident=one.uuid)
else:
    level = {"decide": 1, "lift": 0}[act]
    decide(by=lead, at=at, incident=one.uuid, level=level, attendees="县局", opinion="按会商办", seen=one.version)
"""
# What would ask by itself every few seconds does not.
NO_POLLING = "const later = setTimeout; window.setTimeout = (act, ms, ...of) => ms >= 2000 ? 0 : later(act, ms, ...of)"
LINK = """
import sys, django; django.setup()
from shanhai.operations.hazards.calls.selectors.tokens import token_of
from shanhai.operations.hazards.models import Call
print(token_of(Call.objects.filter(incident__site__code=sys.argv[1], role="monitor").get().uuid))
"""


def run(demo, script, *args):
    """What a script of ours prints that works on the data of the demo."""
    ours = ("SHANHAI_", "DJANGO_", "DATABASE_URL")
    env = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
    env |= {"SHANHAI_DATA_DIR": str(demo.data), "DJANGO_SETTINGS_MODULE": "shanhai.config.settings"}
    done = subprocess.run([sys.executable, "-c", script, *args], env=env, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout.strip()


def test_a_drill_goes_the_whole_way_and_says_everywhere_that_it_is_one(demo, visit, faults):
    """At the desk who is on duty and who leads, by phone who is called."""
    code = "drill-1"
    run(demo, SITE, code)

    duty = visit("duty")
    duty.goto(f"/hazards/incidents/new?site={code}")
    assert faults(duty) == []
    form = duty.locator("form", has_text="情景")
    form.get_by_label("从哪一级开始").select_option("3")
    form.get_by_label("情景").fill("假设连夜大雨，后缘拉裂。")
    form.get_by_role("button", name="开始演练").click()
    duty.get_by_text("这不是真实险情").wait_for()
    address = duty.url
    assert faults(duty) == []

    lead = visit("consult")
    lead.goto("/inbox/")
    lead.locator("main").get_by_text("演练：建议橙色").first.wait_for()
    lead.goto(address)
    lead.get_by_text("这不是真实险情").wait_for()
    assert faults(lead) == []
    lead.get_by_label("橙色", exact=True).check()
    lead.get_by_label("谁参加").fill("县自然资源局、乡镇、专家组")
    lead.get_by_label("会商意见").fill("演练：同意橙色，通知到人。")
    lead.get_by_role("button", name="按会商意见办").click()
    lead.get_by_text("已按会商意见办理").wait_for()
    assert faults(lead) == []

    anybody = visit(viewport=PHONE)
    anybody.goto("/alerts/")
    shown = anybody.locator("main").inner_text()
    assert f"演练坡 {code}" in shown
    assert "演练" in shown.replace("演练坡", "")
    token = run(demo, LINK, code)
    anybody.goto(f"/hazards/answer/{token}")
    assert "【演练】" in anybody.locator("h1").inner_text()
    assert faults(anybody) == []
    anybody.get_by_role("button", name="我收到了").click()
    anybody.get_by_text("已经记下").wait_for()

    duty.goto(address)
    assert "已回应" in duty.locator("#calls").inner_text()
    lead.goto(address)
    lead.get_by_label("解除预警", exact=True).check()
    lead.get_by_label("谁参加").fill("县自然资源局")
    lead.get_by_label("会商意见").fill("演练结束，人员清点齐全。")
    lead.get_by_role("button", name="按会商意见办").click()
    lead.locator("h1").get_by_text("演练").wait_for()
    assert "已解除" in lead.locator("main").inner_text()
    anybody.goto("/alerts/")
    assert f"演练坡 {code}" not in anybody.locator("main").inner_text()


def test_open_pages_show_what_others_do_without_asking(demo, visit):
    code = "news"
    run(demo, SITE, code)
    desk, anybody = visit("duty"), visit()
    desk.add_init_script(NO_POLLING)
    desk.goto("/hazards/")
    line = desk.locator("#desk section", has_text=f"演练坡 {code}").get_by_text("看险情，会商")
    assert not line.is_visible()

    run(demo, DO, code, "propose")
    line.wait_for()
    line.click()
    call = desk.locator("#calls tbody tr").first
    desk.locator("#now").get_by_text("蓝色").wait_for()
    assert not call.is_visible()
    run(demo, DO, code, "decide")
    desk.locator("#published a").wait_for()
    call.get_by_text("替本人记下回应").click()
    call.get_by_label("怎样找到本人").fill("电话没有人接")
    run(demo, DO, code, "order")
    desk.locator("#patrols").get_by_text("看后缘").wait_for()
    # What somebody is writing stays.
    assert call.get_by_label("怎样找到本人").input_value() == "电话没有人接"
    anybody.goto(f"/hazards/answer/{run(demo, LINK, code)}")
    anybody.get_by_role("button", name="我收到了").click()
    call.get_by_text("已回应").wait_for()
    run(demo, DO, code, "lift")
    desk.locator("#standing").get_by_text("已解除").wait_for()
