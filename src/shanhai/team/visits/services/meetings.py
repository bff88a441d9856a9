# SPDX-License-Identifier: Apache-2.0
"""Mechanisms and their meetings: planned with an agenda, minuted, cancelled."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from shanhai.base import formats
from shanhai.base.audit import services as audit
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NO_TEXT, BadInput, Conflict, Faults, checked_reason, checked_text, require_between
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.states import require_move
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.team.visits.models import Mechanism, Meeting
from shanhai.team.visits.permissions import VisitPermission
from shanhai.team.visits.rules import check_day
from shanhai.team.visits.selectors.meetings import get_mechanism, get_meeting
from shanhai.team.visits.states import MEETING_MOVES, MeetingState
from shanhai.team.visits.values import MECHANISMS, MOST_NAME, MOST_TEXT, MOST_TITLE

MOST_MONTHS = 36
_CODE = "visits.text_not_usable"


@transaction.atomic
def set_mechanism(
    *, by: Actor, at: datetime, programme: str, name: str, name_en: str, months: int, provenance: str = ""
) -> Mechanism:
    """Let a mechanism meet every so many months, or another number than before.

    Raises NotAllowed, NotVisible, BadInput.
    """
    by.require(VisitPermission.MANAGE, programme=programme)
    of = get_programme(viewer=by, code=programme, lock=True)
    faults = Faults()
    with faults.of("name"):
        name = checked_text(name, NO_TEXT, _CODE, most=MOST_NAME)
    with faults.of("name_en"):
        name_en = checked_text(name_en, NO_TEXT, _CODE, most=MOST_NAME)
    with faults.of("months"):
        require_between(months, 1, MOST_MONTHS, "visits.number_not_possible")
    faults.tell()
    begins = {"since": clock.local_date(at), "provenance": provenance}
    said = {"name_en": name_en, "months": months}
    made, _new = Mechanism.objects.update_or_create(
        programme=of, name=name, defaults=said, create_defaults=said | begins
    )
    audit.record(by=by, at=at, action="visits.mechanism.set", on=made.subject(), changes={"months": months})
    return made


@transaction.atomic
def set_sample_mechanisms(*, by: Actor, at: datetime, programme: str) -> int:
    """Let the four of the articles meet, each in its sample rhythm. Raises as ``set_mechanism``."""
    for name, name_en, months in MECHANISMS:
        set_mechanism(by=by, at=at, programme=programme, name=name, name_en=name_en, months=months)
    return len(MECHANISMS)


@transaction.atomic
def plan_meeting(
    *,
    by: Actor,
    at: datetime,
    mechanism: UUID,
    since: datetime,
    until: datetime,
    where: str,
    agenda: str,
    provenance: str = "",
) -> Meeting:
    """Plan a meeting with its agenda. Raises NotVisible, NotAllowed, BadInput."""
    found = get_mechanism(viewer=by, uuid=mechanism, lock=True)
    by.require(VisitPermission.MANAGE, programme=found.programme.code)
    faults = Faults()
    with faults.of("since"):
        check_day(clock.local_date(since), found.programme.starts_on, found.programme.ends_on)
    with faults.of("until"):
        if until <= since or (until - since).days > 7:
            raise BadInput(gettext_noop("结束要晚于开始，一次最多 7 天。"), "visits.time_not_usable")
    with faults.of("where"):
        where = checked_text(where, NO_TEXT, _CODE, most=MOST_TITLE)
    with faults.of("agenda"):
        agenda = checked_text(agenda, NO_TEXT, _CODE, most=MOST_TEXT)
    faults.tell()
    made = Meeting.objects.create(
        mechanism=found, since=since, until=until, where=where, agenda=agenda, changed_at=at, provenance=provenance
    )
    changes = {"since": formats.moment(since), "until": formats.moment(until)}
    audit.record(by=by, at=at, action="visits.meeting.planned", on=made.subject(), changes=changes)
    return made


@transaction.atomic
def minute_meeting(*, by: Actor, at: datetime, meeting: UUID, minutes: str) -> Meeting:
    """Enter the minutes of a meeting that has begun. Raises NotVisible, NotAllowed, Conflict, BadInput."""
    found = _planned(by, meeting)
    if at < found.since:
        raise Conflict(gettext_noop("会议还没有开。"), "visits.not_begun")
    faults = Faults()
    with faults.of("minutes"):
        found.minutes = checked_text(minutes, NO_TEXT, _CODE, most=MOST_TEXT)
    faults.tell()
    return _move(found, MeetingState.MINUTED, by=by, at=at, act="visits.meeting.minuted")


@transaction.atomic
def cancel_meeting(*, by: Actor, at: datetime, meeting: UUID, because: str) -> Meeting:
    """Call a meeting off. Raises NotVisible, NotAllowed, Conflict, BadInput."""
    found = _planned(by, meeting)
    reason = checked_reason(because, gettext_noop("请写明为什么取消。"), "visits")
    return _move(found, MeetingState.CANCELLED, by=by, at=at, act="visits.meeting.cancelled", because=reason)


def _planned(by: Actor, uuid: UUID) -> Meeting:
    found = get_meeting(viewer=by, uuid=uuid, lock=True)
    by.require(VisitPermission.MANAGE, programme=found.mechanism.programme.code)
    if found.state != MeetingState.PLANNED:
        text = gettext_noop("这次会议现在是“%(state)s”，不能这样办。请刷新后再看。")
        raise Conflict(text, "visits.meeting_moved_on", state=message(found.status[1]))
    return found


def _move(meeting: Meeting, to: MeetingState, *, by: Actor, at: datetime, act: str, because: str = "") -> Meeting:
    old = MeetingState(meeting.state)
    require_move(MEETING_MOVES, old, to)
    meeting.state, meeting.changed_at = to.value, at
    meeting.sequence += to is MeetingState.CANCELLED
    meeting.save()
    changes = {"state": [old.value, to.value]}
    audit.record(by=by, at=at, action=act, on=meeting.subject(), changes=changes, because=because)
    return meeting
