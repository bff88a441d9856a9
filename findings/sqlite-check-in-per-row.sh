#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# SQLite: a CHECK (column IN ('a', 'b', …)) puts its list into a temporary index anew for every row that is inserted, many rows
# in one statement included, although the list is constant. A hundred choices in two columns (what an object-relational
# mapper writes for choices) make a row more than five times as dear; the same rule written as a chain of OR costs a fraction.
# Seen with SQLite 3.54.1 (apsw 3.54.1.0) and 3.40.1. Exits non-zero when the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --disable-pip-version-check --target "$folder" apsw==3.54.1.0 2>/dev/null
PYTHONPATH=$folder python3 - <<'PYTHON'
import time

import apsw

choices = [f"'choice_{n:03}'" for n in range(100)]
listed = ", ".join(f"CHECK ({column} IN ({', '.join(choices)}))" for column in "ab")
chained = ", ".join(f"CHECK ({' OR '.join(f'{column} = {choice}' for choice in choices)})" for column in "ab")


def seconds(check, together):
    """CPU seconds of 20,000 rows, ``together`` in a statement; the least of three runs."""
    least = 1e9
    for _ in range(3):
        database = apsw.Connection(":memory:")
        database.execute(f"CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT, {check})")
        rows = "INSERT INTO t (a, b) VALUES " + ", ".join(["(?, ?)"] * together)
        values = ["choice_001", "choice_050"] * together
        began = time.process_time()
        with database:
            database.executemany(rows, (values for _ in range(20_000 // together)))
        least = min(least, time.process_time() - began)
    return least


free = "CHECK (a <> ''), CHECK (b <> '')"
plain, one, fifty, chain = seconds(free, 1), seconds(listed, 1), seconds(listed, 50), seconds(chained, 1)
print(f"SQLite {apsw.sqlite_lib_version()}, 20,000 rows: {plain:.3f} s without lists, {one:.3f} s with two lists of 100,")
print(f"{fifty:.3f} s with fifty rows a statement, {chain:.3f} s with the lists as chains of OR")
assert one > 5 * plain, "a list costs a row little now"
assert fifty > 5 * plain, "rows of one statement share the list now"
assert chain < one / 2, "a chain of OR is no cheaper"
PYTHON
