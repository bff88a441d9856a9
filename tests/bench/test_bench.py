# SPDX-License-Identifier: Apache-2.0
"""The measurement at a small size: what it answers, and that it leaves alone what is stored here."""

import json
import os
import shutil
import socket
import subprocess
import sys
import threading

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from tests.bench.asking import ask, request
from tests.bench.building import NotEmpty, build
from tests.bench.command import Command
from tests.bench.judging import CURVES
from tests.bench.report import Measured, p95, table
from tests.bench.run import Parts
from tests.bench.slopes import collapsing, voight
from tests.cast import AT, a_user

PAGES = (
    "today", "programme page", "project list", "task board", "project board", "fund page", "fund page as of a day",
)  # fmt: skip
ABSOLUTE = [
    "post 100000 entries", "balance as of a day, p95", "export of the projects", "all warnings", "all warnings, CPU",
    "warnings of one project, p95", *(f"{page}, {what}" for page in PAGES for what in ("p95", "CPU", "queries")),
    "import of 50 rows, by the clock", "import of 50 rows, memory",
    "import of 50 rows, longest wait of another writer", "import of 250 rows, memory",
]  # fmt: skip
FLOORS = [
    "bare inserts of the rows", "the bare writer, same cells", "the fund page of today",
    "a view that only reads the rows", "Django's admin list", "plain Django", "plain Django, user read",
    "bare read and insert", "import of 50 rows",
]  # fmt: skip
PEERS = ["hordak", "tryton", "django-import-export, import in bulk", "django-import-export, export in bulk"]


def shanhai(*command: str, folder) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    environment |= {"SHANHAI_DATA_DIR": str(folder), "DATABASE_URL": "", "SHANHAI_TESTING": ""}
    return subprocess.run(
        [sys.executable, "-m", "shanhai", *command], env=environment, capture_output=True, text=True, check=True
    )


@pytest.mark.trial
def test_a_quick_measurement_answers_every_figure_and_leaves_this_database_as_it_was(tmp_path, empty_database):
    shutil.copy(empty_database, tmp_path)
    before = (tmp_path / "shanhai.sqlite3").read_bytes()

    done = shanhai("bench", "portfolio", "--quick", "--json", folder=tmp_path)

    found = json.loads(done.stdout)
    assert [one["name"] for one in found if not one["beside"]] == ABSOLUTE
    assert sorted(one["beside"] for one in found if one["beside"]) == sorted(FLOORS + PEERS)
    for one in found:
        assert set(one) == {"name", "value", "unit", "limit", "ok", "database", "beside", "ratio", "said"}
        assert one["database"] == "sqlite"
        assert one["value"] > 0
        if one["beside"] in PEERS and one["ratio"] is None:
            # Never a number where the peer is not here.
            assert (one["said"], one["ok"]) == ("not read: peer absent", None)
        else:
            held = one["ratio"] if one["beside"] else one["value"]
            # Beside a peer that is a thousand times slower it is rounded to nothing.
            assert held >= 0
            assert one["ok"] is (held <= one["limit"])
    assert [one["name"] for one in found if one["unit"] == "queries" and not one["ok"]] == []
    assert (tmp_path / "shanhai.sqlite3").read_bytes() == before
    # Django makes the folder of a file cache when it checks the settings.
    beside = {path.name for path in tmp_path.iterdir() if not path.name.startswith("shanhai.sqlite3")}
    assert beside <= {"progress", "incoming"}


@pytest.mark.django_db
def test_nothing_is_built_where_something_is_stored():
    a_user()

    with pytest.raises(NotEmpty):
        build(at=AT, projects=1, postings=4, say=print)


@pytest.mark.parametrize("sizes", [("--projects=0",), ("--postings=3",), ("--projects=-5",)])
def test_too_little_to_measure_is_refused_with_a_sentence(sizes):
    with pytest.raises(CommandError, match="至少要有 1 个项目、4 笔账"):
        call_command(Command(), "portfolio", *sizes)


def test_the_95th_of_a_hundred_is_the_value_that_95_do_not_exceed():
    assert p95(list(range(1, 101))) == 95
    assert p95([7.0]) == 7.0
    with pytest.raises(ValueError, match="nothing was measured"):
        p95([])


