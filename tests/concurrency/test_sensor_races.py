# SPDX-License-Identifier: Apache-2.0
"""Several change, delete and store at the same moment: what both say is kept, nobody stumbles, nothing is left over."""

import threading
import time
from contextlib import suppress
from functools import partial

import numpy as np
import pytest
from django.db import transaction

from shanhai.base.database.services import not_giving_way
from shanhai.field.sensors.models import Datastream, Device, Hour, Observation, Rejected, Thing
from shanhai.field.sensors.mqtt import subscribers
from shanhai.field.sensors.mqtt.adapters.ingest import INGEST
from shanhai.field.sensors.mqtt.selectors.routes import Routes
from shanhai.field.sensors.mqtt.services.receiving import receive
from shanhai.field.sensors.mqtt.tests.devices import MANAGER, a_device
from shanhai.field.sensors.mqtt.values import Incoming
from shanhai.field.sensors.sta.services import changing
from shanhai.field.sensors.sta.services.changing import change_entity, patch_entity
from shanhai.field.sensors.sta.services.removing import remove_entity
from shanhai.field.sensors.stations.selectors.credentials import sender_of
from shanhai.field.sensors.stations.services import devices
from shanhai.field.sensors.stations.services.credentials import give_credential
from shanhai.field.sensors.stations.services.devices import give_missing_credentials
from shanhai.field.sensors.stations.services.sheets import import_stations
from shanhai.field.sensors.stations.services.stations import correct_station, move_station
from shanhai.field.sensors.stations.tests.builders import a_station, facts
from shanhai.field.sensors.stations.values import StationRow
from shanhai.field.sensors.store.services.correcting import remove_about
from shanhai.field.sensors.store.services.taking import take_in
from shanhai.field.sensors.store.values import Readings
from shanhai.field.sensors.tests.builders import a_feature
from shanhai.field.sensors.tests.sta_client import DATASTREAM, a_program
from shanhai.field.sensors.tests.streams import START, WRITER, a_stream, came
from shanhai.kernel.actors import system
from shanhai.kernel.registry import registries
from tests.cast import AT, OFFICE
from tests.concurrency.together import meet, outcomes, together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
OWNER = system("owner", ("sensor.view", "sensor.write", "sensor.manage"))


def the_row(code, **kw):
    given = {"name": f"站 {code}", "kind": "hazard", "division": "513301", "metric": "disp", "property": "位移", **kw}
    return StationRow(4, code, **given)


def sheet(*rows):
    return partial(import_stations, by=OFFICE, at=AT, rows=rows, programme="zj-ganzi")


def beside(rows, act, before):
    """Somebody holds the first of the rows, then ``act`` begins, then they do what they came for."""
    held = threading.Event()

    def hold():
        with transaction.atomic():
            rows.select_for_update().order_by("pk").first()
            held.set()
            time.sleep(0.7)
            return before()

    def begin():
        held.wait(10)
        return act()

    return together(hold, begin)


def takes(streams):
    """Stores a reading of each."""
    keys = np.array([one.pk for one in streams], np.int64)
    readings = Readings(keys, np.full(len(keys), START, np.int64), np.ones(len(keys)))
    return partial(take_in, readings=readings, by=WRITER, at=AT)


def test_who_refers_to_a_row_does_not_keep_the_trail_from_who_holds_it():
    """Both write into the trail; who adds a datastream refers to its thing, which is looked up when it is committed."""
    thing = Thing.objects.create(name="坡", description="坡")
    program = a_program()

    def add():
        with transaction.atomic():
            program.make(f"Things({thing.pk})/Datastreams", DATASTREAM)
            time.sleep(0.7)

    def change():
        time.sleep(0.3)
        change_entity(kind="Thing", key=thing.pk, body={"name": "新"}, whole=False, by=WRITER, at=AT)

    assert together(add, change) == []


def test_of_two_that_wait_for_each_other_both_get_done():
    keys = [Thing.objects.create(name=name).pk for name in ("一", "二")]
    gate = threading.Barrier(2)

    def taking(first, second):
        with transaction.atomic():
            Thing.objects.select_for_update().get(pk=first)
            with suppress(threading.BrokenBarrierError):
                gate.wait(timeout=0.5)
            Thing.objects.select_for_update().get(pk=second)
        return first

    def both(*order):
        return lambda: not_giving_way(partial(taking, *order))

    assert outcomes(both(*keys), both(*reversed(keys))) == keys


def test_two_who_change_an_entity_by_steps_are_both_kept(monkeypatch):
    thing = Thing.objects.create(name="坡", description="坡", properties={})
    meet(monkeypatch, changing, "_patched")

    def adding(name):
        steps = [{"op": "add", "path": f"/properties/{name}", "value": 1}]
        return partial(patch_entity, kind="Thing", key=thing.pk, steps=steps, by=WRITER, at=AT)

    together(adding("one"), adding("two"))

    assert Thing.objects.get().properties == {"one": 1, "two": 1}


def test_two_who_say_something_else_of_an_observation_are_both_kept(monkeypatch):
    came(a_stream(), [(0, 1.0)])
    key = Observation.objects.get().pk
    meet(monkeypatch, changing, "correct", before=True)

    def saying(body):
        return partial(change_entity, kind="Observation", key=key, body=body, whole=False, by=WRITER, at=AT)

    together(saying({"parameters": {"a": 1}}), saying({"resultQuality": "good"}))

    assert Observation.objects.get().extra == {"parameters": {"a": 1}, "resultQuality": "good"}


