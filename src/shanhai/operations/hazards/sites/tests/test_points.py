# SPDX-License-Identifier: Apache-2.0
"""What watches a site: adding, correcting, beginning anew, setting apart; and datastreams that may not go."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from shanhai.base.audit.models import AuditRow
from shanhai.field.sensors.models import Datastream, Thing
from shanhai.field.sensors.permissions import SensorPermission
from shanhai.field.sensors.sta.services.removing import remove_entity
from shanhai.field.sensors.stations.services.sheets import import_stations
from shanhai.field.sensors.stations.tests.builders import a_station, a_stream
from shanhai.field.sensors.stations.values import StationRow
from shanhai.field.sensors.tests.builders import a_multi
from shanhai.field.sensors.values import instant_of
from shanhai.kernel.actors import system
from shanhai.kernel.errors import BadInput, Conflict, NotAllowed, NotVisible
from shanhai.operations.hazards.models import MonitoringPoint, SiteTrack
from shanhai.operations.hazards.sites.rules.facts import checked_point, said_of_place
from shanhai.operations.hazards.sites.services import points
from shanhai.operations.hazards.sites.values import PointFacts
from shanhai.operations.hazards.tests.builders import a_point, a_site
from shanhai.planning.programmes.tests.builders import a_programme
from shanhai.registers.tables.services import undo_import
from tests.cast import AT, OFFICE, STRANGER, actor

ENGINEER = actor("station_engineer", programme="zj-ganzi")
OFFICER = actor("duty_officer", programme="zj-ganzi")
ACT = {"by": ENGINEER, "at": AT}
FACTS = PointFacts("后缘 1", "crown")


def add(datastream, by=ENGINEER, **facts):
    return points.add_point(by=by, at=AT, site="wuse-slope", datastream=datastream, facts=replace(FACTS, **facts))


def test_a_unit_or_a_station_that_was_changed_behind_a_point_is_told_on_its_page(ganzi, sign_in):
    point = a_point(a_site())
    client = sign_in("station_engineer", programme="zj-ganzi")
    page = f"/hazards/points/{point.uuid}/"
    assert "换算系数是" not in client.get(page).content.decode()

    Datastream.objects.update(unit={"name": "metre", "symbol": "m", "definition": "ucum:m"})
    Thing.objects.update(programme=None)

    told = client.get(page).content.decode()
    assert "换算系数是 1，从“m”换算一般是 1000" in told
    assert "这个数据流已经移到别的对口支援或站外" in told


def test_quantity_factor_and_place_follow_from_the_datastream(ganzi):
    a_site()

    point = add(a_stream().pk)

    assert (point.quantity, point.factor, point.lon, point.lat) == ("displacement", 1.0, 101.96, 30.05)


@pytest.mark.parametrize(
    ("definition", "unit", "told", "found"),
    [
        ("http://qudt.org/vocab/quantitykind/Displacement", "m", {}, ("displacement", 1000.0)),
        ("http://qudt.org/vocab/quantitykind/Displacement", "cm", {"factor": -10.0}, ("displacement", -10.0)),
        ("", "mg", {}, ("acceleration", 1.0)),
        ("", "mm", {"quantity": "crack"}, ("crack", 1.0)),
        ("", "furlong", {"quantity": "crack", "factor": 201168.0}, ("crack", 201168.0)),
    ],
)
def test_units_become_those_of_the_criteria(definition, unit, told, found):
    checked = checked_point(replace(FACTS, **told), definition=definition, unit=unit)

    assert (checked.quantity, checked.factor) == found


@pytest.mark.parametrize(
    ("unit", "told", "field"),
    [
        ("mm", {}, "quantity"),
        ("°C", {}, "quantity"),
        ("°C", {"quantity": "displacement"}, "factor"),
        ("mm", {"quantity": "crack", "factor": 0.0}, "factor"),
        ("mm", {"quantity": "crack", "factor": float("nan")}, "factor"),
        ("mm", {"quantity": "crack", "zone": "summit"}, "zone"),
        ("mm", {"quantity": "crack", "weight": -1.0}, "weight"),
        ("mm", {"quantity": "crack", "lon": 101.96}, "lon"),
        ("mm", {"quantity": "crack", "lon": 30.0, "lat": 101.9}, "lon"),
        ("mm", {"quantity": "crack", "name": ""}, "name"),
    ],
)
def test_what_is_wrong_with_a_point_is_said_beside_its_field(unit, told, field):
    with pytest.raises(BadInput) as refused:
        checked_point(replace(FACTS, **told), definition="", unit=unit)
    assert field in {one.field for one in (refused.value, *refused.value.others)}


def test_a_point_far_from_the_outline_is_asked_about(ganzi):
    site = a_site()

    assert said_of_place(site.outline, 101.97, 30.06) is None
    assert said_of_place(site.outline, 102.1, 30.05) is not None


def test_a_datastream_of_another_programme_of_several_numbers_or_unseen_is_refused(ganzi):
    a_site()
    a_programme(code="other-ganzi", name="另一项")
    other = a_station("elsewhere", programme="other-ganzi").datastreams.get()
    station = a_station()
    multi = a_multi("两个数", *[one.observed_property for one in station.datastreams.all()], thing=station)

    with pytest.raises(BadInput) as refused:
        add(other.pk, by=actor("station_engineer"))
    assert refused.value.field == "datastream"
    with pytest.raises(NotVisible):
        add(other.pk)
    with pytest.raises(BadInput):
        add(multi.pk)
    assert not MonitoringPoint.objects.exists()


def test_a_datastream_watches_a_site_once_until_it_is_removed(ganzi):
    point = a_point(a_site())

    with pytest.raises(Conflict):
        add(point.datastream_id)
    points.remove_point(**ACT, point=point.uuid, because="拆了")
    assert add(point.datastream_id).pk != point.pk


@pytest.mark.parametrize(("by", "error"), [(OFFICER, NotAllowed), (STRANGER, NotVisible)])
def test_who_does_not_manage_changes_no_point(ganzi, by, error):
    point = a_point(a_site())
    why = {"by": by, "at": AT, "point": point.uuid, "because": "试试"}

    for act in (points.set_apart, points.bring_back, points.remove_point):
        with pytest.raises(error):
            act(**why)
    with pytest.raises(error):
        points.restart_point(**why, since=AT)
    with pytest.raises(error):
        add(point.datastream_id, by=by)


def test_a_lying_sensor_is_set_apart_for_a_reason_and_brought_back(ganzi):
    point = a_point(a_site())
    track = SiteTrack.objects.create(site=point.site, due=10**18)

    with pytest.raises(BadInput):
        points.set_apart(**ACT, point=point.uuid, because="")
    points.set_apart(**ACT, point=point.uuid, because="牛蹭的")
    track.refresh_from_db()
    point.refresh_from_db()
    assert (point.apart_because, point.apart_by, track.due) == ("牛蹭的", ENGINEER.ref, 0)
    with pytest.raises(Conflict):
        points.set_apart(**ACT, point=point.uuid, because="再来")
    assert points.bring_back(**ACT, point=point.uuid, because="已扶正").apart_at is None
    trail = AuditRow.objects.filter(action__startswith="hazards.point.").values_list("action", "because")
    assert set(trail) == {("hazards.point.set_apart", "牛蹭的"), ("hazards.point.brought_back", "已扶正")}


def test_a_replaced_sensor_counts_from_its_instant_and_never_backwards(ganzi):
    point = a_point(a_site())
    restart = {**ACT, "point": point.uuid, "because": "换了一台"}

    assert points.restart_point(**restart, since=AT).counts_from == instant_of(AT)
    for since in (AT - timedelta(days=1), AT + timedelta(hours=1)):
        with pytest.raises(BadInput):
            points.restart_point(**restart, since=since)


def test_a_correction_says_what_changed(ganzi):
    point = a_point(a_site())
    facts = PointFacts("后缘 1", "crown", factor=-1.0, lon=point.lon, lat=point.lat)

    points.correct_point(**ACT, point=point.uuid, facts=facts)

    changes = AuditRow.objects.get(action="hazards.point.corrected").changes
    assert set(changes) == {"name", "zone", "factor"}


KINDS = {"Datastream": "pk", "Thing": "thing_id", "Sensor": "sensor_id", "ObservedProperty": "observed_property_id"}


@pytest.mark.parametrize(("kind", "key"), KINDS.items())
def test_what_watches_a_site_is_not_deleted_by_the_api(ganzi, kind, key):
    stream = a_point(a_site()).datastream
    key = getattr(stream, key)

    with pytest.raises(Conflict) as refused:
        remove_entity(kind=kind, key=key, by=system("api", tuple(SensorPermission)), at=AT)
    assert refused.value.code == "sensors.stream_needed"
    stream.refresh_from_db()


def test_a_sheet_of_stations_that_a_point_stands_on_is_not_taken_back(ganzi):
    rows = [StationRow(2, "wuse-3", "三号坡", "hazard", "513301", metric="disp", property="disp")]
    done = import_stations(by=OFFICE, at=AT, rows=rows, programme="zj-ganzi")
    a_site()
    add(Datastream.objects.get().pk)

    with pytest.raises(Conflict):
        undo_import(by=OFFICE, at=AT, done=UUID(done.batch), because="传错了")
    assert Datastream.objects.exists()
