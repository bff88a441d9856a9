# SPDX-License-Identifier: Apache-2.0
"""Reading the targets of a five-year plan."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Prefetch

from shanhai.kernel.actors import Actor
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.planning.programmes.models import Target, TargetYear
from shanhai.planning.programmes.permissions import ProgrammePermission


def list_targets(*, viewer: Actor, programme: str, as_of: date | None = None) -> list[Target]:
    """The targets of a programme in the order they were set, with their years; reports after ``as_of`` are left blank.

    Two queries. Raises NotVisible.
    """
    rows = get_programme(viewer=viewer, code=programme).targets.order_by("pk")
    found = list(rows.prefetch_related(Prefetch("years", TargetYear.objects.order_by("year"))))
    for year in (year for target in found for year in target.years.all()):
        if as_of is not None and year.reported_on is not None and year.reported_on > as_of:
            year.reached = year.reported_on = None
    return found


def get_target(*, viewer: Actor, programme: str, uuid: UUID) -> Target:
    """A target of a programme. Raises NotVisible."""
    return Target.objects.filter(programme__code=programme).one(viewer, uuid)


def list_targets_to_report(*, viewer: Actor, programme: str, before: int) -> list[TargetYear]:
    """Years gone by, ``before`` this one, that were planned for and not reported, for who manages the programme.

    One query.
    """
    if not viewer.may(ProgrammePermission.MANAGE, programme=programme):
        return []
    rows = TargetYear.objects.filter(target__programme__code=programme, planned__gt=0, reached=None, year__lt=before)
    return list(rows.select_related("target").order_by("year", "target"))
