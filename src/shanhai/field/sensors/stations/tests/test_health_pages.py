# SPDX-License-Identifier: Apache-2.0
"""What is told of stations that are not well: on open pages, in lists, among what waits."""

from datetime import timedelta

import numpy as np
import pytest

from shanhai.base.formats import say
from shanhai.field.sensors.models import Datastream
from shanhai.field.sensors.stations.tests.builders import WRITER, a_stream, sent
from shanhai.field.sensors.store.rules.times import SECOND
from shanhai.field.sensors.store.services.taking import take_in
from shanhai.field.sensors.store.values import Readings
from shanhai.field.sensors.values import instant_of
from shanhai.kernel import clock
from shanhai.kernel.registry import registries
from tests.cast import AT, actor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_clock", "ganzi")]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def engineer(sign_in):
    return sign_in("station_engineer", programme="zj-ganzi")


@pytest.mark.parametrize("page", ["stations/wuse-2/", "devices/{0.device.uuid}/", "streams/{0.pk}/"])
def test_an_open_page_hears_that_a_datastream_has_fallen_silent(engineer, page):
    stream = a_stream()
    sent(stream, 1.0)
    address = f"/sensors/{page.format(stream)}"
    seen = engineer.get(address).content.decode().partition("seen=")[2].partition('"')[0]
    assert engineer.get(address, {"seen": seen}, headers=HTMX).status_code == 204

    with clock.frozen(AT + timedelta(minutes=31)):
        told = engineer.get(address, {"seen": seen}, headers=HTMX).content.decode()

    assert "没有声音" in told
    assert "超过三个间隔没有来数" in told


@pytest.mark.parametrize(("ahead_s", "values", "why"), [(600, (1.0,), "时钟快了"), (0, (2.0,) * 4, "数值不动")])
def test_who_manages_stations_is_told_of_a_wrong_clock_and_of_what_does_not_move(ahead_s, values, why):
    stream = a_stream()
    Datastream.objects.filter(pk=stream.pk).update(stuck_after=4)
    last = instant_of(AT) + ahead_s * SECOND
    times = np.array([last - (len(values) - 1 - at) * 600 * SECOND for at in range(len(values))])
    take_in(readings=Readings(np.full(len(values), stream.pk), times, np.array(values)), by=WRITER, at=AT)

    source = next(one for one in registries.todos if one.key == "sensors.unwell")
    (told,) = source.find(viewer=actor("station_engineer", programme="zj-ganzi"), programme=None, at=AT)

    assert why in say(told.why)


def test_a_station_whose_devices_are_out_of_use_is_called_so_and_not_one_that_never_sent(engineer):
    stream = a_stream()
    sent(stream, 1.0)
    device = f"/sensors/devices/{stream.device.uuid}/"
    assert "怎么发数据" in engineer.get(device).content.decode()

    engineer.post(f"{device}retire", {"on": "2026-11-22", "because": "滑坡已治理"})

    listed = engineer.get("/sensors/", {"health": "resting"}).content.decode()
    assert "色乌绒二号坡" in listed
    assert "还没来过数 <b" not in listed
    assert "怎么发数据" not in engineer.get(device).content.decode()