def test_two_who_give_credentials_to_all_devices_hold_no_void_one(monkeypatch):
    for code in ("one", "two", "three"):
        a_device(code)
    meet(monkeypatch, devices, "without_credential")
    give = partial(give_missing_credentials, by=MANAGER, at=AT)

    told = [pair for given in outcomes(give, give) for pair in given]

    assert len(told) == 3
    assert all(sender_of(username=device.username, secret=secret) for device, secret in told)


def test_an_account_that_is_ended_is_not_the_one_that_is_given_meanwhile(monkeypatch, settings):
    settings.MQTT_BROKER, told, asked = "mosquitto", [], threading.Event()
    device, look = a_device(), subscribers.live_accounts

    def slowly(username):
        found = look(username)
        asked.set()
        time.sleep(0.7)
        return found

    def end():
        with transaction.atomic():
            subscribers.Revoked().handle(payload={"username": device.username}, event_id=device.uuid, at=AT)

    def give():
        asked.wait(10)
        give_credential(device=device.uuid, by=MANAGER, at=AT)

    monkeypatch.setattr(subscribers, "live_accounts", slowly)
    monkeypatch.setattr(subscribers, "end_account", lambda **_: told.append("ended"))
    monkeypatch.setattr(subscribers, "give_account", lambda **_: told.append("given"))
    together(end, give)

    assert told == ["ended", "given"]


@pytest.mark.usefixtures("ganzi")
def test_of_two_who_hand_in_a_sheet_the_second_finds_all_of_it():
    rows = [the_row(f"slope-{number}") for number in range(20)]

    reports = outcomes(sheet(*rows), sheet(*reversed(rows)))

    assert sorted(report.counts["new"] for report in reports) == [0, 20]
    assert sorted(report.counts["unchanged"] for report in reports) == [0, 20]
    assert Thing.objects.count() == Device.objects.count() == Datastream.objects.count() == 20


@pytest.mark.usefixtures("ganzi")
def test_a_sheet_waits_for_who_corrects_a_station_of_it():
    sheet(the_row("first"), the_row("second"))()
    correct = partial(correct_station, by=OFFICE, at=AT, station="second", facts=facts(name="新名"))

    beside(
        Thing.objects.filter(code="second"), sheet(the_row("first", name="一"), the_row("second", kind="herd")), correct
    )

    assert list(Thing.objects.order_by("code").values_list("name", "kind")) == [("一", "hazard"), ("站 second", "herd")]


@pytest.mark.usefixtures("ganzi")
def test_a_sheet_and_a_move_wait_for_who_stores_into_their_datastreams():
    station = a_station(metrics=("disp", "rain", "tilt"))
    streams = list(station.datastreams.order_by("pk"))
    # Last where the database has it: what has just been written.
    Datastream.objects.filter(pk=streams[0].pk).update(description="先")
    rows = [the_row("wuse-2", name="", metric=one.metric, property="", interval=60) for one in reversed(streams)]
    where = facts(lon="101.99", altitude="")

    beside(station.datastreams.all(), sheet(*rows), takes(streams))
    Observation.objects.all().delete()
    moving = partial(move_station, by=OFFICE, at=AT, station="wuse-2", facts=where, on=AT.date(), because="滑动")
    beside(station.datastreams.all(), moving, takes(streams))

    assert set(station.datastreams.values_list("interval_s", flat=True)) == {60}


def test_who_deletes_a_feature_waits_for_who_corrects_what_is_about_it():
    feature = a_feature()
    streams = [a_stream(feature=feature) for _ in range(2)]
    for one in streams:
        came(one, [(0, 1.0)])
    stored = Observation.objects.get(datastream=streams[1])

    def correct():
        body = {"resultQuality": "good"}
        change_entity(kind="Observation", key=stored.pk, body=body, whole=False, by=WRITER, at=AT)

    away = partial(remove_about, feature=feature.pk, by=WRITER, at=AT)
    beside(Datastream.objects.filter(pk=streams[1].pk), away, correct)

    assert not Observation.objects.exists()


def test_a_thing_is_deleted_while_devices_and_programs_send():
    device = a_device("wuse-2", "logger", "t", "u", most_per_hour=100_000)
    keys = list(device.datastreams.values_list("pk", flat=True))
    gone, statuses = threading.Event(), set()

    def post():
        program, number = a_program(), 0
        while not gone.is_set():
            number += 1
            body = {"result": number, "phenomenonTime": f"2026-03-01T00:{number // 60 % 60:02}:{number % 60:02}Z"}
            statuses.add(program.send("POST", f"Datastreams({keys[number % 2]})/Observations", body)[0])

    def send():
        routes, number = Routes(), 0
        while not gone.is_set():
            number += 1
            topic, arrived = f"shanhai/-/wuse-2/logger/{'tu'[number % 2]}", START + number
            receive(messages=[Incoming(topic, b"1", arrived, device.pk)], routes=routes, by=INGEST, at=AT)

    def delete():
        time.sleep(0.5)
        try:
            remove_entity(kind="Thing", key=device.thing_id, by=OWNER, at=AT)
        finally:
            time.sleep(0.3)
            gone.set()

    found = outcomes(post, send, delete)

    assert found == [None, None, None]
    assert {201, 404} <= statuses <= {201, 400, 404}
    assert set(Rejected.objects.values_list("code", flat=True)) <= {"sensors.device_unknown", "sensors.refused"}
    assert [fault for one in registries.integrity for fault in one.run()] == []
    assert not any(kind.objects.exists() for kind in (Observation, Hour, Device))
