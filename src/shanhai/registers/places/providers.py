# SPDX-License-Identifier: Apache-2.0
"""What places offer the registries: an importer and a check of integrity."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import Importer, IntegrityCheck
from shanhai.registers.places import forms
from shanhai.registers.places.selectors.outlines import list_wrong_boxes
from shanhai.registers.places.services.divisions import import_divisions
from shanhai.registers.places.services.sites import import_sites


class KindNotNamed(BadInput):
    """The importer was not told whether the file holds divisions or sites."""

    code = "places.kind_not_named"


def run_import(
    path: str | Path, options: Mapping[str, str], by: Actor, at: datetime, dry_run: bool = False
) -> dict[str, Any]:
    """Import a file of divisions or sites.

    Options: ``kind`` (divisions or sites), ``crs`` (wgs84, cgcs2000 or gcj02; needed once there are coordinates),
    ``provenance`` (public, demo or nothing). Raises KindNotNamed, FileNotReadable, UndeclaredCoordinates, NotAllowed.
    """
    crs, provenance = options.get("crs"), options.get("provenance", "")
    if options.get("kind") == "divisions":
        divisions = forms.read_divisions(Path(path))
        report = import_divisions(by=by, at=at, rows=divisions, crs=crs, provenance=provenance, dry_run=dry_run)
        return report.as_json("divisions")
    if options.get("kind") == "sites":
        sites = forms.read_sites(Path(path))
        report = import_sites(by=by, at=at, rows=sites, crs=crs, provenance=provenance, dry_run=dry_run)
        return report.as_json("sites")
    raise KindNotNamed(gettext_noop("没有说明文件的内容。请选择 divisions（行政区划）或 sites（地点）。"))


class Boxes(IntegrityCheck):
    """That the bounding box of a division is that of its outline: finding by location would miss it."""

    key = "places.boxes"
    label = message(gettext_noop("轮廓的外包矩形"))

    def run(self) -> tuple[str, ...]:
        """A sentence for each division of which it is not."""
        text = gettext_noop("%(code)s 的外包矩形与轮廓不符。请重新导入它的轮廓。")
        return tuple(str(message(text, code=code)) for code in list_wrong_boxes())


IMPORTER = Importer("places", message(gettext_noop("行政区划和地点")), run_import)
