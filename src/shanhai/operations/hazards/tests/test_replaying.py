# SPDX-License-Identifier: Apache-2.0
"""A file of the past, from the console; and that a stream of the same readings is judged the same."""

import io
import json
import math
import os
import subprocess
import sys
from dataclasses import replace

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from shanhai.operations.hazards.criteria.rules.replay import Replay, compared, points_of, read_head, read_rows
from shanhai.operations.hazards.criteria.rules.sites import SiteJudge
from shanhai.operations.hazards.criteria.rules.tracks import Track
from shanhai.operations.hazards.criteria.values import Reference, Thresholds
from shanhai.operations.hazards.values import Level, SiteKind

MINUTE = 60_000_000
KNOWN = Reference(rate=1, spread=1, approved=True)
THRESHOLDS = replace(Thresholds.default(SiteKind.LANDSLIDE), references={"d1": KNOWN, "d2": KNOWN})


def instant(minute):
    return f"2026-01-{1 + minute // 1440:02d}T{minute % 1440 // 60:02d}:{minute % 60:02d}:00+08:00"


def moved(day):
    """Creep of 1 mm/d for six days, then a collapse at the end of day 20."""
    return 100 + day + (0 if day < 6 else 120 * math.log(14 / (20.01 - day)))


@pytest.fixture
def files(tmp_path):
    """A slope that comes down, and thresholds for it."""
    lines = ["time,d1,rain_mm"]
    for minute in range(0, 20 * 1440, 30):
        lines.append(f"{instant(minute)},{moved(minute / 1440) + 0.1 * (minute // 30 % 2):.2f},0")
    slope, criteria = tmp_path / "slope.csv", tmp_path / "criteria.json"
    slope.write_text("\n".join(lines), "utf-8")
    criteria.write_text(json.dumps({"references": {"d1": {"rate": 1, "spread": 1, "approved": True}}}), "utf-8")
    return slope, criteria


