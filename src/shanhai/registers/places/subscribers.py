# SPDX-License-Identifier: Apache-2.0
"""What places do after a migration: bring the divisions that the product knows, and what became of them."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from django.db import connections

from shanhai.kernel import clock
from shanhai.registers.places.models import Division, DivisionChange
from shanhai.registers.places.rules.names import looked_for
from shanhai.registers.places.rules.rows import level_of, parent_codes
from shanhai.registers.places.values import Level

_FOLDER = Path(__file__).parent


def bring_divisions(*, using: str, **_signal: Any) -> None:
    """After each migration: the divisions of ``divisions.csv`` that are not on file; those that are stay as named."""
    with connections[using].cursor() as cursor:
        if Division._meta.db_table not in connections[using].introspection.table_names(cursor):
            return
        columns = connections[using].introspection.get_table_description(cursor, Division._meta.db_table)
    if "spelled" not in {column.name for column in columns}:
        return
    there = Division.objects.using(using).in_bulk(field_name="code")
    new = [row for row in _rows("divisions.csv") if row["code"] not in there]
    at = clock.now()
    for level in Level:
        made = [
            Division(
                **row,
                level=level,
                spelled=looked_for(row["name"], row["name_en"]),
                parent=next((there[code] for code in parent_codes(row["code"]) if code in there), None),
                provenance="public",
                changed_at=at,
            )
            for row in new
            if level_of(row["code"]) is level
        ]
        Division.objects.using(using).bulk_create(made, batch_size=500)
        there |= {division.code: division for division in made}
    if new:
        Division.objects.using(using).date()


def bring_changes(*, using: str, **_signal: Any) -> None:
    """After each migration: the changes of ``changes.csv`` that are not on file yet."""
    if DivisionChange._meta.db_table not in connections[using].introspection.table_names():
        return
    brought = [DivisionChange(**row) for row in _rows("changes.csv")]
    there = set(DivisionChange.objects.using(using).values_list("code_old", "name_old", "code_new"))
    new = [one for one in brought if (one.code_old, one.name_old, one.code_new) not in there]
    if new:
        DivisionChange.objects.using(using).bulk_create(new, ignore_conflicts=True)
        Division.objects.using(using).date()


def _rows(name: str) -> list[dict[str, str]]:
    with (_FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))
