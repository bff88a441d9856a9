# SPDX-License-Identifier: Apache-2.0
"""What was agreed, of a visit or a meeting: one's own, what waits, what is late."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from shanhai.base.database.selectors import in_programme, row_of, visible
from shanhai.kernel.actors import Actor
from shanhai.kernel.messages import gettext_noop
from shanhai.team.visits.models import Agreement
from shanhai.team.visits.permissions import VisitPermission
from shanhai.team.visits.states import OPEN_AGREEMENTS, AgreementState

_OPEN = [state.value for state in OPEN_AGREEMENTS]


def get_agreement(*, viewer: Actor, uuid: UUID, lock: bool = False) -> Agreement:
    """The agreement with where it was made. ``lock`` holds its row. Raises NotVisible."""
    rows = Agreement.objects.visible_to(viewer).select_related("programme")
    rows = rows if lock else rows.select_related("delegation", "meeting__mechanism")
    missing = gettext_noop("没有找到这个议定事项。请从互访页进入。")
    return row_of(rows, uuid, missing, "visits.agreement_not_found", lock=lock)


def list_open(*, viewer: Actor, programme: str | None) -> QuerySet[Agreement]:
    """What is not done and confirmed, what is due first first."""
    rows = Agreement.objects.visible_to(viewer).filter(in_programme(programme), state__in=_OPEN)
    return rows.select_related("programme", "delegation", "meeting__mechanism").order_by("due_on", "pk")


def list_waiting(*, viewer: Actor, programme: str | None) -> QuerySet[Agreement]:
    """What is the viewer's to do, and what others did and they are to confirm. One query."""
    where = visible(viewer, VisitPermission.MANAGE, programme="programme__code", place=None)
    mine = Q(state=AgreementState.AGREED, owner=viewer.ref) if viewer.ref else Q(pk__in=[])
    confirms = where & Q(state=AgreementState.DONE) & ~Q(owner=viewer.ref)
    rows = Agreement.objects.filter(in_programme(programme)).filter(mine | confirms).select_related("programme")
    return rows.order_by("due_on", "pk")


def list_made(*, viewer: Actor, programme: str, on: date) -> QuerySet[Agreement]:
    """What was agreed by a day."""
    rows = Agreement.objects.visible_to(viewer).filter(in_programme(programme), agreed_on__lte=on)
    return rows.exclude(state=AgreementState.DROPPED).order_by("due_on", "pk")


def list_open_on(*, viewer: Actor, programme: str, on: date) -> QuerySet[Agreement]:
    """What was agreed by a day and not confirmed by then."""
    rows = list_made(viewer=viewer, programme=programme, on=on)
    return rows.filter(Q(closed_on=None) | Q(closed_on__gt=on))
