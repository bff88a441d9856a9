#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# SQLite: once ANALYZE has seen a UNIQUE column that is empty in every row, an equality join on it scans the whole table.
# A UNIQUE index gives at most one row for a value, but its statistics ("5000 5000") are believed instead.
# Plain valid input: a nullable one-to-one reference nobody has used yet. Seen with SQLite 3.54.1 (apsw 3.54.1.0) and 3.40.1.
# Exits non-zero when the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --disable-pip-version-check --target "$folder" apsw==3.54.1.0 2>/dev/null
PYTHONPATH=$folder python3 - <<'PYTHON'
import apsw

database = apsw.Connection(":memory:")
run = lambda sql: list(database.execute(sql))
run("CREATE TABLE entry (id INTEGER PRIMARY KEY, reverses_id INTEGER UNIQUE REFERENCES entry (id))")
run("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) INSERT INTO entry (id) SELECT i FROM n")
joined = "SELECT e.id, r.id FROM entry e LEFT JOIN entry r ON r.reverses_id = e.id WHERE e.id IN (1, 2, 3)"
asked = "SELECT e.id, (SELECT r.id FROM entry r WHERE r.reverses_id = e.id) FROM entry e WHERE e.id IN (1, 2, 3)"
plan = lambda sql: [row[3] for row in run("EXPLAIN QUERY PLAN " + sql)]
before = plan(joined)
run("ANALYZE")
after, row_by_row = plan(joined), plan(asked)
print("SQLite", apsw.sqlite_lib_version(), "statistics", run("SELECT stat FROM sqlite_stat1"))
print("join before ANALYZE:", before)
print("join after ANALYZE: ", after)
print("asked row by row:   ", row_by_row)
assert not any(step.startswith("SCAN") for step in before + row_by_row)
assert any(step.startswith("SCAN r") for step in after), "the join uses the index after ANALYZE, too"
PYTHON
