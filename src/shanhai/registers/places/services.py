# SPDX-License-Identifier: Apache-2.0
"""Importing divisions, what became of them, and sites: all rows or none; the same file twice changes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from shanhai.base.audit import services as audit
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import Conflict, NotAllowed, Problem
from shanhai.kernel.imports import ImportReport, brought
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.subjects import Subject
from shanhai.registers.places.models import Division, DivisionChange, Outline, Site
from shanhai.registers.places.permissions import PlacePermission
from shanhai.registers.places.rules.geometry import declared_crs
from shanhai.registers.places.rules.names import looked_for
from shanhai.registers.places.rules.rows import (
    CheckedDivision,
    CheckedSite,
    change_problems,
    checked_divisions,
    checked_sites,
    placed_sites,
)
from shanhai.registers.places.selectors import divisions_of, find_divisions, locate, outlines_of, said_of_change
from shanhai.registers.places.values import ENDING, ChangeRow, Crs, DivisionRow, Level, SiteKind, SiteRow
from shanhai.registers.tables.services import keep_import
from shanhai.registers.tables.values import Traced, columns_of

_DIVISION = ["name", "name_en", "spelled", "parent_id", "label_lon", "label_lat", "provenance"]
_SITE = ["kind", "lon", "lat", "altitude_m", "provenance"]
_CHANGE = ["name_new", "kind", "since", "source"]
_VALIDITY = ["valid_from", "valid_to"]
_BOX = ["west", "south", "east", "north"]
_OUTLINE = ["wkb", *_BOX]


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

    What a row does not state stays as stored. When a problem blocks, nothing is written and the report lists every one.
    Raises NotAllowed, BadInput for coordinates without ``crs``, and Conflict where somebody registers the same now.
    """
    _require_manage(by)

    has_coordinates = any(row.geometry is not None or row.label is not None for row in rows)
    declared = declared_crs(crs) if has_coordinates else Crs.WGS84
    stored = {division.code: division for division in Division.objects.select_for_update().order_by("code")}

    checked, problems = checked_divisions(rows, declared, {code: division.name for code, division in stored.items()})
    report = ImportReport("divisions", len(rows), problems=problems)
    if report.blocked:
        return report
    drawn = Outline.objects.filter(division__code__in=[row.code for row in checked if row.outline]).order_by("pk")
    outlines = {code: bytes(wkb) for code, wkb in drawn.values_list("division__code", "wkb")}
    before, before_drawn = columns_of(stored.values(), _DIVISION), columns_of(drawn, _OUTLINE)
    every = {row.code: stored.get(row.code) or Division(code=row.code, level=row.level) for row in checked}

    def fill(division: Division, row: CheckedDivision) -> bool:
        division.name = row.name or division.name
        division.name_en = row.name_en or division.name_en
        division.spelled = looked_for(division.name, division.name_en)
        division.parent = every.get(row.parent, stored.get(row.parent)) if row.parent else None
        division.provenance = provenance or division.provenance
        if row.label:
            division.label_lon, division.label_lat = row.label
        return row.outline is not None and outlines.get(row.code) != row.outline.wkb

    created, changed = brought(((every[row.code], row) for row in checked), fill, _DIVISION)
    report = report.counted(created, changed)
    if dry_run:
        return report

    for division in (*created, *changed):
        division.changed_at = at
    codes = [division.code for division in (*created, *changed)]
    with _imported_once():
        for level in Level:
            Division.objects.bulk_create([one for one in created if one.level is level], batch_size=500)
        Division.objects.bulk_update(changed, [*_DIVISION, "changed_at"], batch_size=200)
        touched = set(codes)
        _draw([row for row in checked if row.outline and row.code in touched], every)
    if created:
        Division.objects.filter(code__in=[division.code for division in created]).date()

    _record(by, at, "division", created, changed, crs=declared.value, codes=codes)
    beside = _redrawn([one for one in changed if one.code in touched], before_drawn)
    records = [*created, *changed]
    return keep_import(by=by, at=at, report=report, records=records, names=_DIVISION, before=before, beside=beside)


