# SPDX-License-Identifier: Apache-2.0
"""Registering hazard sites from a sheet: all rows or none; the same sheet twice changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, Conflict, DomainError, Faults, NotAllowed, NotVisible, Problem
from shanhai.kernel.imports import ImportReport
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.subjects import Subject
from shanhai.operations.hazards.models import HazardSite
from shanhai.operations.hazards.permissions import HazardPermission
from shanhai.operations.hazards.sites.rules.drawing import as_lines, outline_from, route_from, shelter_from
from shanhai.operations.hazards.sites.rules.facts import checked_code
from shanhai.operations.hazards.sites.selectors.sites import WRITTEN, get_site, site_in_words
from shanhai.operations.hazards.sites.services.sites import DRAWN, correct_site, register_site
from shanhai.operations.hazards.sites.values import SiteFacts, SiteRow
from shanhai.operations.hazards.values import SiteKind
from shanhai.planning.programmes.core.selectors.programmes import get_programme, hold_programme
from shanhai.registers.places.rules.geometry import declared_crs
from shanhai.registers.tables.services import keep_import
from shanhai.registers.tables.values import columns_of

# While a sheet is taken in, all else that is written on SQLite waits.
MOST_ROWS = 500
_KEPT = (*WRITTEN, "place", *DRAWN)
_SAID = ("name", "kind", "division", "households", "people", "shelter", "route_words", "siren", "description")
# Columns by what the services call them.
_COLUMNS = {"place": "division", "programme": "code", "crs": "outline"}


@transaction.atomic
def import_hazard_sites(
    *, by: Actor, at: datetime, rows: Sequence[SiteRow], programme: str = "", crs: str = "", dry_run: bool = False
) -> ImportReport:
    """Register the sites of a sheet, or bring registered ones up to date, by codes; what a row leaves empty stays.

    When a problem blocks, nothing is written and the report lists every one. Raises NotAllowed, NotVisible, and
    BadInput for coordinates of no system and for more rows than ``MOST_ROWS``.
    """
    of = get_programme(viewer=by, code=programme)
    if not by.may_somewhere(HazardPermission.MANAGE, programme=of.code):
        raise NotAllowed(gettext_noop("您的岗位不登记隐患点。需要时请找监测技术员。"))
    if len(rows) > MOST_ROWS:
        text = gettext_noop("一份表最多 %(most)s 行，这份有 %(count)s 行。请分成几份。")
        raise BadInput(text, "hazards.sheet_too_long", most=MOST_ROWS, count=len(rows))
    if any(row.outline or row.route or row.shelter_lon for row in rows):
        # Of the whole sheet, and so said once, not beside each of its rows.
        declared_crs(crs)
    sites = HazardSite.objects.filter(code__in={row.code.strip().lower() for row in rows})
    # Of two sheets of a programme the second finds what the first has made.
    hold_programme(code=of.code)
    list(sites.select_for_update(of=("self",), no_key=True).order_by("pk").values_list("pk"))
    before = columns_of(sites.all(), _KEPT)
    problems: list[Problem] = []
    created, changed, first = list[int](), list[int](), dict[str, int]()
    with transaction.atomic():
        # In one order, so that sheets that name the same codes do not wait for each other.
        for row in sorted(rows, key=lambda one: one.code.strip().lower()):
            try:
                done = _bring(by, at, of.code, crs, row, first)
            except DomainError as error:
                problems += [
                    Problem(one.code, one.message, row.row, _COLUMNS.get(one.field, one.field) or "code")
                    for one in (error, *error.others)
                ]
            else:
                (created if done == "new" else changed if done else []).append(row.row)
        problems.sort(key=lambda one: one.row or 0)
        report = ImportReport("hazard_sites", len(rows), problems=tuple(problems)).counted(created, changed)
        if report.blocked or dry_run:
            transaction.set_rollback(True)
            return report
    touched = [one for one in sites.all() if before.get(one.pk) != columns_of([one], _KEPT)[one.pk]]
    if touched:
        counts = {"created": len(created), "changed": len(changed)}
        on = Subject("hazards.hazardsite", "import", of.code)
        audit.record(by=by, at=at, action="hazards.sites.imported", on=on, changes=counts)
    return keep_import(by=by, at=at, report=report, records=touched, names=_KEPT, before=before)


def _bring(by: Actor, at: datetime, programme: str, crs: str, row: SiteRow, first: dict[str, int]) -> str:
    """What the row does: "new", "changed", or "" for nothing. Raises DomainError."""
    code = checked_code(row.code)
    if (other := first.setdefault(code, row.row)) != row.row:
        text = gettext_noop("与第 %(row)s 行是同一个隐患点。请只留一行。")
        raise Conflict(text, "hazards.row_twice", field="code", row=other)
    told = _told(row, crs)
    if not HazardSite.objects.filter(code=code).exists():
        facts = {"kind": SiteKind.LANDSLIDE.value, "outline": "", **told}
        register_site(by=by, at=at, facts=SiteFacts(code, programme=programme, crs="wgs84", **{"name": "", **facts}))
        return "new"
    try:
        site = get_site(viewer=by, code=code)
    except NotVisible:
        site = None
    if site is None or site.programme.code != programme:
        taken = gettext_noop("代码“%(code)s”已经用在别的隐患点上。请换一个。")
        raise Conflict(taken, "hazards.code_taken", field="code", code=code)
    stands = site_in_words(site)
    known = {name: "" if value is None and name.startswith("shelter_") else value for name, value in stands.items()}
    known |= {name: str(known[name]) for name in ("shelter_lon", "shelter_lat")}
    after = correct_site(by=by, at=at, site=code, facts=SiteFacts(code, programme="", crs="wgs84", **{**known, **told}))
    return "changed" if site_in_words(after) != stands else ""


def _told(row: SiteRow, crs: str) -> dict[str, Any]:
    """What the row says, in WGS 84, by the names of the facts. Raises BadInput."""
    faults, told = Faults(), dict[str, Any]()
    for name in _SAID:
        if (value := getattr(row, name)) not in ("", None):
            told["place" if name == "division" else name] = value
    with faults.of("outline"):
        if row.outline:
            told["outline"] = as_lines(outline_from(row.outline, crs, most_km=settings.HAZARDS_SITE_KM))
    with faults.of("route"):
        if row.route:
            told["route"] = as_lines(route_from(row.route, crs))
    with faults.of("shelter_lon"):
        if shelter := shelter_from(row.shelter_lon, row.shelter_lat, crs):
            told |= {"shelter_lon": str(shelter[0]), "shelter_lat": str(shelter[1])}
    faults.tell()
    return told
