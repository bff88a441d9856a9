# SPDX-License-Identifier: Apache-2.0
"""The power goes while an entry is being written: afterwards all of it is there or nothing, and it can be posted.

A process of its own writes into an SQLite file, stops in the middle of its transaction, and is killed there.
"""

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[5]
TABLES = (
    "ledger_account",
    "ledger_entry",
    "ledger_posting",
    "ledger_daytotal",
    "ledger_subjecttotal",
    "audit_auditrow",
)

START = """
import sys, time
import django
django.setup()
from shanhai.registers.ledger.services import entries, writing
from shanhai.registers.ledger.tests.builders import *

def halt():
    print("halted", flush=True)
    time.sleep(60)

TWO = (a_posting(100), a_posting(40, ISSUED, ARRIVED))
"""
PREPARE = START + 'posted(an_entry(source="before"))\n'
POST = START + 'posted(an_entry(*TWO, source="cut"))\n'
BETWEEN_POSTINGS = (
    START
    + """
insert = writing.insert_many
def half(model, names, rows):
    rows = list(rows)
    insert(model, names, rows[:1])
    if len(rows) > 1:
        halt()
writing.insert_many = half
posted(an_entry(*TWO, source="cut"))
"""
)
BEFORE_TOTALS = (
    START
    + """
writing.DayTotal.objects.add = lambda days: halt()
posted(an_entry(*TWO, source="cut"))
"""
)
BEFORE_TRAIL = (
    START
    + """
entries.audit.record_many = lambda **kw: halt()
posted(an_entry(*TWO, source="cut"))
"""
)
IN_THE_MIDDLE_OF_MANY = (
    START
    + """
def news():
    for number in range(1500):
        yield an_entry(source=str(number))
    halt()
entries.post_entries(by=FINANCE, at=AT, entries=news())
"""
)


def a_process(script: str, folder: Path) -> subprocess.Popen[str]:
    env = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "shanhai.config.settings",
        "SHANHAI_DATA_DIR": str(folder),
        "SHANHAI_SECRET_KEY": "only-for-tests-and-never-anywhere-else",
        "SHANHAI_TESTING": "1",
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
    }
    return subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)


def finished(script: str, folder: Path) -> None:
    with a_process(script, folder) as process:
        assert process.wait(timeout=60) == 0


def stored(folder: Path) -> list[int]:
    with sqlite3.connect(folder / "shanhai.sqlite3") as database:
        # The checks of the tables use it; Django brings its own.
        database.create_function("REGEXP", 2, lambda pattern, text: bool(re.search(pattern, text)))
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        counts = [database.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES]
    database.close()
    return counts


@pytest.fixture(scope="module")
def one_entry(tmp_path_factory, empty_database) -> Path:
    """A folder whose database holds one entry of one posting."""
    folder = tmp_path_factory.mktemp("before")
    shutil.copy(empty_database, folder)
    finished(PREPARE, folder)
    return folder


@pytest.mark.parametrize(
    "script",
    [BETWEEN_POSTINGS, BEFORE_TOTALS, BEFORE_TRAIL, IN_THE_MIDDLE_OF_MANY],
    ids=["between two postings", "before the totals", "before the trail", "in the middle of many"],
)
def test_nothing_half_written_is_left_and_the_entry_can_be_posted_afterwards(one_entry, tmp_path, script):
    folder = tmp_path / "data"
    shutil.copytree(one_entry, folder)
    assert stored(folder) == [2, 1, 1, 2, 1, 3]

    with a_process(script, folder) as process:
        assert process.stdout.readline() == "halted\n"
        process.send_signal(signal.SIGKILL)
        assert process.wait(timeout=10) == -signal.SIGKILL

    assert stored(folder) == [2, 1, 1, 2, 1, 3]
    finished(POST, folder)
    assert stored(folder) == [3, 2, 3, 3, 1, 5]


def test_an_entry_that_was_answered_stays_when_the_process_is_killed_the_next_moment(one_entry, tmp_path):
    folder = tmp_path / "data"
    shutil.copytree(one_entry, folder)

    with a_process(POST + "halt()\n", folder) as process:
        assert process.stdout.readline() == "halted\n"
        process.kill()

    assert stored(folder) == [3, 2, 3, 3, 1, 5]
