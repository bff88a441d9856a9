# SPDX-License-Identifier: Apache-2.0
"""Inspections as people see them; findings that wait, and those that are late."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from shanhai.base.database.selectors import in_programme, row_of, visible
from shanhai.kernel.actors import Actor
from shanhai.kernel.messages import gettext_noop
from shanhai.team.contests.models import Finding, Inspection, QuestionSet
from shanhai.team.contests.permissions import InspectionPermission
from shanhai.team.contests.states import FindingState

OPEN = [FindingState.FOUND.value, FindingState.ASSIGNED.value, FindingState.MENDED.value]


def questions_in_force(*, programme: str, on: date) -> QuestionSet | None:
    """The version of the questions that holds on a day, with its items."""
    rows = QuestionSet.objects.filter(in_programme(programme), valid_from__lte=on).prefetch_related("items")
    return rows.order_by("-version").first()


def get_inspection(*, viewer: Actor, uuid: UUID) -> Inspection:
    """The inspection. Raises NotVisible."""
    rows = Inspection.objects.visible_to(viewer).select_related("programme", "questions", "group", "by_group")
    return row_of(rows, uuid, gettext_noop("没有找到这次自查。请从自查互检页进入。"), "contests.inspection_not_found")


def list_inspections(*, viewer: Actor, programme: str) -> QuerySet[Inspection]:
    """Inspections with the numbers of their findings and of the open ones, the latest first."""
    rows = Inspection.objects.visible_to(viewer).filter(in_programme(programme)).select_related("group", "by_group")
    counted = rows.annotate(many=Count("findings"), left=Count("findings", filter=Q(findings__state__in=OPEN)))
    return counted.order_by("-day", "-pk")


def get_finding(*, viewer: Actor, uuid: UUID, lock: bool = False) -> Finding:
    """The finding. ``lock`` holds its row. Raises NotVisible."""
    rows = Finding.objects.visible_to(viewer).select_related("programme", "inspection__group", "question")
    return row_of(
        rows, uuid, gettext_noop("没有找到这个问题。请从自查互检页进入。"), "contests.finding_not_found", lock=lock
    )


def list_open(*, viewer: Actor, programme: str | None) -> QuerySet[Finding]:
    """Findings that are not closed, those that are due first first."""
    rows = Finding.objects.visible_to(viewer).filter(in_programme(programme), state__in=OPEN)
    return rows.select_related("programme", "inspection__group").order_by("due_on", "pk")


def list_overdue(*, programme: str, on: date, group: int | None = None) -> QuerySet[Finding]:
    """Findings whose day is over and that are not said to be mended, whoever asks; of one group or all."""
    rows = Finding.objects.filter(in_programme(programme), state=FindingState.ASSIGNED, due_on__lt=on)
    rows = rows.filter(inspection__group=group) if group else rows
    return rows.select_related("inspection__group").order_by("due_on", "pk")


def list_waiting(*, viewer: Actor, programme: str | None) -> QuerySet[Finding]:
    """Findings that wait for the viewer: theirs to mend; those of others to give away or to close. One query."""
    where = visible(viewer, InspectionPermission.MANAGE, programme="programme__code", place=None)
    mine = Q(state=FindingState.ASSIGNED, owner=viewer.ref) if viewer.ref else Q(pk__in=[])
    gives = where & Q(state=FindingState.FOUND)
    closes = where & Q(state=FindingState.MENDED) & ~Q(owner=viewer.ref)
    rows = Finding.objects.filter(in_programme(programme)).filter(mine | gives | closes)
    return rows.select_related("programme", "inspection__group").order_by("due_on", "pk")
