# SPDX-License-Identifier: Apache-2.0
"""Registering stations, correcting and moving them, and the life of their devices."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from shanhai.base.audit.models import AuditRow
from shanhai.field.sensors.models import DeviceEvent, FeatureOfInterest, Observation, ObservedProperty, Sensor, Thing
from shanhai.field.sensors.states import DeviceState
from shanhai.field.sensors.stations.selectors.stations import get_station, list_stations, location_of
from shanhai.field.sensors.stations.services import devices
from shanhai.field.sensors.stations.services.stations import correct_station, move_station, register_station
from shanhai.field.sensors.stations.services.streams import add_stream, correct_stream, publish_stream
from shanhai.field.sensors.stations.tests.builders import a_station, a_stream, facts, sent
from shanhai.field.sensors.stations.values import DeviceFacts, StationFacts, StreamFacts
from shanhai.kernel.errors import BadInput, Conflict, NotAllowed, NotVisible
from shanhai.kernel.states import IllegalMove
from tests.cast import AUDITOR, KANGDING, OFFICE, STRANGER, actor
from tests.refusals import refused

pytestmark = pytest.mark.django_db
ENGINEER = actor("station_engineer", programme="zj-ganzi")
ELSEWHERE = StationFacts("", "", "", "", lon="101.97", lat="30.06", crs="wgs84", altitude="2600")
DAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def _programme(ganzi):
    return ganzi


def test_a_metric_may_not_be_called_as_devices_call_the_time(at):
    device = a_station().devices.get()

    with refused(BadInput, "sensors.metric_is_time"):
        add_stream(by=OFFICE, at=at, device=device.uuid, facts=StreamFacts("t", of="temp"))


def test_a_station_is_registered_with_all_that_the_standard_asks(at):
    station = a_station(metrics=("disp", "tilt"))

    location, (disp, tilt) = location_of(station), station.datastreams.order_by("metric")
    assert location.location == {"type": "Point", "coordinates": [101.96, 30.05, 2560.0]}
    assert (location.west, location.north) == (101.96, 30.05)
    assert station.historical_locations.get().locations.get() == location
    assert (disp.unit["symbol"], disp.low, disp.high, disp.interval_s) == ("mm", -10_000, 10_000, 600)
    assert disp.sensor == tilt.sensor
    assert disp.feature == tilt.feature
    assert disp.feature.feature == location.location
    assert [row.action for row in AuditRow.objects.order_by("seq") if row.action.startswith("sensors.")] == [
        "sensors.station.registered",
        "sensors.device.added",
        "sensors.stream.added",
        "sensors.stream.added",
    ]


def test_what_is_common_is_in_the_catalogue_once(at):
    a_station("one")
    a_station("two")

    assert ObservedProperty.objects.get().name == "位移"
    assert Sensor.objects.count() == 2


def test_coordinates_of_a_web_map_are_turned_into_wgs84(at):
    station = register_station(by=OFFICE, at=at, facts=facts(crs="gcj02"))

    lon, lat, _altitude = location_of(station).location["coordinates"]
    assert 0.0005 < abs(lon - 101.96) + abs(lat - 30.05) < 0.01


@pytest.mark.parametrize(
    ("wrong", "field", "code"),
    [
        ({"code": "乌绒"}, "code", "sensors.code_not_usable"),
        ({"code": "a/b"}, "code", "sensors.code_not_usable"),
        ({"name": " "}, "name", "sensors.name_not_usable"),
        ({"kind": "spaceship"}, "kind", "sensors.kind_unknown"),
        ({"lat": ""}, "lat", "sensors.degrees_not_usable"),
        ({"lon": "nan"}, "lon", "sensors.degrees_not_usable"),
        ({"lon": "30.05", "lat": "101.96"}, "lon", "places.coordinates_not_usable"),
        ({"crs": ""}, "crs", "places.undeclared_coordinates"),
        ({"altitude": "9999"}, "altitude", "sensors.altitude_not_possible"),
        ({"lon": "", "lat": ""}, "altitude", "sensors.point_incomplete"),
        ({"place": "哪里"}, "place", "places.division_not_found"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_stored(at, wrong, field, code):
    with refused(BadInput, code) as caught:
        register_station(by=OFFICE, at=at, facts=facts(**wrong), device=DeviceFacts("logger"))

    assert caught.value.field == field
    assert not Thing.objects.exists()


def test_all_faults_are_told_at_once(at):
    with refused(BadInput) as caught:
        register_station(by=OFFICE, at=at, facts=facts("!", name="", kind="x"))

    assert [one.field for one in (caught.value, *caught.value.others)] == ["code", "name", "kind"]


def test_a_code_is_used_once(at):
    a_station()

    with refused(Conflict, "sensors.code_taken"):
        a_station()


@pytest.mark.parametrize("viewer", [AUDITOR, KANGDING], ids=["auditor", "county"])
def test_who_only_looks_registers_nothing(at, viewer):
    with refused(NotAllowed):
        register_station(by=viewer, at=at, facts=facts())
    a_station()
    with refused(NotAllowed):
        devices.add_device(by=viewer, at=at, station="wuse-2", facts=DeviceFacts("two"))


def test_who_manages_another_programme_does_not_see_it(at):
    stream = a_stream()
    other = actor("station_engineer", programme="fj-changdu")

    for act in (
        lambda: get_station(viewer=other, code="wuse-2"),
        lambda: get_station(viewer=STRANGER, code="wuse-2"),
        lambda: publish_stream(by=other, at=at, stream=stream.pk, published=True),
        lambda: devices.correct_device(by=other, at=at, device=stream.device.uuid, facts=DeviceFacts("x")),
    ):
        with refused(NotVisible):
            act()


def test_a_county_sees_its_own_stations(at):
    a_station("mine")
    a_station("theirs", place="513322")

    assert [one.code for one in list_stations(viewer=KANGDING, at=at)] == ["mine"]
    assert list_stations(viewer=STRANGER, at=at) == []
    assert len(list_stations(viewer=ENGINEER, at=at)) == 2


def test_the_worst_station_stands_first_with_since_when(at):
    a_station("never")
    fine = a_stream(code="fine", name="甲")
    silent = a_stream(code="silent")
    sent(fine, 1.0)
    sent(silent, 1.0, at=at - timedelta(hours=2))

    found = list_stations(viewer=OFFICE, at=at)

    assert [one.code for one in found] == ["silent", "never", "fine"]
    assert found[0].standing.since == silent.arrived
    assert found[0].worst == "位移"


def test_a_suspended_device_is_not_judged(at):
    stream = a_stream()
    sent(stream, 1.0, at=at - timedelta(hours=2))
    life = {"device": stream.device.uuid, "on": DAY, "because": "冬天停用"}

    devices.move_device(by=OFFICE, at=at, to=DeviceState.SUSPENDED, **life)

    assert list_stations(viewer=OFFICE, at=at)[0].standing.health == "resting"


def test_a_device_lives_through_states_and_a_retired_one_never_comes_back(at):
    device = a_stream().device
    life = {"by": ENGINEER, "at": at, "device": device.uuid, "on": DAY, "because": "电池鼓了"}

    devices.move_device(to=DeviceState.SUSPENDED, **life)
    devices.move_device(to=DeviceState.INSTALLED, **life)
    devices.move_device(to=DeviceState.RETIRED, **life)

    assert [(one.old, one.new) for one in device.moves.order_by("pk")] == [
        ("", "installed"),
        ("installed", "suspended"),
        ("suspended", "installed"),
        ("installed", "retired"),
    ]
    assert [one.kind for one in device.events.order_by("pk")] == ["installed", "suspended", "resumed", "retired"]
    with refused(IllegalMove):
        devices.move_device(to=DeviceState.INSTALLED, **life)
    with refused(Conflict, "sensors.device_retired"):
        add_stream(by=OFFICE, at=at, device=device.uuid, facts=StreamFacts("tilt", of="tilt"))


def test_a_life_is_told_with_a_reason_and_a_day_that_has_come(at):
    device = a_stream().device
    with refused(BadInput, "sensors.day_ahead") as caught:
        devices.move_device(
            by=OFFICE, at=at, device=device.uuid, to=DeviceState.RETIRED, on=date(2026, 11, 23), because=" "
        )

    assert [one.field for one in caught.value.others] == ["because"]
    device.refresh_from_db()
    assert device.state == "installed"


def test_another_instrument_in_its_place_goes_on_with_the_same_datastreams(at):
    stream = a_stream()
    sent(stream, 1.0)
    given = {"by": OFFICE, "at": at, "device": stream.device.uuid, "on": DAY, "because": "进水"}

    devices.replace_device(serial="SN-2", model="M2", **given)

    stream.device.refresh_from_db()
    assert (stream.device.serial, stream.device.datastreams.get().count) == ("SN-2", 1)
    assert DeviceEvent.objects.get(kind="replaced").details == {"serial": ["", "SN-2"], "model": ["", "M2"]}
    with refused(Conflict, "sensors.not_replaced"):
        devices.replace_device(serial="SN-2", **given)


def test_a_calibration_is_noted_and_changes_nothing_stored(at):
    stream = a_stream()
    sent(stream, 1.0)

    devices.calibrate_device(by=OFFICE, at=at, device=stream.device.uuid, offset="位移 +2 mm", on=DAY, because="年检")

    assert DeviceEvent.objects.get(kind="calibrated").details == {"offset": "位移 +2 mm"}
    assert Observation.objects.get().number == 1.0


def test_what_is_observed_after_a_move_is_elsewhere(at):
    stream = a_stream()
    sent(stream, 1.0, at=at - timedelta(hours=1))

    move_station(by=OFFICE, at=at, station="wuse-2", facts=ELSEWHERE, on=DAY, because="坡脚塌了")
    sent(stream, 2.0, at=at)

    station = Thing.objects.get()
    before, after = Observation.objects.order_by("time")
    assert station.locations.get().location["coordinates"] == [101.97, 30.06, 2600.0]
    assert station.historical_locations.count() == 2
    assert (before.feature, stream.feature.feature["coordinates"][0]) == (None, 101.96)
    assert after.feature.feature["coordinates"] == [101.97, 30.06, 2600.0]
    assert DeviceEvent.objects.get(kind="moved").details["lon"] == ["101.96", "101.97"]
    with refused(Conflict, "sensors.not_moved"):
        move_station(by=OFFICE, at=at, station="wuse-2", facts=ELSEWHERE, on=DAY, because="又")


def test_a_datastream_added_after_a_move_observes_where_the_station_is(at):
    stream = a_stream()
    sent(stream, 1.0)
    move_station(by=OFFICE, at=at, station="wuse-2", facts=ELSEWHERE, on=DAY, because="坡脚塌了")

    added = add_stream(by=OFFICE, at=at, device=stream.device.uuid, facts=StreamFacts("tilt", of="tilt"))

    stream.refresh_from_db()
    assert added.feature == stream.moved_feature
    assert FeatureOfInterest.objects.count() == 2


def test_coordinates_that_were_wrong_are_set_right_in_what_is_stored(at):
    stream = a_stream()

    correct_station(by=OFFICE, at=at, station="wuse-2", facts=facts(lon="101.98", altitude=""))

    assert Thing.objects.get().locations.get().location["coordinates"] == [101.98, 30.05]
    assert Thing.objects.get().historical_locations.count() == 1
    stream.feature.refresh_from_db()
    assert stream.feature.feature["coordinates"] == [101.98, 30.05]
    assert stream.feature.west == 101.98


def test_a_correction_of_what_somebody_else_corrected_meanwhile_is_refused(at):
    a_station()
    correct_station(by=OFFICE, at=at, station="wuse-2", facts=facts(name="新名"))

    with refused(Conflict, "corrected_meanwhile"):
        correct_station(by=OFFICE, at=at, station="wuse-2", facts=facts(name="另名"), seen={"name": "色乌绒二号坡"})


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"metric": "a b"}, "metric"),
        ({"of": "mood"}, "of"),
        ({"of": "", "name": ""}, "name"),
        ({"interval_s": 0}, "interval_s"),
        ({"stuck_after": 1}, "stuck_after"),
        ({"most_per_s": 0.0}, "most_per_s"),
        ({"low": float("inf")}, "low"),
        ({"low": 5.0, "high": 5.0}, "low"),
    ],
)
def test_a_datastream_that_could_not_be_judged_is_refused(at, given, field):
    device = a_station(metrics=()).devices.get()

    with refused(BadInput) as caught:
        add_stream(by=OFFICE, at=at, device=device.uuid, facts=replace(StreamFacts("tilt", of="tilt"), **given))

    assert caught.value.field == field


def test_a_metric_is_used_once_by_a_device(at):
    stream = a_stream()

    with refused(Conflict, "sensors.metric_taken"):
        add_stream(by=OFFICE, at=at, device=stream.device.uuid, facts=StreamFacts("disp", of="disp"))


def test_a_property_of_ones_own_has_its_own_name_and_unit(at):
    device = a_station(metrics=()).devices.get()

    stream = add_stream(by=OFFICE, at=at, device=device.uuid, facts=StreamFacts("yak", name="牦牛头数", unit="头"))

    assert (stream.name, stream.unit["symbol"], stream.observed_property.name) == ("牦牛头数", "头", "牦牛头数")
    assert (stream.low, stream.high) == (None, None)


@pytest.mark.parametrize(("of", "unit"), [("temp", "furlong"), ("temp", "mm"), ("disp", "°C"), ("rain", "hPa")])
def test_what_is_in_the_catalogue_has_no_unit_of_another_kind(at, of, unit):
    device = a_station().devices.get()

    with refused(BadInput, "sensors.unit_of_another"):
        add_stream(by=OFFICE, at=at, device=device.uuid, facts=StreamFacts("new", of=of, unit=unit))


@pytest.mark.parametrize(("unit", "high"), [("", 5000), ("mm", 5000), ("cm", None)])
def test_in_the_unit_of_the_catalogue_its_limits_hold(at, unit, high):
    device = a_station().devices.get()

    added = add_stream(by=OFFICE, at=at, device=device.uuid, facts=StreamFacts("new", of="crack", unit=unit))

    assert added.high == high


def test_the_unit_of_what_is_stored_is_not_changed(at):
    stream = a_stream()
    correct_stream(by=OFFICE, at=at, stream=stream.pk, facts=StreamFacts("disp", name="位移", unit="m"))
    sent(stream, 1.0)

    with refused(Conflict, "sensors.unit_in_use"):
        correct_stream(by=OFFICE, at=at, stream=stream.pk, facts=StreamFacts("disp", name="位移", unit="mm"))


def test_publishing_is_told_in_the_trail_once(at):
    stream = a_stream()
    for _ in range(2):
        publish_stream(by=OFFICE, at=at, stream=stream.pk, published=True)
    publish_stream(by=OFFICE, at=at, stream=stream.pk, published=False)

    acts = list(AuditRow.objects.order_by("seq").values_list("action", flat=True))[-2:]
    assert acts == ["sensors.stream.published", "sensors.stream.unpublished"]