@transaction.atomic
def import_changes(*, by: Actor, at: datetime, rows: Sequence[ChangeRow], dry_run: bool = False) -> ImportReport:
    """Put on file what became of divisions, or correct it: by old code, old name and new code.

    When a problem blocks, nothing is written and the report lists every problem. Raises NotAllowed, and Conflict when
    somebody else does the same meanwhile.
    """
    _require_manage(by)

    stored = {_key(one): one for one in DivisionChange.objects.select_for_update().order_by("pk")}
    followed: dict[str, set[str]] = defaultdict(set)
    every: tuple[DivisionChange | ChangeRow, ...] = (*stored.values(), *rows)
    for one in every:
        if one.code_old and one.kind in ENDING:
            followed[one.code_old].add(one.code_new)
    report = ImportReport("division-changes", len(rows), problems=change_problems(rows, followed))
    if report.blocked:
        return report

    def fill(change: DivisionChange, row: ChangeRow) -> None:
        for field in _CHANGE:
            setattr(change, field, getattr(row, field))

    pairs = [
        (stored.get(key) or DivisionChange(code_old=row.code_old, name_old=row.name_old, code_new=row.code_new), row)
        for key, row in {_key(row): row for row in rows}.items()
    ]
    before = columns_of(stored.values(), _CHANGE)
    created, changed = brought(pairs, fill, _CHANGE)
    report = report.counted(created, changed)
    if dry_run:
        return report

    with _imported_once():
        DivisionChange.objects.bulk_create(created, batch_size=500)
        DivisionChange.objects.bulk_update(changed, _CHANGE, batch_size=200)
    codes = sorted({code for one in (*created, *changed) for code in (one.code_old, one.code_new) if code})
    concerned = Division.objects.filter(code__in=codes).order_by("code")
    held = columns_of(concerned.all(), _VALIDITY)
    concerned.date()
    beside = [
        Traced("places.division", key, held[key], now)
        for key, now in columns_of(concerned.all(), _VALIDITY).items()
        if held[key] != now
    ]

    _record(by, at, "change", created, changed, codes=codes)
    records = [*created, *changed]
    return keep_import(by=by, at=at, report=report, records=records, names=_CHANGE, before=before, beside=beside)


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

    A row without a division code gets the county it lies in, one with an old code the county that followed; altitude
    and kind that a row does not state stay as they are stored. When a problem blocks, nothing is written and the
    report lists every problem. Raises NotAllowed, BadInput without ``crs``, and Conflict as ``import_divisions``.
    """
    _require_manage(by)

    declared = declared_crs(crs)
    checked, faults = checked_sites(rows, declared)
    problems = list(faults)
    meant = divisions_of({site.division for site in checked})
    for site in checked:
        if site.division in meant and (said := said_of_change(site.division, meant[site.division])):
            problems.append(Problem("places.former_code", said, site.row, "division", blocking=False))
    checked = tuple(
        replace(site, division=meant[site.division].code if site.division in meant else site.division)
        for site in checked
    )
    located = dict(zip([s.row for s in checked], locate([(s.lon, s.lat) for s in checked]), strict=True))
    outlines = outlines_of({site.division or located[site.row] for site in checked} - {""})

    placed, misplaced = placed_sites(checked, located, outlines)
    problems = sorted([*problems, *misplaced], key=lambda problem: problem.row or 0)
    report = ImportReport("sites", len(rows), problems=tuple(problems))
    if report.blocked:
        return report
    divisions = find_divisions(site.division for site in placed)
    rows_there = Site.objects.select_for_update().filter(division__in=divisions.values()).order_by("pk")
    stored = {(site.division_id, site.name): site for site in rows_there}

    def fill(site: Site, row: CheckedSite) -> None:
        site.kind = row.kind or site.kind or SiteKind.OTHER
        site.lon, site.lat = row.lon, row.lat
        site.altitude_m = site.altitude_m if row.altitude_m is None else row.altitude_m
        site.provenance = provenance or site.provenance

    named = [(divisions[row.division], row) for row in placed]
    pairs = [(stored.get((of.pk, row.name)) or Site(division=of, name=row.name), row) for of, row in named]
    before = columns_of(stored.values(), _SITE)
    created, changed = brought(pairs, fill, _SITE)
    report = report.counted(created, changed)
    if dry_run:
        return report

    with _imported_once():
        Site.objects.bulk_create(created, batch_size=500)
        Site.objects.bulk_update(changed, _SITE, batch_size=200)

    _record(by, at, "site", created, changed, crs=declared.value, divisions=sorted(divisions))
    return keep_import(by=by, at=at, report=report, records=[*created, *changed], names=_SITE, before=before)


def _require_manage(by: Actor) -> None:
    """Raise NotAllowed unless ``by`` manages places in some programme, without being bound to one place.

    The register belongs to all programmes alike, so the programme of a grant does not narrow it.
    """
    if not by.may_unplaced(PlacePermission.MANAGE):
        raise NotAllowed(gettext_noop("您的岗位不管理行政区划和地点。需要时请向指挥部办公室申请。"))


@contextmanager
def _imported_once() -> Iterator[None]:
    """Two imports at the same time: the database lets one of them win, the other is told."""
    try:
        yield
    except IntegrityError as error:
        text = gettext_noop("同时有另一个人在导入同样的内容，这次没有存入。请看一下已有的内容，再导入一次。")
        raise Conflict(text, "places.imported_meanwhile") from error


def _record(
    by: Actor, at: datetime, what: str, created: Sequence[object], changed: Sequence[object], **facts: object
) -> None:
    if created or changed:
        counted = {"created": len(created), "changed": len(changed)}
        about = Subject(f"places.{what}", "import")
        audit.record(by=by, at=at, action=f"places.{what}s.imported", on=about, changes={**counted, **facts})


def _key(change: DivisionChange | ChangeRow) -> tuple[str, str, str]:
    return change.code_old, change.name_old, change.code_new


def _redrawn(divisions: Sequence[Division], before: Mapping[int, Mapping[str, Any]]) -> list[Traced]:
    now = columns_of(Outline.objects.filter(division__in=divisions), _OUTLINE)
    return [Traced("places.outline", key, before.get(key), row) for key, row in now.items() if before.get(key) != row]


def _draw(rows: Sequence[CheckedDivision], stored: dict[str, Division]) -> None:
    outlines = [
        Outline(
            division=stored[row.code],
            wkb=row.outline.wkb,
            **dict(zip(_BOX, row.outline.bounds, strict=True)),
        )
        for row in rows
        if row.outline
    ]
    Outline.objects.bulk_create(
        outlines, batch_size=50, update_conflicts=True, update_fields=["wkb", *_BOX], unique_fields=["division"]
    )
