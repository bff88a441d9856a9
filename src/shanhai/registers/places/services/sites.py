# SPDX-License-Identifier: Apache-2.0
"""Importing sites: all rows or none; the same file twice changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.kernel.actors import Actor
from shanhai.registers.places.access import require_manage
from shanhai.registers.places.models import Division, Site
from shanhai.registers.places.rules.coordinates import declared_crs
from shanhai.registers.places.rules.sites import CheckedSite, checked_sites, placed_sites
from shanhai.registers.places.selectors.divisions import find_divisions
from shanhai.registers.places.selectors.outlines import locate, outlines_of
from shanhai.registers.places.services.conflicts import ImportedOnce
from shanhai.registers.places.values import ImportReport, SiteKind, SiteRow

_FIELDS = ["kind", "lon", "lat", "altitude_m", "provenance"]


@transaction.atomic
def import_sites(
    *,
    by: Actor,
    at: datetime,
    rows: Sequence[SiteRow],
    crs: str | None,
    provenance: str = "",
    dry_run: bool = False,
) -> ImportReport:
    """Register the sites of a file, or bring registered ones up to date, by division and name.

    A row without a division code gets the county it lies in; altitude and kind that a row does not state stay as they
    are stored. When a problem blocks, nothing is written and the report lists every problem. Raises NotAllowed,
    UndeclaredCoordinates without ``crs``, and ImportedMeanwhile.
    """
    require_manage(by)

    declared = declared_crs(crs)
    checked, value_problems = checked_sites(rows, declared)
    located = dict(zip([s.row for s in checked], locate([(s.lon, s.lat) for s in checked]), strict=True))
    outlines = outlines_of({site.division or located[site.row] for site in checked} - {""})

    placed, place_problems = placed_sites(checked, located, outlines)
    problems = tuple(sorted((*value_problems, *place_problems), key=lambda problem: problem.row or 0))
    report = ImportReport(rows=len(rows), problems=problems)
    if report.blocked:
        return report
    divisions = find_divisions(site.division for site in placed)
    created, changed = _compared(placed, divisions, provenance)
    unchanged = len(rows) - len(created) - len(changed)
    report = replace(report, created=len(created), changed=len(changed), unchanged=unchanged)
    if dry_run:
        return report

    with ImportedOnce():
        Site.objects.bulk_create(created, batch_size=500)
        Site.objects.bulk_update(changed, _FIELDS, batch_size=200)

    if created or changed:
        audit.record(
            by=by,
            at=at,
            action="places.sites.imported",
            subject_type="places.site",
            subject_id="import",
            changes={
                "created": len(created),
                "changed": len(changed),
                "crs": declared.value,
                "divisions": sorted(divisions),
            },
        )
    return replace(report, applied=True)


def _compared(
    placed: Sequence[CheckedSite], divisions: dict[str, Division], provenance: str
) -> tuple[list[Site], list[Site]]:
    """The sites to create and the stored ones that change, filled in."""
    stored = {
        (site.division_id, site.name): site
        for site in Site.objects.select_for_update().filter(division__in=divisions.values()).order_by("pk")
    }
    created, changed = [], []
    for row in placed:
        division = divisions[row.division]
        site = stored.get((division.pk, row.name))
        if site is None:
            created.append(_filled(Site(division=division, name=row.name), row, provenance))
            continue
        before = [getattr(site, field) for field in _FIELDS]
        _filled(site, row, provenance)
        if before != [getattr(site, field) for field in _FIELDS]:
            changed.append(site)
    return created, changed


def _filled(site: Site, row: CheckedSite, provenance: str) -> Site:
    site.kind = row.kind or site.kind or SiteKind.OTHER
    site.lon, site.lat = row.lon, row.lat
    site.altitude_m = site.altitude_m if row.altitude_m is None else row.altitude_m
    site.provenance = provenance or site.provenance
    return site
