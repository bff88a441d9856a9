# SPDX-License-Identifier: Apache-2.0
"""Versions of the thresholds of a site, what to begin a new one with, and what its own past says of its points."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from shanhai.base.database.selectors import row_of
from shanhai.kernel.actors import Actor
from shanhai.operations.hazards.criteria.values import Thresholds
from shanhai.operations.hazards.models import HazardSite, ThresholdSet
from shanhai.operations.hazards.sites.selectors.sites import NO_SET, thresholds_of
from shanhai.operations.hazards.states import ThresholdState
from shanhai.operations.hazards.values import SiteKind


def get_thresholds(*, viewer: Actor, uuid: UUID, lock: bool = False) -> ThresholdSet:
    """One version with its site; ``lock`` holds its row. Raises NotVisible."""
    rows = ThresholdSet.objects.visible_to(viewer).select_related("site__programme")
    return row_of(rows, uuid, NO_SET, "hazards.thresholds_not_found", lock=lock)


def list_thresholds(site: HazardSite) -> list[ThresholdSet]:
    """All versions of a site, the newest first. One query."""
    return list(site.threshold_sets.order_by("-version"))


def beginning_of(site: HazardSite, start: str = "") -> dict[str, Any]:
    """The numbers that a new version begins with: the draft that there is, the one in force, or ``start`` "default".

    References of points that were removed are left out.
    """
    found = None
    if start != "default":
        found = site.threshold_sets.filter(state=ThresholdState.DRAFT).first() if start != "approved" else None
        found = found or thresholds_of(site)
    if found is None:
        return Thresholds.default(SiteKind(site.kind)).write()
    numbers = Thresholds.read({**found.numbers, "kind": site.kind}).write()
    known = {str(one) for one in site.points.filter(removed_at=None).values_list("uuid", flat=True)}
    numbers["references"] = {key: one for key, one in numbers["references"].items() if key in known}
    return numbers
