# SPDX-License-Identifier: Apache-2.0
"""Datastreams as they are stored, for who stores observations of them: asked before each batch, however small."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.db import connection

# How one is judged, and what changes when something of it is stored.
LIMITS = ("interval_s", "low", "high", "most_per_s", "stuck_after", "last_time", "last_number", "same")
KEPT = (
    "count", "last_time", "last_number", "arrived", "same", "duplicates", "conflicts", "late",
    "phenomenon_begin", "phenomenon_end", "result_begin", "result_end",
)  # fmt: skip
_OWN = (
    "id", *dict.fromkeys((*LIMITS, *KEPT)), "device_id", "moved_feature_id",
    "multi", "observation_type", "multi_types", "feature_id",
)  # fmt: skip
_NAMES = (*_OWN, "most_per_hour", "programme", "place", "placed")
# Building it anew by the ORM took two fifths of what one observation costs.
_ASKED = f"""
    SELECT {", ".join(f"d.{name}" for name in _OWN)}, v.most_per_hour, p.code, t.place,
        EXISTS (SELECT 1 FROM sensors_thing_locations l WHERE l.thing_id = t.id)
    FROM sensors_datastream d JOIN sensors_thing t ON t.id = d.thing_id
    LEFT JOIN programmes_programme p ON p.id = t.programme_id LEFT JOIN sensors_device v ON v.id = d.device_id"""  # noqa: S608 - names of ours
_WHICH = {
    "postgresql": "d.id = ANY(%s::bigint[]) ORDER BY d.id",
    "sqlite": "d.id IN (SELECT value FROM json_each(%s))",
}
# Whoever writes on SQLite is alone.
_HOLD = {"postgresql": "FOR NO KEY UPDATE OF d", "sqlite": ""}


def stream_rows(keys: Iterable[int], *, hold: bool = False) -> dict[int, dict[str, Any]]:
    """The rows of these datastreams by id; with ``hold`` until the transaction ends, locked in the order of their ids.

    Beside their columns: ``programme`` and ``place`` of the thing, whether it is ``placed`` anywhere, ``most_per_hour``
    of the device.
    """
    asked = f"{_ASKED} WHERE {_WHICH[connection.vendor]} {_HOLD[connection.vendor] if hold else ''}"
    listed = json.dumps([*keys])
    with connection.cursor() as cursor:
        cursor.execute(asked, [f"{{{listed[1:-1]}}}" if connection.vendor == "postgresql" else listed])
        rows = [dict(zip(_NAMES, row, strict=True)) for row in cursor.fetchall()]
    for row in rows:
        if isinstance(row["multi_types"], str):
            row["multi_types"] = json.loads(row["multi_types"])
    return {row["id"]: row for row in rows}
