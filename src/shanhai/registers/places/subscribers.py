# SPDX-License-Identifier: Apache-2.0
"""What places do after a migration: bring the changes of divisions that the product knows."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from django.db import connections

from shanhai.registers.places.models import Division, DivisionChange

_FILE = Path(__file__).parent / "changes.csv"


def bring_changes(*, using: str, **_signal: Any) -> None:
    """After each migration: the changes of ``changes.csv`` that are not on file yet."""
    if DivisionChange._meta.db_table not in connections[using].introspection.table_names():
        return
    with _FILE.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        brought = [DivisionChange(**row) for row in rows]
    there = set(DivisionChange.objects.using(using).values_list("code_old", "name_old", "code_new"))
    new = [one for one in brought if (one.code_old, one.name_old, one.code_new) not in there]
    if new:
        DivisionChange.objects.using(using).bulk_create(new, ignore_conflicts=True)
        Division.objects.using(using).date()
