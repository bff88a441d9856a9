# SPDX-License-Identifier: Apache-2.0
"""Importing divisions: all rows or none; the same file twice changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.kernel.actors import Actor
from shanhai.registers.places.access import require_manage
from shanhai.registers.places.models import Division, Outline
from shanhai.registers.places.rules.coordinates import declared_crs
from shanhai.registers.places.rules.divisions import CheckedDivision, checked_divisions, has_coordinates
from shanhai.registers.places.rules.outlines import DrawnOutline
from shanhai.registers.places.services.conflicts import ImportedOnce
from shanhai.registers.places.values import Crs, DivisionRow, ImportReport, Level

_FIELDS = ["name", "name_en", "parent", "label_lon", "label_lat", "provenance", "changed_at"]


@transaction.atomic
def import_divisions(
    *,
    by: Actor,
    at: datetime,
    rows: Sequence[DivisionRow],
    crs: str | None = None,
    provenance: str = "",
    dry_run: bool = False,
) -> ImportReport:
    """Register the divisions of a file, or bring registered ones up to date, by code.

    What a row does not state stays as it is stored. When a problem blocks, nothing is written and the report lists
    every problem. Raises NotAllowed, UndeclaredCoordinates when there are coordinates but no ``crs``,
    and ImportedMeanwhile.
    """
    require_manage(by)

    declared = declared_crs(crs) if has_coordinates(rows) else Crs.WGS84
    stored = {division.code: division for division in Division.objects.select_for_update().order_by("code")}

    checked, problems = checked_divisions(rows, declared, {code: division.name for code, division in stored.items()})
    report = ImportReport(rows=len(rows), problems=problems)
    if report.blocked:
        return report
    outlines = {
        code: bytes(wkb)
        for code, wkb in Outline.objects.filter(division__code__in=[row.code for row in checked if row.outline])
        .order_by("pk")
        .values_list("division__code", "wkb")
    }
    created = [row for row in checked if row.code not in stored]
    changed = [row for row in checked if row.code in stored and _differs(row, stored, outlines, provenance)]
    unchanged = len(rows) - len(created) - len(changed)
    report = replace(report, created=len(created), changed=len(changed), unchanged=unchanged)
    if dry_run:
        return report

    with ImportedOnce():
        for level in Level:
            _create([row for row in created if row.level is level], stored, at=at, provenance=provenance)
        _change(changed, stored, at=at, provenance=provenance)
        _draw([row for row in (*created, *changed) if row.outline], stored)

    if created:
        Division.objects.filter(code__in=[row.code for row in created]).date()
    if created or changed:
        audit.record(
            by=by,
            at=at,
            action="places.divisions.imported",
            subject_type="places.division",
            subject_id="import",
            changes={
                "created": len(created),
                "changed": len(changed),
                "crs": declared.value,
                "codes": [row.code for row in (*created, *changed)],
            },
        )
    return replace(report, applied=True)


def _differs(row: CheckedDivision, stored: dict[str, Division], outlines: dict[str, bytes], provenance: str) -> bool:
    before = stored[row.code]
    values = [before.name, before.name_en, before.parent_id, before.label_lon, before.label_lat, before.provenance]
    _fill(before, row, stored, provenance)
    after = [before.name, before.name_en, before.parent_id, before.label_lon, before.label_lat, before.provenance]
    return values != after or (row.outline is not None and outlines.get(row.code) != row.outline.wkb)


def _fill(division: Division, row: CheckedDivision, stored: dict[str, Division], provenance: str) -> None:
    division.name = row.name or division.name
    division.name_en = row.name_en or division.name_en
    division.parent = stored.get(row.parent) if row.parent else None
    division.provenance = provenance or division.provenance
    if row.label:
        division.label_lon, division.label_lat = row.label


def _create(rows: list[CheckedDivision], stored: dict[str, Division], *, at: datetime, provenance: str) -> None:
    fresh = []
    for row in rows:
        division = Division(code=row.code, level=row.level, changed_at=at)
        _fill(division, row, stored, provenance)
        fresh.append(division)
    stored.update((division.code, division) for division in Division.objects.bulk_create(fresh, batch_size=500))


def _change(rows: list[CheckedDivision], stored: dict[str, Division], *, at: datetime, provenance: str) -> None:
    for row in rows:
        _fill(stored[row.code], row, stored, provenance)
        stored[row.code].changed_at = at
    Division.objects.bulk_update([stored[row.code] for row in rows], _FIELDS, batch_size=200)


def _draw(rows: list[CheckedDivision], stored: dict[str, Division]) -> None:
    fields = ["wkb", "west", "south", "east", "north"]
    Outline.objects.bulk_create(
        [_outline(stored[row.code], row.outline) for row in rows if row.outline],
        batch_size=50,
        update_conflicts=True,
        update_fields=fields,
        unique_fields=["division"],
    )


def _outline(division: Division, drawn: DrawnOutline) -> Outline:
    west, south, east, north = drawn.bounds
    return Outline(division=division, wkb=drawn.wkb, west=west, south=south, east=east, north=north)
