# SPDX-License-Identifier: Apache-2.0
"""Mechanisms with when each is due again, and their meetings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Max, Q, QuerySet

from shanhai.base.database.selectors import in_programme, row_of, visible
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.kernel.messages import gettext_noop
from shanhai.team.visits.models import Mechanism, Meeting, seen
from shanhai.team.visits.permissions import VisitPermission
from shanhai.team.visits.states import MeetingState


@dataclass(frozen=True, slots=True)
class Due:
    """A mechanism, the day of its last meeting or None, and the day by which it meets again."""

    mechanism: Mechanism
    last: date | None
    due: date


def get_mechanism(*, viewer: Actor, uuid: UUID, lock: bool = False) -> Mechanism:
    """The mechanism. ``lock`` holds its row. Raises NotVisible."""
    rows = Mechanism.objects.filter(seen(viewer)).select_related("programme")
    missing = gettext_noop("没有找到这个机制。请从互访页进入。")
    return row_of(rows, uuid, missing, "visits.mechanism_not_found", lock=lock)


def get_meeting(*, viewer: Actor, uuid: UUID, lock: bool = False) -> Meeting:
    """The meeting with its mechanism. ``lock`` holds its row. Raises NotVisible."""
    rows = Meeting.objects.visible_to(viewer).select_related("mechanism__programme")
    missing = gettext_noop("没有找到这次会议。请从互访页进入。")
    return row_of(rows, uuid, missing, "visits.meeting_not_found", lock=lock)


def list_meetings(*, viewer: Actor, programme: str | None) -> QuerySet[Meeting]:
    """Meetings, the latest first."""
    rows = Meeting.objects.visible_to(viewer).filter(in_programme(programme, "mechanism__programme"))
    return rows.select_related("mechanism__programme").order_by("-since", "-pk")


def list_due(*, viewer: Actor, programme: str | None, manages: bool = False) -> list[Due]:
    """Each mechanism and when it meets again, what is due first first; of one's own alone if asked. One query."""
    where = seen(viewer)
    if manages:
        where = visible(viewer, VisitPermission.MANAGE, programme="programme__code", place=None)
    rows = Mechanism.objects.filter(where, in_programme(programme)).select_related("programme")
    rows = rows.annotate(last=Max("meetings__since", filter=Q(meetings__state=MeetingState.MINUTED)))
    found = []
    for one in rows.order_by("pk"):
        last = clock.local_date(one.last) if one.last else None
        found.append(Due(one, last, clock.months_later(last or one.since, one.months)))
    return sorted(found, key=lambda one: (one.due, one.mechanism.pk))
