# SPDX-License-Identifier: Apache-2.0
"""Stations from a sheet: many at once, the same sheet twice, what is wrong in it, and taking it back."""

from dataclasses import replace

import pytest
import xlsxwriter

from shanhai.field.sensors.models import Datastream, Device, Location, Thing
from shanhai.field.sensors.stations.rules.sheet import SHEET
from shanhai.field.sensors.stations.services.sheets import import_stations
from shanhai.field.sensors.stations.tests.builders import a_stream, sent
from shanhai.field.sensors.stations.values import StationRow
from shanhai.kernel.errors import BadInput, Conflict, NotAllowed, NotVisible
from shanhai.kernel.registry import registries
from shanhai.registers.tables.models import TableImport
from shanhai.registers.tables.selectors.workbooks import open_workbook
from shanhai.registers.tables.services import undo_import
from tests.cast import AUDITOR, KANGDING, OFFICE, STRANGER, actor
from tests.refusals import refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ganzi")]
FIRST = StationRow(
    4,
    "wuse-2",
    "色乌绒二号坡",
    "hazard",
    "513301",
    "101.96",
    "30.05",
    "2560",
    metric="disp",
    property="位移",
    interval=600,
)
SECOND = StationRow(5, "wuse-2", metric="rain", property="雨量", interval=3600, device="gauge", serial="R-1")
MEADOW = StationRow(6, "meadow", "草场", "herd", "泸定县", metric="yak", property="牦牛头数", unit="头", low=0.0)


def taken_in(at, *rows, by=OFFICE, **kw):
    return import_stations(by=by, at=at, rows=rows, **{"programme": "zj-ganzi", "crs": "wgs84", **kw})


def codes_of(report):
    return [(one.row, one.column, one.code) for one in report.problems]


def test_each_row_is_a_datastream_of_a_device_of_a_station(at):
    report = taken_in(at, FIRST, SECOND, MEADOW)

    slope, meadow = Thing.objects.get(code="wuse-2"), Thing.objects.get(code="meadow")
    assert (report.applied, report.counts["new"], report.problems) == (True, 3, ())
    assert slope.locations.get().location["coordinates"] == [101.96, 30.05, 2560.0]
    assert sorted(slope.devices.values_list("code", "serial")) == [("gauge", "R-1"), ("logger", "")]
    assert (meadow.place, meadow.locations.count()) == ("513322", 0)
    assert Datastream.objects.get(metric="rain").high == 500
    assert Datastream.objects.get(metric="yak").unit["symbol"] == "头"


def test_the_same_sheet_twice_changes_nothing(at):
    taken_in(at, FIRST, SECOND, MEADOW)

    report = taken_in(at, FIRST, SECOND, MEADOW)

    assert (report.counts, report.url) == ({"new": 0, "changed": 0, "unchanged": 3}, "")
    assert Thing.objects.count() == 2


def test_a_later_sheet_changes_what_it_says_and_keeps_the_rest(at):
    taken_in(at, FIRST, SECOND)

    report = taken_in(at, StationRow(4, "wuse-2", "新名", metric="disp", interval=60))

    stream = Datastream.objects.get(metric="disp")
    assert report.counts["changed"] == 1
    assert (stream.thing.name, stream.thing.kind, stream.interval_s, stream.high) == ("新名", "hazard", 60, 10_000)


def test_a_sheet_that_would_keep_everybody_waiting_is_to_be_split(at):
    with refused(BadInput, "sensors.sheet_too_long"):
        taken_in(at, *[FIRST] * 1001)


def test_points_of_no_coordinate_system_are_refused_once_and_not_in_each_row(at):
    with refused(BadInput, "places.undeclared_coordinates"):
        taken_in(at, FIRST, replace(FIRST, row=5, code="wuse-3"), crs="")


def test_only_looking_stores_nothing(at):
    report = taken_in(at, FIRST, SECOND, dry_run=True)

    assert (report.counts["new"], report.applied) == (2, False)
    assert not Thing.objects.exists()


