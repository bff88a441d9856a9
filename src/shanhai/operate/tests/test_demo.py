# SPDX-License-Identifier: Apache-2.0
"""The demo: its tables are those of the migrations, its links lead to where it is served, its figures add up."""

import ast
import csv
import json
import os
import socket
import subprocess
import sys
from dataclasses import replace

import granian
import pytest
from django.core.management import load_command_class
from django.db import connection, transaction

from shanhai.base.audit.models import AuditRow
from shanhai.field.sensors.models import Datastream
from shanhai.field.sensors.mqtt.services.simulating import mark_simulated
from shanhai.field.sensors.stations.selectors.stations import list_stations
from shanhai.kernel import clock, proofs
from shanhai.kernel.actors import system
from shanhai.kernel.figures import FigureScope
from shanhai.kernel.registry import registries
from shanhai.kernel.shares import Share, number_of
from shanhai.kernel.units import Quantity
from shanhai.operate import serving
from shanhai.operate.demo.load import demo_folder, load_demo
from shanhai.operate.demo.sensors import SENDING, SILENT, STATIONS, STUCK
from shanhai.planning.programmes.core.selectors.programmes import list_programmes
from tests.cast import AT

SHOW = (
    "import django; django.setup(); from django.core.management import call_command as call; "
    "from shanhai.operate.demo.load import make_tables; from shanhai.operate.tests.test_demo import tables; "
    "{make}; print(tables())"
)


def tables() -> list[tuple]:
    with connection.cursor() as cursor:
        names = sorted(one.name for one in connection.introspection.get_table_list(cursor))
        return [(name, columns(cursor, name), constraints(cursor, name), rows(cursor, name)) for name in names]


def columns(cursor, table):
    cursor.execute(f"SELECT name, type, [notnull], dflt_value, pk FROM pragma_table_info('{table}')")
    return sorted(cursor.fetchall())


def constraints(cursor, table):
    kinds = ("columns", "unique", "check", "index", "foreign_key")
    return sorted(
        (name, *(str(one[kind]) for kind in kinds))
        for name, one in connection.introspection.get_constraints(cursor, table).items()
        # SQLite numbers what has no name.
        if not name.startswith(("__", "fk_"))
    )


def rows(cursor, table):
    """How many: what a migration fills in would be missing."""
    cursor.execute(f"SELECT count(*) FROM {table}")
    return cursor.fetchone()[0]


