# SPDX-License-Identifier: Apache-2.0
"""Teaching records: recorded by the team, confirmed or not by the receiving side."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, Faults, NotAllowed, Refused, checked_reason
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.states import require_move
from shanhai.registers.people.values import ended_before
from shanhai.team.secondments.models import Secondment, TeachingMove, TeachingRecord
from shanhai.team.secondments.permissions import SecondmentPermission
from shanhai.team.secondments.selectors.posts import span_of
from shanhai.team.secondments.selectors.roster import get_secondment, get_teaching
from shanhai.team.secondments.states import TEACHING_MOVES, TeachingState
from shanhai.team.secondments.values import TeachingFacts, TeachingKind

MOST_TITLE, MOST_NAME = 120, 60


@transaction.atomic
def record_teaching(
    *, by: Actor, at: datetime, secondment: UUID, facts: TeachingFacts, provenance: str = ""
) -> TeachingRecord:
    """Record what somebody in a secondment teaches: they themselves, or who manages it.

    Raises NotVisible, NotAllowed, BadInput, Refused.
    """
    found = get_secondment(viewer=by, uuid=secondment)
    if not found.person.is_actor(by):
        by.require(SecondmentPermission.MANAGE, programme=found.programme.code, place=found.place)
    title, apprentice = _checked(facts, found)

    record = TeachingRecord.objects.create(
        programme=found.programme,
        place=found.place,
        secondment=found,
        kind=facts.kind,
        title=title,
        apprentice=apprentice,
        since=facts.since,
        until=facts.until,
        recorded_by=by.ref,
        moved_at=at,
        provenance=provenance,
    )
    TeachingMove.objects.create(record=record, new=TeachingState.RECORDED, at=at, by=by.ref)
    changes = {"kind": facts.kind}
    audit.record(by=by, at=at, action="secondments.teaching.recorded", on=record.subject(), changes=changes)
    return record


@transaction.atomic
def confirm_teaching(*, by: Actor, at: datetime, record: UUID) -> TeachingRecord:
    """The receiving side says that it is so. Raises NotVisible, NotAllowed (also for one's own), Conflict."""
    return _decide(by, at, record, TeachingState.CONFIRMED, "secondments.teaching.confirmed")


@transaction.atomic
def dispute_teaching(*, by: Actor, at: datetime, record: UUID, because: str) -> TeachingRecord:
    """The receiving side says that it is not so, and why. Raises as ``confirm_teaching``, and BadInput."""
    reason = checked_reason(because, gettext_noop("请写明哪里不对。"), "secondments")
    return _decide(by, at, record, TeachingState.DISPUTED, "secondments.teaching.disputed", reason)


@transaction.atomic
def erase_apprentices(*, by: Actor, at: datetime) -> int:
    """Erase the names of apprentices where the secondment ended as long ago as people are kept; answer how many.

    Raises NotAllowed.
    """
    by.require(SecondmentPermission.MANAGE)
    due = TeachingRecord.objects.exclude(apprentice="").select_related("programme")
    rows = list(due.filter(secondment__until__lte=ended_before(clock.local_date(at))).order_by("pk"))
    TeachingRecord.objects.filter(pk__in=[one.pk for one in rows]).update(apprentice="")
    acts = [audit.Act("secondments.teaching.apprentice_erased", one.subject()) for one in rows]
    audit.record_many(by=by, at=at, acts=acts)
    return len(rows)


def _decide(by: Actor, at: datetime, record: UUID, to: TeachingState, act: str, because: str = "") -> TeachingRecord:
    found = get_teaching(viewer=by, uuid=record, lock=True)
    by.require(SecondmentPermission.CONFIRM, programme=found.programme.code, place=found.place)
    if by.ref == found.recorded_by or found.secondment.person.is_actor(by):
        raise NotAllowed(
            gettext_noop("自己登记的、自己的带教不能自己确认。请由受援单位的另一位确认。"), "secondments.own"
        )
    if to is TeachingState.CONFIRMED and found.since > clock.local_date(at):
        raise Refused(gettext_noop("带教 %(day)s 才开始，到那天再确认。"), "secondments.not_begun", day=found.since)
    old = TeachingState(found.state)
    require_move(TEACHING_MOVES, old, to)
    found.state, found.moved_at = to.value, at
    found.save(update_fields=["state", "moved_at"])
    TeachingMove.objects.create(record=found, old=old, new=to, at=at, by=by.ref, because=because)
    audit.record(by=by, at=at, action=act, on=found.subject(), because=because)
    return found


def _checked(facts: TeachingFacts, secondment: Secondment) -> tuple[str, str]:
    """The title and the apprentice as they are kept. Raises BadInput, Refused, with all that is wrong."""
    faults = Faults()
    title, apprentice = (text.replace("\x00", "").strip() for text in (facts.title, facts.apprentice))
    with faults.of("title"):
        if not title or len(title) > MOST_TITLE:
            text = gettext_noop("写明教的是什么，最多 %(most)s 个字。")
            raise BadInput(text, "secondments.text_not_usable", most=MOST_TITLE)
    with faults.of("apprentice"):
        if (facts.kind is TeachingKind.APPRENTICE) != bool(apprentice) or len(apprentice) > MOST_NAME:
            text = gettext_noop("师带徒要写徒弟的姓名（最多 %(most)s 个字）；别的不写姓名。")
            raise BadInput(text, "secondments.apprentice_not_usable", most=MOST_NAME)
    with faults.of("since"):
        if not secondment.since <= facts.since < secondment.until:
            text = gettext_noop("开始日要在派驻期内（%(since)s 起，%(until)s 前）。")
            days = {"since": secondment.since.isoformat(), "until": secondment.until.isoformat()}
            raise Refused(text, "secondments.outside_the_secondment", **days)
    with faults.of("until"):
        if facts.until is not None and facts.until <= facts.since:
            raise BadInput(gettext_noop("结束日要晚于开始日。"), "secondments.ends_before_it_starts")
        if facts.until is not None and facts.until > span_of(secondment.programme).until:
            text = gettext_noop("结束日超出了对口支援的期限（到 %(until)s）。请改日期。")
            raise Refused(text, "secondments.outside_the_programme", until=secondment.programme.ends_on.isoformat())
    faults.tell()
    return title, apprentice