def test_one_bad_row_keeps_all_out_and_every_fault_is_named(at):
    report = taken_in(
        at,
        FIRST,
        replace(SECOND, metric="a b"),
        replace(SECOND, row=7, metric="disp", device=""),
        replace(SECOND, row=8, name="别的名"),
        replace(MEADOW, row=9, division="哪里", lon="30", lat="101"),
        replace(MEADOW, row=10, code="empty", name=""),
        replace(MEADOW, row=11, code="odd", low=9.0, high=1.0),
        StationRow(12, "bare", "光站", "weather"),
    )

    assert codes_of(report) == [
        (5, "metric", "sensors.code_not_usable"),
        (7, "metric", "sensors.row_twice"),
        (8, "name", "sensors.rows_differ"),
        (9, "lon", "places.coordinates_not_usable"),
        (10, "name", "sensors.name_not_usable"),
        (11, "low", "sensors.limits_reversed"),
    ]
    assert not Thing.objects.exists()


def test_a_sheet_neither_moves_a_station_nor_changes_the_unit_of_what_is_stored(at):
    stream = a_stream()
    sent(stream, 1.0)

    report = taken_in(at, replace(FIRST, lon="101.97"), replace(FIRST, row=5, code="wuse-2", metric="disp"))
    other = taken_in(at, replace(FIRST, unit="m"))

    assert codes_of(report)[0] == (4, "lon", "sensors.point_is_fixed")
    assert codes_of(other) == [(4, "unit", "sensors.unit_in_use")]


def test_who_may_not_register_may_not_by_sheet(at):
    elsewhere = actor("station_engineer", programme="zj-ganzi", place="513322")

    with refused(NotAllowed):
        taken_in(at, FIRST, by=AUDITOR)
    with refused(NotAllowed):
        taken_in(at, FIRST, by=KANGDING)
    with refused(NotVisible):
        taken_in(at, FIRST, by=STRANGER)
    assert codes_of(taken_in(at, FIRST, MEADOW, by=elsewhere)) == [(4, "code", "not_allowed")]


def test_a_sheet_is_taken_back_whole_while_nothing_has_been_observed(at):
    a_stream(code="before", name="旧名")
    done = taken_in(at, FIRST, SECOND, StationRow(7, "before", "新名", metric="disp", interval=60)).batch

    undo_import(by=OFFICE, at=at, done=done, because="登记错了")

    thing, stream = Thing.objects.get(), Datastream.objects.get()
    assert (thing.name, stream.interval_s) == ("旧名", 600)
    assert (Device.objects.count(), Location.objects.count()) == (1, 1)


def test_a_sheet_whose_datastreams_have_observations_is_not_taken_back(at):
    done = taken_in(at, FIRST).batch
    sent(Datastream.objects.get(), 1.0)

    with refused(Conflict, "tables.import_built_upon"):
        undo_import(by=OFFICE, at=at, done=done, because="登记错了")
    assert Datastream.objects.get().count == 1


def test_a_workbook_of_two_hundred_stations_is_taken_in_by_its_headers(at, tmp_path):
    importer = registries.importers.get("stations")
    heads = [one.title for one in importer.kind.fields]
    path = tmp_path / "stations.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, heads)
        for number in range(200):
            row = {"code": f"s-{number}", "name": f"监测点{number}", "kind": "地质灾害", "division": "513301"}
            row |= {"metric": "disp", "property": "位移", "unit": "mm", "interval": 600}
            sheet.write_row(number + 1, 0, [row.get(one.key) for one in importer.kind.fields])

    with open_workbook(path=path) as file:
        report = importer.run(
            file=file, options={"programme": "zj-ganzi"}, answers={}, by=OFFICE, at=at, dry_run=False,
            progress=lambda done, total: None,
        )  # fmt: skip

    assert (report.applied, report.counts["new"]) == (True, 200)
    assert Datastream.objects.filter(unit__symbol="mm", thing__kind="hazard").count() == 200


def test_a_kind_that_is_none_is_answered_with_those_there_are():
    kind = next(one for one in SHEET.fields if one.key == "kind")

    with refused(BadInput) as told:
        kind.read("滑坡")

    assert "“地质灾害”" in told.value.message.params["known"]


def test_after_a_sheet_the_page_says_what_comes_next_and_leads_there(at, frozen_clock, sign_in):
    taken_in(at, FIRST)
    engineer = sign_in("station_engineer", programme="zj-ganzi")

    page = engineer.get(f"/import/done/{TableImport.objects.get().uuid}/").content.decode()

    assert "下一步：给新设备发凭证" in page
    assert '<a class="btn btn-primary" href="/sensors/">去办</a>' in page
