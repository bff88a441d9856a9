# SPDX-License-Identifier: Apache-2.0
"""What places offer the registries: importers, a line of the menu, and a check of integrity."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from shanhai.base.accounts.permissions import Permission
from shanhai.kernel.actors import Actor
from shanhai.kernel.imports import ImportReport, TableFile
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import Importer, IntegrityCheck, MenuItem, Progress
from shanhai.registers.places import forms
from shanhai.registers.places.permissions import PlacePermission
from shanhai.registers.places.selectors import list_wrong_boxes
from shanhai.registers.places.services import import_changes, import_divisions, import_sites
from shanhai.registers.places.values import ChangeRow, DivisionRow, SiteRow
from shanhai.registers.tables.rules.reading import read_table
from shanhai.registers.tables.rules.table import A_SHEET
from shanhai.registers.tables.values import TableKind

MENU = MenuItem("places", message(gettext_noop("行政区划")), "places:list", Permission.PROGRAMME_VIEW.value, order=84)


class _Register(Importer):
    """Tables of one kind, and GeoJSON where it has a shape.

    Options: ``crs`` (wgs84, cgcs2000 or gcj02; needed with coordinates), ``provenance`` (public, demo, nothing).
    """

    permissions = frozenset({PlacePermission.MANAGE.value})
    options = frozenset({"crs", "provenance"})
    in_background = False
    kind: TableKind
    row: type[Any]

    def recognises(self, file: TableFile) -> bool:
        """Never by itself: many tables name places."""
        return False

    def features(self, file: TableFile) -> Sequence[Any] | None:
        """The rows of a GeoJSON file; None for another file, or where there are no shapes."""
        return None

    @abstractmethod
    def take(
        self, rows: Sequence[Any], options: Mapping[str, str], *, by: Actor, at: datetime, dry_run: bool
    ) -> ImportReport:
        """Check the rows and, unless ``dry_run``, take them in."""

    def run(
        self,
        *,
        file: TableFile,
        options: Mapping[str, str],
        answers: Mapping[str, str],
        by: Actor,
        at: datetime,
        dry_run: bool,
        progress: Progress,
    ) -> ImportReport:
        """Take in a file. Raises BadInput for one that cannot be read or declares no system, NotAllowed, Conflict."""
        features = self.features(file)
        if features is None:
            table = read_table(self.kind, file.sheets, answers)
            rows = [self.row(row.row % A_SHEET, **row.values) for row in table.rows]
            return table.completed(self.take(rows, options, by=by, at=at, dry_run=dry_run or table.held))
        report = self.take(features, options, by=by, at=at, dry_run=dry_run)
        names = {row.row: row.name[:20] for row in features if row.name}
        # A feature shows no number: its name tells where to look.
        found = (
            replace(one, column=f"{names[one.row]} · {one.column}") if one.row in names else one
            for one in report.problems
        )
        return replace(report, problems=tuple(found))


class Divisions(_Register):
    """Files of divisions."""

    key, label, kind, row = "divisions", forms.DIVISIONS.label, forms.DIVISIONS, DivisionRow

    def features(self, file: TableFile) -> Sequence[DivisionRow] | None:
        """The divisions of a GeoJSON file."""
        return forms.division_rows(file.path)

    def take(
        self, rows: Sequence[DivisionRow], options: Mapping[str, str], *, by: Actor, at: datetime, dry_run: bool
    ) -> ImportReport:
        """Register divisions."""
        said = options.get("provenance", "")
        return import_divisions(by=by, at=at, rows=rows, crs=options.get("crs"), provenance=said, dry_run=dry_run)


class Changes(_Register):
    """Tables of what became of divisions."""

    key, label, kind, row = "division-changes", forms.CHANGES.label, forms.CHANGES, ChangeRow
    options = frozenset()

    def take(
        self, rows: Sequence[ChangeRow], options: Mapping[str, str], *, by: Actor, at: datetime, dry_run: bool
    ) -> ImportReport:
        """Put changes on file."""
        return import_changes(by=by, at=at, rows=rows, dry_run=dry_run)


class Sites(_Register):
    """Files of sites."""

    key, label, kind, row = "sites", forms.SITES.label, forms.SITES, SiteRow

    def features(self, file: TableFile) -> Sequence[SiteRow] | None:
        """The sites of a GeoJSON file of Points."""
        return forms.site_rows(file.path)

    def take(
        self, rows: Sequence[SiteRow], options: Mapping[str, str], *, by: Actor, at: datetime, dry_run: bool
    ) -> ImportReport:
        """Register sites."""
        said = options.get("provenance", "")
        return import_sites(by=by, at=at, rows=rows, crs=options.get("crs"), provenance=said, dry_run=dry_run)


class Boxes(IntegrityCheck):
    """That the bounding box of a division is that of its outline: finding by location would miss it."""

    key = "places.boxes"
    label = message(gettext_noop("轮廓的外包矩形"))

    def run(self) -> tuple[str, ...]:
        """A sentence for each division of which it is not."""
        text = gettext_noop("%(code)s 的外包矩形与轮廓不符。请重新导入它的轮廓。")
        return tuple(str(message(text, code=code)) for code in list_wrong_boxes())
