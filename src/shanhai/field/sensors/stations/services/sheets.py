# SPDX-License-Identifier: Apache-2.0
"""Registering stations from a sheet: all rows or none; the same sheet twice changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import models, transaction

from shanhai.base.audit import services as audit
from shanhai.field.sensors.models import Datastream, Device, FeatureOfInterest, Location, Sensor, Thing
from shanhai.field.sensors.permissions import SensorPermission
from shanhai.field.sensors.stations.rules.facts import (
    checked_code,
    checked_device,
    checked_point,
    point_of,
    symbol_of,
)
from shanhai.field.sensors.stations.selectors.stations import get_station, location_of
from shanhai.field.sensors.stations.services.devices import add_device, correct_device
from shanhai.field.sensors.stations.services.stations import correct_station, register_station
from shanhai.field.sensors.stations.services.streams import LIMITS, add_stream, correct_stream
from shanhai.field.sensors.stations.values import LOGGER, PHENOMENA, DeviceFacts, StationFacts, StationRow, StreamFacts
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, Conflict, DomainError, NotAllowed, NotVisible, Problem
from shanhai.kernel.imports import ImportReport
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.subjects import Subject
from shanhai.planning.programmes.core.selectors.programmes import get_programme, hold_programme
from shanhai.registers.places.rules.geometry import declared_crs
from shanhai.registers.tables.services import keep_import
from shanhai.registers.tables.values import Traced, columns_of

# While a sheet is taken in, all else that is written on SQLite waits, and gives up after some time.
MOST_ROWS = 1000
# The columns that are kept of what a sheet makes or changes. Taking a sheet back must not take observations with it.
_KEPT: dict[type[models.Model], list[str]] = {
    FeatureOfInterest: ["name"],
    Location: ["name", "location"],
    Sensor: ["name"],
    Device: ["code", "serial"],
    Datastream: ["name", "unit", *LIMITS, "count"],
}
_THING = ["name", "kind", "place"]
_OF_STATION = ("name", "kind", "division", "lon", "lat", "altitude")
# Columns by what the services call them.
_COLUMNS = {"place": "division", "of": "property", "interval_s": "interval", "crs": "lon", "programme": "code"}
_KEYS = {one.name: key for key, one in PHENOMENA.items()} | {key: key for key in PHENOMENA}


@transaction.atomic
def import_stations(
    *, by: Actor, at: datetime, rows: Sequence[StationRow], programme: str = "", crs: str = "", dry_run: bool = False
) -> ImportReport:
    """Register the stations of a sheet with devices and datastreams, or bring registered ones up to date, by codes.

    What a row leaves empty stays as it is stored; where a registered station is, is not changed here. When a problem
    blocks, nothing is written and the report lists every one. Raises NotAllowed, NotVisible, and BadInput for points
    of no coordinate system and for more rows than ``MOST_ROWS``.
    """
    of = get_programme(viewer=by, code=programme)
    if not by.may_somewhere(SensorPermission.MANAGE, programme=of.code):
        raise NotAllowed(gettext_noop("您的岗位不登记监测站。需要时请向指挥部办公室申请。"))
    if len(rows) > MOST_ROWS:
        text = gettext_noop("一份表最多 %(most)s 行，这份有 %(count)s 行：导入的时候，别的写入都要等。请分成几份。")
        raise BadInput(text, "sensors.sheet_too_long", most=MOST_ROWS, count=len(rows))
    if any(row.lon or row.lat for row in rows):
        # Of the whole sheet, and so said once, not beside each of its rows.
        declared_crs(crs)
    codes = {row.code.strip().lower() for row in rows}
    things = Thing.objects.filter(code__in=codes)
    # Of two sheets of a programme the second finds what the first has made.
    hold_programme(code=of.code)
    _hold(things)
    before, beside = columns_of(things.all(), _THING), _columns(things)
    # What has been done is undone where it was to be looked at only, or where a row cannot be taken.
    with transaction.atomic():
        sheet = _Sheet(by, at, of.code, crs)
        # In one order, so that sheets of two programmes that name the same codes do not wait for each other.
        for row in sorted(rows, key=lambda one: one.code.strip().lower()):
            sheet.take(row)
        problems = tuple(sorted(sheet.problems, key=lambda one: one.row or 0))
        report = ImportReport("stations", len(rows), problems=problems).counted(sheet.created, sheet.changed)
        if report.blocked or dry_run:
            transaction.set_rollback(True)
            return report
    touched = [one for one in things.all() if before.get(one.pk) != columns_of([one], _THING)[one.pk]]
    traced = [
        Traced(model._meta.label_lower, key, beside[model].get(key), now)
        for model, found in _columns(things).items()
        for key, now in found.items()
        if beside[model].get(key) != now
    ]
    if touched or traced:
        counts = {"created": len(sheet.created), "changed": len(sheet.changed)}
        on = Subject("sensors.thing", "import", of.code)
        audit.record(by=by, at=at, action="sensors.stations.imported", on=on, changes=counts)
    return keep_import(by=by, at=at, report=report, records=touched, names=_THING, before=before, beside=traced)


def _hold(things: models.QuerySet[Thing]) -> None:
    """Hold at the beginning what a sheet may change.

    From its first row on it has the trail, for which whoever changes one of them waits. Whoever stores holds several
    datastreams, in this order.
    """
    of_things = (Datastream.objects.filter(thing__in=things), Device.objects.filter(thing__in=things))
    for rows in (things, *of_things):
        list(rows.select_for_update(of=("self",), no_key=True).order_by("pk").values_list("pk"))


def _columns(things: models.QuerySet[Thing]) -> dict[type[models.Model], dict[int, dict[str, object]]]:
    """What hangs on the things, by model, those first that others lean on."""
    streams = Datastream.objects.filter(thing__in=things.all())
    rows: dict[type[models.Model], models.QuerySet[models.Model]] = {
        FeatureOfInterest: FeatureOfInterest.objects.filter(by_default__in=streams).distinct(),
        Location: Location.objects.filter(things__in=things.all()).distinct(),
        Sensor: Sensor.objects.filter(datastreams__in=streams).distinct(),
        Device: Device.objects.filter(thing__in=things.all()),
        Datastream: streams,
    }
    return {model: columns_of(rows[model], names) for model, names in _KEPT.items()}


class _Sheet:
    """A sheet while its rows are taken in, one by one, by the services of the pages."""

    def __init__(self, by: Actor, at: datetime, programme: str, crs: str) -> None:
        self._by, self._at, self._programme, self._crs = by, at, programme, crs
        self._first: dict[str, StationRow] = {}
        self._metrics: dict[tuple[str, str, str], int] = {}
        self._failed: set[str] = set()
        self.problems: list[Problem] = []
        self.created: list[int] = []
        self.changed: list[int] = []

    def take(self, row: StationRow) -> None:
        """Bring what the row says, or note what is wrong with it."""
        code = row.code.strip().lower()
        if code in self._failed:
            return
        with self._noting(row, code):
            done = {self._station(checked_code(row.code), row)}
        if code in self._failed or not (row.metric or row.property):
            return
        with self._noting(row):
            done |= {self._stream(code, row)}
        if "new" in done:
            self.created.append(row.row)
        elif "changed" in done:
            self.changed.append(row.row)

    @contextmanager
    def _noting(self, row: StationRow, code: str | None = None) -> Iterator[None]:
        try:
            yield
        except DomainError as error:
            for one in (error, *error.others):
                column = _COLUMNS.get(one.field, one.field) or "code"
                # A name is that of the station, or of what is observed.
                column = "property" if code is None and column == "name" else column
                self.problems.append(Problem(one.code, one.message, row.row, column))
            if code is not None:
                self._failed.add(code)

    def _station(self, code: str, row: StationRow) -> str:
        first = self._first.setdefault(code, row)
        if first is not row:
            for name in _OF_STATION:
                stated, value = getattr(first, name), getattr(row, name)
                if value and value != stated:
                    text = gettext_noop("这个站在第 %(row)s 行写的是“%(stated)s”。请改成一样的，或者空着。")
                    raise Conflict(text, "sensors.rows_differ", field=name, row=first.row, stated=stated or "—")
            return "same"
        crs = self._crs if row.lon or row.lat else ""
        told: dict[str, Any] = {
            "lon": row.lon,
            "lat": row.lat,
            "crs": crs,
            "altitude": row.altitude,
            "place": row.division,
        }
        act: dict[str, Any] = {"by": self._by, "at": self._at}
        if not Thing.objects.filter(code=code).exists():
            facts = StationFacts(code, row.name, row.kind or "other", self._programme, **told)
            register_station(**act, facts=facts)
            return "new"
        try:
            station = get_station(viewer=self._by, code=code)
        except NotVisible:
            station = None
        if station is None or station.scope["programme"] != self._programme:
            taken = gettext_noop("代码“%(code)s”已经用在别的监测站上。请换一个。")
            raise Conflict(taken, "sensors.code_taken", field="code", code=code)
        there = location_of(station)
        if there is not None and crs:
            self._require_there(row, there)
            told |= {"lon": "", "lat": "", "crs": "", "altitude": ""}
        told["place"] = row.division or station.place
        facts = StationFacts(code, row.name or station.name, row.kind or station.kind, "", **told)
        facts = replace(facts, description=station.description)
        before = columns_of([station], _THING)[station.pk]
        after = correct_station(**act, station=code, facts=facts)
        return "same" if before == columns_of([after], _THING)[after.pk] else "changed"

    def _require_there(self, row: StationRow, there: Location) -> None:
        lon, lat = (point_of(there.location) or ("—", "—"))[:2]
        given = StationFacts("", "", "", "", lon=row.lon, lat=row.lat, crs=self._crs)
        point = checked_point(given)
        if point is not None and point[:2] != (lon, lat):
            text = gettext_noop("位置和登记的（%(lon)s，%(lat)s）不一样。请在站的页面上更正，或者办移位。")
            raise BadInput(text, "sensors.point_is_fixed", field="lon", lon=lon, lat=lat)

    def _stream(self, code: str, row: StationRow) -> str:
        act: dict[str, Any] = {"by": self._by, "at": self._at}
        given = checked_device(DeviceFacts(row.device or LOGGER, serial=row.serial))
        metric = checked_code(row.metric, "metric")
        other = self._metrics.setdefault((code, given.code, metric), row.row)
        if other != row.row:
            text = gettext_noop("与第 %(row)s 行是同一个数据流。请只留一行。")
            raise Conflict(text, "sensors.row_twice", field="metric", row=other)
        device = Device.objects.filter(thing__code=code, code=given.code).first()
        done = "same"
        if device is None:
            device = add_device(**act, station=code, facts=given)
        elif given.serial and given.serial != device.serial:
            facts = replace(given, name=device.name, model=device.model, most_per_hour=device.most_per_hour)
            correct_device(**act, device=device.uuid, facts=facts)
            done = "changed"
        told = {"interval_s": row.interval, "low": row.low, "high": row.high}
        stated: dict[str, Any] = {name: value for name, value in told.items() if value is not None}
        stream = device.datastreams.filter(metric=metric).first()
        if stream is None:
            of = _KEYS.get(row.property, "")
            facts_of = StreamFacts(metric, of=of, name="" if of else row.property, unit=row.unit, **stated)
            add_stream(**act, device=device.uuid, facts=facts_of)
            return "new"
        known = StreamFacts(metric, name=stream.name, unit=row.unit or symbol_of(stream.unit))
        known = replace(known, **{name: getattr(stream, name) for name in LIMITS} | stated)
        before = columns_of([stream], _KEPT[Datastream])[stream.pk]
        after = correct_stream(**act, stream=stream.pk, facts=known)
        return done if before == columns_of([after], _KEPT[Datastream])[after.pk] else "changed"
