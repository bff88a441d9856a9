# SPDX-License-Identifier: Apache-2.0
"""Delegations: planned, approved by another, held, closed with their four papers; stops, people, costs, standards."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import IntegrityError, transaction

from shanhai.base import formats
from shanhai.base.audit import services as audit
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import (
    NO_TEXT,
    BadInput,
    Conflict,
    Faults,
    NotAllowed,
    NotVisible,
    Refused,
    checked_reason,
    checked_text,
)
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.numerals import half_width
from shanhai.kernel.states import require_move
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.planning.projects.core.selectors import get_project
from shanhai.registers.organisations.selectors import get_organisation
from shanhai.registers.places.selectors import get_division
from shanhai.team.visits.models import Delegation, DelegationMove, Stop
from shanhai.team.visits.permissions import VisitPermission
from shanhai.team.visits.rules import check_day
from shanhai.team.visits.selectors import delegations as selectors
from shanhai.team.visits.states import DELEGATION_MOVES, DelegationState
from shanhai.team.visits.values import (
    MOST_TITLE,
    MOST_WORDS,
    DelegationFacts,
    StopFacts,
)

if TYPE_CHECKING:
    from shanhai.planning.projects.models import Project

MOST_DAYS, MOST_LETTER = 60, 60
_CODE = "visits.text_not_usable"
_BRACKETS = str.maketrans("[]()【】", "〔〕〔〕〔〕")
_TWICE = gettext_noop("这份公函已经登记在另一次互访里。一函一事。")


@transaction.atomic
def plan_delegation(
    *, by: Actor, at: datetime, programme: str, facts: DelegationFacts, provenance: str = ""
) -> Delegation:
    """Plan a visit. Raises NotAllowed, NotVisible, BadInput, Conflict for a letter that is another visit's."""
    by.require(VisitPermission.MANAGE, programme=programme)
    of = get_programme(viewer=by, code=programme)
    faults = Faults()
    texts = {}
    for name, most in (("title", MOST_TITLE), ("purpose", MOST_WORDS)):
        with faults.of(name):
            texts[name] = checked_text(getattr(facts, name), NO_TEXT, _CODE, most=most)
    with faults.of("until"):
        if facts.until <= facts.since or (facts.until - facts.since).days > MOST_DAYS:
            text = gettext_noop("结束要晚于 %(since)s，一次最多 %(most)s 天。")
            raise BadInput(text, "visits.days_not_usable", since=facts.since.isoformat(), most=MOST_DAYS)
    with faults.of("since"):
        check_day(facts.since, of.starts_on, of.ends_on)
    with faults.of("host"):
        if facts.host == facts.guest:
            raise BadInput(gettext_noop("主方和客方要是两个单位。"), "visits.same_unit")
    with faults.of("letter_number"):
        letter = _letter(facts.letter_number, facts.letter_on)
    faults.tell()
    guest, host = (get_organisation(viewer=by, uuid=one) for one in (facts.guest, facts.host))
    made = Delegation(
        programme=of, direction=facts.direction, guest=guest, host=host, since=facts.since, until=facts.until,
        letter_number=letter, letter_on=facts.letter_on if letter else None, planned_at=at, planned_by=by.ref,
        provenance=provenance, **texts,
    )  # fmt: skip
    _stored(made)
    DelegationMove.objects.create(delegation=made, new=DelegationState.PLANNED, at=at, by=by.ref)
    changes = {"direction": facts.direction, "since": facts.since.isoformat(), "until": facts.until.isoformat()}
    audit.record(by=by, at=at, action="visits.delegation.planned", on=made.subject(), changes=changes)
    return made


@transaction.atomic
def set_letter(*, by: Actor, at: datetime, delegation: UUID, letter_number: str, letter_on: date) -> Delegation:
    """Enter the letter by which a visit was announced. Raises NotVisible, NotAllowed, Conflict, BadInput."""
    found = selectors.managed(by, delegation, DelegationState.PLANNED, DelegationState.APPROVED, DelegationState.HELD)
    faults = Faults()
    with faults.of("letter_number"):
        found.letter_number = _letter(letter_number, letter_on, needed=True)
    with faults.of("letter_on"):
        if letter_on > clock.local_date(at):
            raise BadInput(gettext_noop("日期不能晚于今天。"), "visits.day_to_come")
    faults.tell()
    found.letter_on = letter_on
    _stored(found)
    changes = {"letter_number": found.letter_number}
    audit.record(by=by, at=at, action="visits.delegation.letter", on=found.subject(), changes=changes)
    return found


@transaction.atomic
def approve_delegation(*, by: Actor, at: datetime, delegation: UUID) -> Delegation:
    """Approve a visit that another planned, once its letter is there.

    Raises NotVisible, NotAllowed, Conflict, Refused.
    """
    found = selectors.get_delegation(viewer=by, uuid=delegation, lock=True)
    by.require(VisitPermission.APPROVE, programme=found.programme.code)
    selectors.require_state(found, DelegationState.PLANNED)
    if found.planned_by == by.ref:
        raise NotAllowed(gettext_noop("自己安排的，由别人批准。"), "visits.own_plan")
    if not found.letter_number:
        raise Refused(gettext_noop("还没有公函。没有公函的不批准接待。"), "visits.no_letter")
    found.approved_by = by.ref
    return _move(found, DelegationState.APPROVED, by=by, at=at, act="visits.delegation.approved")


@transaction.atomic
def hold_delegation(*, by: Actor, at: datetime, delegation: UUID) -> Delegation:
    """Say that the visit took place, from its first day on. Raises NotVisible, NotAllowed, Conflict."""
    found = selectors.managed(by, delegation, DelegationState.APPROVED)
    if clock.local_date(at) < found.since:
        raise Conflict(gettext_noop("还没有到这次互访的日子。"), "visits.not_begun")
    return _move(found, DelegationState.HELD, by=by, at=at, act="visits.delegation.held")