@pytest.mark.django_db
@pytest.mark.sqlite
@pytest.mark.trial
def test_tables_made_at_once_are_those_that_the_migrations_make(tmp_path, country):
    made = {}
    for make in ("make_tables()", "call('migrate', verbosity=0)"):
        (tmp_path / make[:4]).mkdir()
        environment = {**os.environ, "SHANHAI_DATA_DIR": str(tmp_path / make[:4])}
        environment["DJANGO_SETTINGS_MODULE"] = "shanhai.config.settings"
        command = [sys.executable, "-c", SHOW.format(make=make)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        made[make[:4]] = ast.literal_eval(done.stdout)

    assert made["make"] == made["call"]
    assert made["call"] == tables()


@pytest.mark.parametrize(
    ("host", "known", "expected"),
    [
        ("127.0.0.1", None, "http://127.0.0.1:8301"),
        ("::1", None, "http://[::1]:8301"),
        ("127.0.0.1", "https://shanhai.example", "https://shanhai.example"),
        # What others reach by a name that only they know stays with the setting.
        ("0.0.0.0", None, None),
    ],
)
def test_links_in_letters_lead_to_the_address_that_serves(monkeypatch, host, known, expected):
    seen = []
    monkeypatch.setenv("SHANHAI_PUBLIC_URL", known or "")
    if known is None:
        monkeypatch.delenv("SHANHAI_PUBLIC_URL")
    # What serving sets is put back at the end only if it was set here before.
    monkeypatch.setenv("SHANHAI_LIVE_URL", "")
    monkeypatch.delenv("SHANHAI_LIVE_URL")
    monkeypatch.setenv("SHANHAI_MQTT_URL", "mqtt://127.0.0.1:1883")
    monkeypatch.setattr(serving.settings, "LIVE_URL", "")
    monkeypatch.setattr(serving.settings, "PUBLIC_URL", serving.settings.PUBLIC_URL)
    monkeypatch.setattr(serving.Beside, "start", lambda *given: seen.append(os.environ.get("SHANHAI_PUBLIC_URL")))
    monkeypatch.setattr(serving.signal, "signal", lambda *given: None)
    monkeypatch.setattr(granian, "Granian", lambda *given, **more: type("Nobody", (), {"serve": lambda self: None})())

    serving.serve(host=host, port=8301, workers=1, threads=1, with_worker=True)

    assert seen[0] == expected


def test_where_another_broker_has_the_usual_port_devices_are_told_the_next(monkeypatch, capsys):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        monkeypatch.setattr(serving.settings, "MQTT_BROKER", "embedded")
        monkeypatch.setattr(serving.settings, "MQTT_URL", f"mqtt://127.0.0.1:{taken}")
        monkeypatch.setenv("SHANHAI_MQTT_URL", "put back at the end")
        monkeypatch.delenv("SHANHAI_MQTT_URL")
        monkeypatch.setattr(serving.Beside, "start", lambda *given: None)
        monkeypatch.setattr(serving.signal, "signal", lambda *given: None)
        nobody = type("Nobody", (), {"serve": lambda self: None})
        monkeypatch.setattr(granian, "Granian", lambda *given, **more: nobody())

        serving.serve(host="0.0.0.0", port=8302, workers=1, threads=1, with_worker=False)

        port = serving.urlsplit(serving.settings.MQTT_URL).port
        assert taken < port < taken + 100
        assert os.environ["SHANHAI_MQTT_URL"] == serving.settings.MQTT_URL
        assert str(port) in capsys.readouterr().out


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        load_demo(at=AT, progress=lambda what: None)
        yield
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_every_act_field_and_state_that_the_demo_records_has_words(demo):
    rows = AuditRow.objects.values_list("action", "changes")
    fields = {(action, key.partition(":")[0]) for action, changes in rows for key in changes}

    assert len(fields) > 80
    assert [field for field in sorted(fields) if not registries.words_for_field(*field)] == []
    held = {
        (action, name, value)
        for action, changes in rows
        for name, given in changes.items()
        if name in {"state", "stage", *registries.area_of(action).words}
        for value in (given if isinstance(given, list) else [given])
        if value
    }
    assert len(held) > 30
    assert [one for one in sorted(held) if not registries.words_for_values(*one[:2], one[2:])] == []


@pytest.mark.django_db
def test_the_stations_of_the_demo_are_marked_as_such_and_show_what_can_be_wrong(demo):
    found = list_stations(viewer=system("demo", tuple(registries.permissions)), at=AT)

    assert {one.provenance for one in found} == {"demo"}
    assert [one.standing.health for one in found] == ["silent", "flat", "fine", "fine", "fine", "fine"]


@pytest.mark.django_db
def test_what_goes_on_sending_beside_the_demo_takes_up_its_stations_where_they_are_marked(demo):
    asked = load_command_class("shanhai.field.sensors", SENDING[0]).create_parser("shanhai", "sensors")
    given = asked.parse_args(SENDING[1:])

    streams = mark_simulated(
        stations=given.station, flat=given.flat, by=system("demo", tuple(registries.permissions)), at=AT
    )

    assert {one.topic.split("/")[2] for one in streams} == {one.code for one in STATIONS} - {SILENT}
    assert [one.metric for one in streams if not one.signal.noise] == ["rain", STUCK, "rain"]
    assert Datastream.objects.filter(properties__simulated=True).count() == Datastream.objects.count() == 18


def differing(viewer, scope, figure):
    """The parts of a figure that are not what its rows, read page by page, add up to."""
    value = figure.value
    parts = {"part": value.part, "whole": value.whole} if isinstance(value, Share) else {"part": value}
    for part, measure in parts.items():
        page = proofs.evidence(viewer, scope, figure.key, part, limit=1)
        rows = [
            row
            for offset in range(0, page.count, 50)
            for row in proofs.evidence(viewer, scope, figure.key, part, offset=offset, limit=50).rows
        ]
        added = sum(number_of(row.measure) for row in rows)
        if (len(rows), page.total, added) != (page.count, measure, number_of(measure)):
            yield f"{figure.key} {part}"


@pytest.mark.django_db
def test_every_figure_of_the_demo_is_what_the_rows_behind_it_add_up_to(demo):
    viewer = system("demo", tuple(registries.permissions))
    figures = [
        (scope, figure)
        for programme in list_programmes(viewer=viewer)
        for scope in [FigureScope(programme.code, clock.local_date(AT))]
        for figure in proofs.all_figures(viewer, scope)
        if figure.value is not None
    ]

    assert len(figures) > 100
    assert [one for scope, figure in figures for one in differing(viewer, scope, figure)] == []
    scope, figure = next(one for one in figures if one[1].key == "project_count")
    wrong = replace(figure, value=Quantity(figure.value.number + 1, figure.value.unit))
    assert [*differing(viewer, scope, wrong)] == ["project_count part"]


def test_the_newest_plan_of_each_programme_has_room_for_more_projects():
    with (demo_folder() / "projects.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    programmes = json.loads((demo_folder() / "programmes.json").read_text("utf-8"))
    room = {}
    for code, plan in ((one["code"], one["plans"][-1]) for one in programmes if one["plans"]):
        given = [int(row["aid_wan"]) for row in rows if row["programme"] == code and row["year"] == str(plan["year"])]
        room[code] = plan["amount_wan"] - plan["reserve_wan"] - sum(given)

    assert room == {"zj-ganzi": 370, "zj-nagqu": 275, "fj-changdu": 300, "zj-aksu": 220}
