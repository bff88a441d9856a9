# SPDX-License-Identifier: Apache-2.0
"""An engineer registers a station, gets its credential, and sees the first reading appear on the open page."""

import os
import subprocess
import sys

from tests.journeys.conftest import PHONE

SEND = """
import sys, django; django.setup()
import numpy as np
from shanhai.field.sensors.models import Datastream
from shanhai.field.sensors.values import instant_of
from shanhai.field.sensors.store.services.taking import take_in
from shanhai.field.sensors.store.values import Readings
from shanhai.field.sensors.values import Sender
from shanhai.kernel import clock
stream, at = Datastream.objects.get(thing__code=sys.argv[1], metric="disp"), clock.now()
row = Readings(np.array([stream.pk]), np.array([instant_of(at)]), np.array([float(sys.argv[2])]))
take_in(readings=row, by=Sender("device", device=stream.device_id), at=at)
"""


def sent(demo, station, number):
    """A reading comes in, as the ingest process stores it."""
    ours = ("SHANHAI_", "DJANGO_", "DATABASE_URL")
    env = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
    env |= {"SHANHAI_DATA_DIR": str(demo.data), "DJANGO_SETTINGS_MODULE": "shanhai.config.settings"}
    subprocess.run([sys.executable, "-c", SEND, station, str(number)], env=env, check=True)


def test_a_station_is_registered_and_its_first_reading_is_seen_without_reloading(demo, visit, faults):
    code, page = "slope-1", visit("engineer", viewport=PHONE)
    page.goto("/sensors/")
    assert faults(page) == []
    page.get_by_role("link", name="登记监测站").click()
    page.get_by_label("名称").fill("某某村后山滑坡")
    page.get_by_label("代码", exact=True).fill(code)
    page.get_by_label("对口支援").last.select_option("zj-ganzi")
    page.get_by_label("经度").fill("100.30")
    page.get_by_label("纬度").fill("29.04")
    page.get_by_label("海拔").fill("3900")
    page.get_by_label("位移").check()
    assert faults(page) == []
    page.get_by_role("button", name="登记", exact=True).click()

    page.get_by_role("button", name="发凭证").click()
    secret = page.locator("#secret").inner_text()
    assert f"-u {code}.logger -P {secret} -t shanhai/zj-ganzi/{code}/logger/disp" in page.locator("main").inner_text()
    assert page.get_by_text("等第一个数").is_visible()
    assert faults(page) == []
    sent(demo, code, 4.25)
    page.get_by_text("4.25 mm").wait_for(timeout=5_000)

    page.get_by_role("link", name="位移").first.click()
    page.locator("svg.series").wait_for()
    sent(demo, code, 4.75)
    page.get_by_text("4.75 mm").wait_for(timeout=8_000)
    assert faults(page) == []
    page.context.set_offline(True)
    page.get_by_text("连不上服务器").wait_for(timeout=8_000)
    assert faults(page) == []
    page.context.set_offline(False)
    page.get_by_text("连不上服务器").wait_for(state="hidden", timeout=8_000)
    page.goto("/sensors/?text=" + code)
    assert "正常" in page.locator("table").inner_text()


def test_english_pages_of_stations_are_whole_on_a_phone_in_the_dark(visit, faults):
    page = visit("engineer", viewport=PHONE, locale="en-GB", color_scheme="dark")
    page.goto("/sensors/")
    assert faults(page) == []
    page.locator("table a").first.click()
    assert faults(page) == []
    page.locator("#streams a").first.click()
    page.locator("svg.series").wait_for()
    assert faults(page) == []
    page.get_by_role("link", name="Ask the past").click()
    assert faults(page) == []
    page.goto("/sensors/tokens/")
    page.get_by_label("For whom").fill("Met office")
    page.get_by_role("button", name="Give a token").click()
    page.locator("#token").wait_for()
    assert faults(page) == []
    page.goto("/sensors/new")
    assert faults(page) == []