@transaction.atomic
def report_delegation(*, by: Actor, at: datetime, delegation: UUID) -> Delegation:
    """Close the papers: letter, approval, list, receipts.

    Raises NotVisible, NotAllowed, Conflict, Refused naming those that are missing.
    """
    found = selectors.managed(by, delegation, DelegationState.HELD)
    missing = selectors.missing_papers(found)
    if missing:
        text = gettext_noop("报账还缺：%(papers)s。")
        raise Refused(text, "visits.papers_missing", papers=tuple(missing))
    return _move(found, DelegationState.REPORTED, by=by, at=at, act="visits.delegation.reported")


@transaction.atomic
def cancel_delegation(*, by: Actor, at: datetime, delegation: UUID, because: str) -> Delegation:
    """Call a visit off before it was held. Raises NotVisible, NotAllowed, Conflict, BadInput."""
    found = selectors.managed(by, delegation, DelegationState.PLANNED, DelegationState.APPROVED)
    reason = checked_reason(because, gettext_noop("请写明为什么取消。"), "visits")
    # Whoever has its stops in a calendar hears that they are off.
    found.stops.update(changed_at=at)
    return _move(found, DelegationState.CANCELLED, by=by, at=at, act="visits.delegation.cancelled", because=reason)


@transaction.atomic
def set_stop(*, by: Actor, at: datetime, delegation: UUID, facts: StopFacts, stop: UUID | None = None) -> Stop:
    """Add a stop within the days of the visit, or change one. Raises NotVisible, NotAllowed, Conflict, BadInput."""
    found = selectors.managed(by, delegation, DelegationState.PLANNED, DelegationState.APPROVED)
    made = Stop(delegation=found) if stop is None else _stop(found, stop)
    faults = Faults()
    with faults.of("until"):
        first, last = (datetime.combine(day, time(), clock.SHANGHAI) for day in (found.since, found.until))
        if not first <= facts.since < facts.until <= last:
            text = gettext_noop("时间要在 %(first)s 和 %(last)s 之间，结束晚于开始。")
            raise BadInput(text, "visits.time_not_usable", first=found.since.isoformat(), last=found.until.isoformat())
    for name in ("what", "where"):
        with faults.of(name):
            setattr(made, name, checked_text(getattr(facts, name), NO_TEXT, _CODE, most=MOST_TITLE))
    with faults.of("place"):
        made.place = get_division(facts.place).code if facts.place else ""
    with faults.of("project"):
        made.project = _project(by, facts.project, found) if facts.project else None
    # Only times within the days are looked for: others may be of no calendar of the database.
    faults.tell()
    with faults.of("since"):
        met = found.stops.exclude(pk=made.pk).filter(since__lt=facts.until, until__gt=facts.since).first()
        if met is not None:
            text = gettext_noop("这段时间已经安排了“%(what)s”。请错开。")
            raise Conflict(text, "visits.time_taken", what=met.what)
    faults.tell()
    made.since, made.until, made.changed_at = facts.since, facts.until, at
    made.sequence += stop is not None
    made.save()
    changes = {"since": formats.moment(facts.since), "until": formats.moment(facts.until)}
    audit.record(by=by, at=at, action="visits.stop.set", on=found.subject(), changes=changes)
    return made


@transaction.atomic
def remove_stop(*, by: Actor, at: datetime, delegation: UUID, stop: UUID) -> Delegation:
    """Take a stop out of the itinerary. Raises NotVisible, NotAllowed, Conflict."""
    found = selectors.managed(by, delegation, DelegationState.PLANNED, DelegationState.APPROVED)
    _stop(found, stop).delete()
    audit.record(by=by, at=at, action="visits.stop.removed", on=found.subject())
    return found


def _letter(number: str, on: date | None, *, needed: bool = False) -> str:
    if not number.strip() and not needed and on is None:
        return ""
    # The same number in brackets of half and full width is the same letter.
    letter = half_width(checked_text(number, NO_TEXT, _CODE, most=MOST_LETTER)).translate(_BRACKETS)
    if on is None:
        raise BadInput(gettext_noop("请写公函的日期。"), "visits.letter_day_missing", field="letter_on")
    return letter


def _project(by: Actor, uuid: UUID, delegation: Delegation) -> Project:
    found = get_project(viewer=by, uuid=uuid)
    if found.programme != delegation.programme:
        raise BadInput(gettext_noop("这个项目不在这里。请另选。"), "visits.project_not_here")
    return found


def _stop(delegation: Delegation, uuid: UUID) -> Stop:
    found = delegation.stops.filter(uuid=uuid).first()
    if found is None:
        raise NotVisible(gettext_noop("没有找到这段行程。"), "visits.stop_not_found")
    return found


def _stored(delegation: Delegation) -> None:
    try:
        with transaction.atomic():
            delegation.save()
    except IntegrityError as error:
        raise Conflict(_TWICE, "visits.letter_twice", field="letter_number") from error


def _move(
    delegation: Delegation, to: DelegationState, *, by: Actor, at: datetime, act: str, because: str = ""
) -> Delegation:
    old = DelegationState(delegation.state)
    require_move(DELEGATION_MOVES, old, to)
    delegation.state = to.value
    delegation.save(update_fields=["state", "approved_by"])
    DelegationMove.objects.create(delegation=delegation, old=old, new=to, at=at, by=by.ref, because=because)
    changes = {"state": [old.value, to.value]}
    audit.record(by=by, at=at, action=act, on=delegation.subject(), changes=changes, because=because)
    return delegation