def test_a_figure_over_its_limit_is_marked_in_the_table():
    lines = table(
        [Measured("a page", 301, "ms", 300, "sqlite"), Measured("another", 300, "ms", 300, "postgresql")]
    ).splitlines()

    assert lines[1].endswith("OVER")
    assert not lines[2].endswith("OVER")


def test_what_was_measured_is_told_when_a_later_part_fails():
    told, said = [], []
    parts = Parts(said.append, told.append)

    def fails():
        yield Measured("before", 1, "s", 2, "sqlite")
        raise ValueError("the disk is full")

    for part in (fails, lambda: [Measured("after", 1, "s", 2, "sqlite")]):
        parts.measure(part)

    assert [one.name for one in told] == ["before", "after"]
    assert said == ["FAILED: ValueError: the disk is full"]
    assert parts.failed


def test_a_peer_that_is_not_here_is_not_read():
    lines = table([Measured("post", 2, "s CPU", 1, "sqlite", "a peer", None, "not read: peer absent")]).splitlines()

    assert lines[1].endswith("not read: peer absent")


def test_a_ratio_over_its_limit_is_marked():
    lines = table([Measured("post", 2, "s CPU", 2, "sqlite", "a floor", 2.5)]).splitlines()

    assert lines[1].endswith("2.5 × a floor  OVER")


def test_the_measurement_of_evidence_answers_every_figure(tmp_path):
    done = shanhai("bench", "evidence", "--quick", "--json", folder=tmp_path)

    found = json.loads(done.stdout)
    assert [one["name"] for one in found] == [
        "extraction, of 1 MB, CPU",
        "reading copy and extraction, of 1 MB, CPU",
        "IATI check of 0.2 MB, CPU",
        "report of 3 pages to PDF",
        "report of 3 pages to DOCX",
    ]
    assert all(one["value"] > 0 and one["said"].endswith("MB/s") for one in found[:2])


@pytest.mark.trial
def test_the_measurement_of_sensors_answers_every_figure_of_the_parts_asked_for(tmp_path):
    parts = "bulk,arrays,reads,posts,history"
    done = shanhai("bench", "sensors", "--quick", "--parts", parts, "--json", folder=tmp_path)

    found = json.loads(done.stdout)
    assert [one["name"].split(",")[0] for one in found] == [
        "2000 observations", "2000 observations by HTTP in arrays", "2000 observations by HTTP in arrays", "filling",
        "newest 100 of a datastream", "a year's days of a 10-minute stream", "newest 100 of a datastream",
        "$count=true of a datastream", "$count=true of all", "$count=true of a filter", "a single POST",
        "a single POST", "newest 100 of a datastream", *["history of 24000"] * 3,
    ]  # fmt: skip
    assert all(one["value"] >= 0 and one["database"] in ("sqlite", "duckdb") for one in found)
    peers = [one for one in found if one["beside"] == "django-ogc-sensorthings"]
    # It is not measured on SQLite: never a number that is none.
    assert [(one["ratio"], one["said"], one["ok"]) for one in peers] == [(None, "not read: peer absent", None)] * 2
    assert all(one["ratio"] > 0 for one in found if one["beside"] and one not in peers)


@pytest.mark.trial
def test_the_measurement_of_events_says_a_peer_that_is_not_there(tmp_path):
    done = shanhai("bench", "epcis", "--quick", "--json", "--parts", "hashing,capture", folder=tmp_path)
    found = json.loads(done.stdout)

    assert [one["name"] for one in found] == [
        "read and hash 20 events",
        "check 20 events, all rules",
        "capture of 2 documents of 20 events",
        "check, hash, store 20 events",
        "check, hash and store 20 events",
    ]
    for one in (found[0], found[4]):
        # Of a few events nothing is to be learnt of the limit.
        assert (one["ratio"] is None) == (one["ok"] is None) == ("not read: peer absent" in one["said"])