def replay(*arguments):
    out = io.StringIO()
    call_command("hazards", "replay", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_a_file_is_judged_reading_by_reading_and_its_alarms_are_told(files):
    slope, criteria = files

    found = json.loads(replay(slope, "--criteria", criteria, "--json"))

    assert found["columns"] == ["d1", "rain_mm"]
    assert len(found["rows"]) == 2 * 20 * 48
    first, late = found["rows"][0], [one for one in found["rows"] if one["column"] == "d1"][-1]
    assert first == {"time": instant(0), "column": "d1", "value": 100 + 120 * 0, "rate": None, "angle": None,
                     "level": None, "state": "warm_up", "reason": None}  # fmt: skip
    assert (late["level"], late["state"]) == ("red", None)
    assert late["angle"] > 85
    assert late["rate"] > 100
    (alarm,) = found["episodes"]
    assert (alarm["highest"], alarm["until"]) == ("red", None)
    levels = [one["level"] for one in alarm["moves"]]
    assert levels == ["blue", "yellow", "orange", "red"] or levels == ["yellow", "orange", "red"]
    # Red comes hours before the end, and says why.
    assert "2026-01-17" <= alarm["moves"][-1]["time"] < "2026-01-20T12"
    assert {"rate", "tangent_angle"} <= {one["code"] for one in alarm["moves"][-1]["reasons"] if one.get("level") == 4}


def test_lines_are_for_people_and_thresholds_can_be_tried_against_others(files, tmp_path):
    slope, criteria = files
    other = tmp_path / "other.json"
    blunt = {
        "references": {"d1": {"rate": 500, "spread": 1, "approved": True}},
        "combination": {"criteria": {"step": 0}},
    }
    blunt["absolute"] = {"orange_mm_h": 99_000, "red_mm_h": 99_001}
    other.write_text(json.dumps(blunt), "utf-8")

    lines = replay(slope, "--criteria", criteria, "--against", other).splitlines()

    assert lines[0].split("\t") == ["time", "column", "value", "rate", "angle", "level or state"]
    assert lines[1].split("\t")[:3] == [instant(0), "d1", "100"]
    assert [one.split("\t")[:2] for one in lines if not one.startswith(("time", "2026"))] == [
        ["alarm", "red"],
        ["lost", "red"],
    ]


def test_who_reads_no_more_than_the_first_line_is_told_of_no_fault(files):
    asked = [sys.executable, "-m", "shanhai", "hazards", "replay", str(files[0])]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(asked, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout.readline().startswith(b"time")
        running.stdout.close()
        assert (running.wait(60), running.stderr.read()) == (0, b"")


def test_without_a_reference_one_is_suggested_and_nothing_is_green(files):
    found = json.loads(replay(files[0], "--json"))

    assert {one["state"] for one in found["rows"] if one["column"] == "d1" and one["level"] is None} == {"warm_up"}
    assert not any(one["level"] == "none" for one in found["rows"] if one["column"] == "d1")
    assert found["suggested"]["d1"]["approved"] is False
    assert found["suggested"]["d1"]["rate"] > 0


def test_a_silent_point_ends_no_alarm_and_a_site_without_data_says_so():
    run = Replay(THRESHOLDS, points_of(["time", "d1"]))
    for minute in range(0, 3 * 1440, 10):
        run.step(minute * MINUTE, {"d1": 80 * minute / 1440 + 0.1 * (minute // 10 % 2)})
    run.step(10 * 1440 * MINUTE, {"d1": 240})

    *_, (_, red), (silent, lacking), (_, again) = run.episodes[0].moves
    assert (red.level, lacking.level, lacking.lack) == (Level.RED, None, "no_data")
    assert silent == (3 * 1440 - 10 + 180) * MINUTE + 1
    assert [one["numbers"]["hours"] for one in lacking.reasons if one["code"] == "reading"] == [pytest.approx(3)]
    assert again.lack is None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "第 1 行没有叫 time 的列"),
        (b"d1,d2\n1,2\n", "第 1 行没有叫 time 的列"),
        (b"time\n2026-01-01\n", "第 1 行除了 time 没有别的列"),
        (b"time,d1,d1\n", "第 1 行有空的或重复的列名"),
        (b"time,d1,\n", "第 1 行有空的或重复的列名"),
        (b"time,d1\n2026-01-01,1\n2026-01-02\n", "第 3 行有 1 格，应有 2 格"),
        (b"time,d1\n2026-01-01,1\n\n32 January,2\n", "第 4 行的时间 32 January 看不懂"),
        (b"time," + b"a" * 200_000 + b"\n", "第 1 行不是 CSV"),
        (b"time,d1\n46023.5,2\n", "第 2 行的时间 46023.5 看不懂"),
        (b"time,d1\n" + b"1" * 5000 + b",2\n", "第 2 行的时间 1111111111"),
        (b"time,d1\n2026-01-01,1_000\n", "第 2 行 d1 列的 1_000 不是数"),
        ("time,d1\n2026-01-01,１２\n".encode(), "第 2 行 d1 列的 １２ 不是数"),
        (b"time,d1\n2026-01-01,1 mm\n", "第 2 行 d1 列的 1 mm 不是数"),
        ("time,d1\n2026-01-01,1，5\n".encode(), "第 2 行 d1 列的 1，5 不是数"),
        ("time,位移\n".encode("gb18030"), "不是 UTF-8"),
        (("time," + ",".join(f"d{at}" for at in range(300))).encode(), "最多 200 列"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_line(tmp_path, content, said):
    path = tmp_path / "bad.csv"
    path.write_bytes(content)

    with pytest.raises(CommandError, match=said):
        replay(path)


def test_files_that_are_not_there_and_criteria_that_are_no_json_are_named(tmp_path):
    path = tmp_path / "bad.json"
    path.write_bytes(b"{")

    with pytest.raises(CommandError, match="打不开"):
        replay(tmp_path / "nowhere.csv")
    with pytest.raises(CommandError, match=r"bad.json 不是 UTF-8 的 JSON"):
        replay(tmp_path / "nowhere.csv", "--criteria", path)


def test_times_and_cells_are_read_as_people_write_them():
    lines = ["\ufefftime;d1;rain_mm\n", "2026-01-01T08:00:00+08:00; 1.5 ;\n", "2026-01-01 08:10;;2\n", "1767226800;2;0"]

    sign, names = read_head(iter(lines[:1]))
    rows = list(read_rows(lines[1:], sign, names))

    assert [one.time_us // MINUTE - rows[0].time_us // MINUTE for one in rows] == [0, 10, 20]
    assert [one.values for one in rows] == [{"d1": 1.5}, {"rain_mm": 2.0}, {"d1": 2.0, "rain_mm": 0.0}]


PAIRS = st.lists(
    st.tuples(st.integers(1, 90), st.floats(-1, 3), st.one_of(st.none(), st.floats(-1, 60))), min_size=1, max_size=150
)


@settings(max_examples=30, deadline=None)
@given(PAIRS, st.integers(1, 150))
def test_a_stream_is_judged_as_its_replay_and_later_data_changes_no_earlier_answer(pairs, cut):
    points, time, first, second = points_of(["time", "d1", "d2"]), 0, 0.0, 0.0
    rows = []
    for passed, one, other in pairs:
        time += passed * MINUTE
        first += one
        second += other or 0
        rows.append((time, {"d1": first} if other is None else {"d1": first, "d2": second}))
    whole = Replay(THRESHOLDS, points)
    answers = [whole.step(*row) for row in rows]

    part = Replay(THRESHOLDS, points)
    assert [part.step(*row) for row in rows[:cut]] == answers[:cut]

    # As the engine does it: all that is remembered is written and read again at each reading.
    memory, judged, said = {name: {} for name in points}, {}, {}
    for (time, values), answer in zip(rows, answers, strict=True):
        for name, value in values.items():
            track = Track.read(points[name].quantity, THRESHOLDS, name, memory[name])
            said[name] = track.step(time, value)
            memory[name] = json.loads(json.dumps(track.write()))
        for name in points:
            if name not in values:
                track = Track.read(points[name].quantity, THRESHOLDS, name, memory[name])
                said[name] = track.lapse(time) or said.get(name, ())
        judge = SiteJudge(THRESHOLDS, points, judged)
        assert judge.judge(time, said)[:2] == answer[:2]
        judged = json.loads(json.dumps(judge.memory))


def test_what_other_thresholds_change_is_told_apart():
    def run(rate):
        replayed = Replay(replace(THRESHOLDS, references={"d1": replace(KNOWN, rate=rate)}), points_of(["time", "d1"]))
        for minute in range(0, 3 * 1440, 10):
            replayed.step(minute * MINUTE, {"d1": 30 * minute / 1440 + 0.1 * (minute // 10 % 2)})
        return replayed.episodes

    usual, blunt, sharper = run(1), run(1000), run(5)

    assert {what: len(found) for what, found in compared(usual, blunt).items()} == {"added": 0, "lost": 1, "moved": 0}
    assert {what: len(found) for what, found in compared(blunt, usual).items()} == {"added": 1, "lost": 0, "moved": 0}
    assert {what: len(found) for what, found in compared(usual, sharper).items()} == {"added": 0, "lost": 0, "moved": 1}
    assert compared(usual, run(1)) == {"added": [], "lost": [], "moved": []}
