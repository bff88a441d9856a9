# SPDX-License-Identifier: Apache-2.0
"""What places offer the registries: an importer and a check of integrity."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from shanhai.kernel.actors import Actor
from shanhai.kernel.imports import ImportReport, TableFile
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import Importer, IntegrityCheck, Progress
from shanhai.registers.places import forms
from shanhai.registers.places.permissions import PlacePermission
from shanhai.registers.places.selectors.outlines import list_wrong_boxes
from shanhai.registers.places.services.divisions import import_divisions
from shanhai.registers.places.services.sites import import_sites


class Divisions(Importer):
    """Files of divisions: GeoJSON or csv."""

    key = "divisions"
    label = message(gettext_noop("行政区划"))
    permissions = frozenset({PlacePermission.MANAGE.value})
    options = frozenset({"crs", "provenance"})
    in_background = False

    def recognises(self, file: TableFile) -> bool:
        """Never by itself: many tables name places."""
        return False

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
        """Options: ``crs`` (wgs84, cgcs2000 or gcj02; needed with outlines), ``provenance`` (public, demo, nothing).

        Raises FileNotReadable, UndeclaredCoordinates, NotAllowed.
        """
        rows, said = forms.read_divisions(file.path), options.get("provenance", "")
        report = import_divisions(by=by, at=at, rows=rows, crs=options.get("crs"), provenance=said, dry_run=dry_run)
        return report.named(self.key)


class Sites(Importer):
    """Files of sites: GeoJSON or csv."""

    key = "sites"
    label = message(gettext_noop("地点"))
    permissions = frozenset({PlacePermission.MANAGE.value})
    options = frozenset({"crs", "provenance"})
    in_background = False

    def recognises(self, file: TableFile) -> bool:
        """Never by itself: many tables name places."""
        return False

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
        """Options: ``crs``, needed for the coordinates, and ``provenance``. Raises as ``Divisions`` does."""
        rows, said = forms.read_sites(file.path), options.get("provenance", "")
        report = import_sites(by=by, at=at, rows=rows, crs=options.get("crs"), provenance=said, dry_run=dry_run)
        return report.named(self.key)


class Boxes(IntegrityCheck):
    """That the bounding box of a division is that of its outline: finding by location would miss it."""

    key = "places.boxes"
    label = message(gettext_noop("轮廓的外包矩形"))

    def run(self) -> tuple[str, ...]:
        """A sentence for each division of which it is not."""
        text = gettext_noop("%(code)s 的外包矩形与轮廓不符。请重新导入它的轮廓。")
        return tuple(str(message(text, code=code)) for code in list_wrong_boxes())