@pytest.mark.trial
def test_the_measurement_of_the_map_stands_beside_a_peer_or_says_that_it_is_not_there(tmp_path):
    done = shanhai("bench", "map", "--quick", "--json", folder=tmp_path)

    found = json.loads(done.stdout)
    tiles = [f"tiles at z{zoom}" for zoom in (6, 10, 12)]
    assert [one["name"] for one in found if not one["beside"]] == [
        "edition and tiles of 500 points, one of them changed",
        "500 points counted in 30 areas",
        *(f"{one}, p95" for one in tiles),
        "tile at z10 by /ogc, signed in, p95",
        "/ogc page of 500 features of a box, p95",
    ]
    assert [one["name"] for one in found if one["beside"]] == tiles
    for one in found[-3:]:
        assert (one["ratio"] is None) == (one["ok"] is None) == ("not read: peer absent" in one["said"])


@pytest.mark.trial
def test_the_measurement_of_the_team_counts_people_and_leaves(tmp_path):
    done = shanhai("bench", "team", "--quick", "--json", folder=tmp_path)

    assert [one["name"] for one in json.loads(done.stdout)] == [
        "roster as of a day of 50 people, 500 intervals, p95",
        "head counts as of a day of 50 people, 500 intervals, p95",
        "a leave asked for, of 2500 leaves, p95",
        "a leave asked for, of 2500 leaves, most queries",
        "month's sheet of 2000 people",
    ]


@pytest.mark.trial
def test_the_measurement_of_hazards_answers_every_figure_and_the_whole_curve(tmp_path):
    curve = tmp_path / "curve.md"

    done = shanhai("bench", "hazards", "--quick", "--json", "--curve", str(curve), folder=tmp_path)

    found = {one["name"]: one for one in json.loads(done.stdout)}
    assert list(found) == [
        "replay of 5000 readings of a sensor",
        "round of 2 sites × 8",
        "reading stored → site judged, p99",
        "level decided → alert served, first message handed over",
        "of 3 made-up collapses, not red before",
        "red of 2 made-up slopes that stay, in 100 years",
    ]
    assert found["of 3 made-up collapses, not red before"]["ok"]
    assert found["red of 2 made-up slopes that stay, in 100 years"]["ok"]
    assert "seeds 1001–1003" in done.stderr
    rows = [line.split("|")[1:-1] for line in curve.read_text("utf-8").splitlines()[2:]]
    assert [(one[0].strip(), one[1].strip()) for one in rows] == CURVES
    # The later an alarm, the rarer for nothing: along the cuts of one criterion both only fall.
    leads = {one[1].strip(): float(one[3]) for one in rows if one[0].strip() == "multiple of V0"}
    assert leads["1 ×"] > leads["5 ×"] > leads["10 ×"]


def test_a_made_up_slope_is_the_same_for_its_seed_and_comes_down_after_the_law():
    slope, again, other = collapsing(3), collapsing(3), collapsing(4)

    assert slope.said == again.said != other.said
    assert all((one == two).all() for mine, its in zip(slope.points, again.points, strict=True)
               for one, two in zip(mine, its, strict=True))  # fmt: skip
    # v = 1 at the onset, of α = 2: after nine tenths of the time ln 10 times the whole has passed.
    assert voight(np.array([0, 90.0]), 100, 2.0) == pytest.approx([0, 100 * np.log(10)])
    assert voight(np.array([75.0]), 100, 1.5) == pytest.approx([300])


def test_a_part_that_there_is_not_is_refused_with_those_there_are():
    with pytest.raises(CommandError, match="no part of the measurement: reeds; there are bulk, arrays"):
        call_command(Command(), "sensors", parts="bulk,reeds")


def test_what_a_server_refuses_is_no_answer_of_a_benchmark():
    """An answer that is none of success stops the measurement; two in pieces are told apart."""
    answers = [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy",
    ]
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_answer_each, args=(server, answers), daemon=True).start()
        port = server.getsockname()[1]

        assert len(ask(port, [request("GET", "/"), request("POST", "/", b"{}")])[1]) == 2
        with pytest.raises(RuntimeError, match="503 busy: b'busy'"):
            ask(port, [request("GET", "/")])


def _answer_each(server, answers):
    left = iter(answers)
    # As often as it is asked: one that still waits when the server goes would trouble another test.
    for _ in range(2):
        there, _address = server.accept()
        with there:
            while there.recv(65_536):
                there.sendall(next(left))
