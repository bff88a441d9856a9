# SPDX-License-Identifier: Apache-2.0
"""Incidents: reported by anybody, looked into by discipline, found to be so or not. Sealed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NO_TEXT, BadInput, Conflict, Faults, NotAllowed, checked_text
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.states import require_move
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.registers.people.values import ended_before
from shanhai.registers.places.selectors import get_division
from shanhai.team.conduct.integrity import selectors
from shanhai.team.conduct.models import CaseFile, CaseFileMove, CaseParty
from shanhai.team.conduct.permissions import IntegrityPermission
from shanhai.team.conduct.states import CASE_MOVES, CaseState
from shanhai.team.conduct.values import MOST_WORDS, CaseKind
from shanhai.team.secondments.selectors.roster import list_roster

_CODE = "conduct.text_not_usable"


@transaction.atomic
def report_case(
    *,
    by: Actor,
    at: datetime,
    programme: str,
    kind: CaseKind,
    place: str,
    happened_on: date,
    words: str,
    concerns: Collection[UUID] = (),
    provenance: str = "",
) -> CaseFile:
    """Report an incident to discipline; ``concerns`` are the secondments of whom it is about, on that day.

    Raises NotAllowed, NotVisible, BadInput.
    """
    if not any(
        by.may_somewhere(one, programme=programme) for one in (IntegrityPermission.OWN, IntegrityPermission.DISCIPLINE)
    ):
        raise NotAllowed(gettext_noop("报告事件的要是这个项目的队员。"))
    of = get_programme(viewer=by, code=programme)
    faults = Faults()
    with faults.of("happened_on"):
        if not of.starts_on <= happened_on <= clock.local_date(at):
            text = gettext_noop("日期要在 %(first)s 和今天之间。")
            raise BadInput(text, "conduct.day_not_possible", first=of.starts_on.isoformat())
    with faults.of("place"):
        place = get_division(place).code
    with faults.of("words"):
        words = checked_text(words, NO_TEXT, _CODE, most=MOST_WORDS)
    with faults.of("concerns"):
        here = list_roster(viewer=by, programme=programme, on=happened_on).filter(uuid__in=concerns)
        people = {one.person_id: one.person for one in here} if concerns else {}
        if len(people) < len(set(concerns)):
            raise BadInput(gettext_noop("有人那天不在岗。请重新选择。"), "conduct.concerned_not_here")
    faults.tell()
    made = CaseFile.objects.create(
        programme=of, place=place, kind=kind, happened_on=happened_on, words=words, reported_at=at,
        reported_by=by.ref, provenance=provenance,
    )  # fmt: skip
    CaseParty.objects.bulk_create(
        CaseParty(case=made, person=one, ref=one.user.ref if one.user else "") for one in people.values()
    )
    CaseFileMove.objects.create(case=made, new=CaseState.REPORTED, at=at, by=by.ref)
    audit.record(by=by, at=at, action="conduct.case.reported", on=made.subject())
    return made


@transaction.atomic
def inquire(*, by: Actor, at: datetime, case: UUID) -> CaseFile:
    """Begin to look into it. Raises NotVisible, NotAllowed for who reported it, Conflict."""
    found = _held(by, case, CaseState.REPORTED)
    return _move(found, CaseState.INQUIRY, by=by, at=at, act="conduct.case.inquiry")


@transaction.atomic
def find(*, by: Actor, at: datetime, case: UUID, confirmed: bool, finding: str) -> CaseFile:
    """Say what was found: it is so, or it is unfounded and counts as no incident.

    Raises NotVisible, NotAllowed for who reported it, Conflict, BadInput.
    """
    found = _held(by, case, CaseState.INQUIRY)
    faults = Faults()
    with faults.of("finding"):
        found.finding = checked_text(finding, NO_TEXT, _CODE, most=MOST_WORDS)
    faults.tell()
    found.found_on = clock.local_date(at)
    to = CaseState.CONFIRMED if confirmed else CaseState.UNFOUNDED
    return _move(found, to, by=by, at=at, act="conduct.case.found")


@transaction.atomic
def erase_cases(*, by: Actor, at: datetime) -> int:
    """Erase the words of cases found out three years ago and whose accounts they concern; answer of how many.

    Raises NotAllowed.
    """
    by.require(IntegrityPermission.DISCIPLINE)
    day = ended_before(clock.local_date(at))
    due = list(CaseFile.objects.filter(erased_at=None, found_on__lte=day).select_related("programme").order_by("pk"))
    CaseFile.objects.filter(pk__in=[one.pk for one in due]).update(words="", finding="", erased_at=at)
    CaseParty.objects.filter(case__in=due).update(ref="")
    audit.record_many(by=by, at=at, acts=[audit.Act("conduct.case.erased", one.subject()) for one in due])
    return len(due)


def _held(by: Actor, case: UUID, state: CaseState) -> CaseFile:
    found = selectors.get_case(viewer=by, uuid=case, lock=True)
    if found.reported_by == by.ref:
        raise NotAllowed(gettext_noop("自己报告的事，由别人了解。"), "conduct.own_report")
    if found.state != state:
        text = gettext_noop("这件事现在是“%(state)s”，不能这样办。请刷新后再看。")
        raise Conflict(text, "conduct.case_moved_on", state=message(found.status[1]))
    return found


def _move(case: CaseFile, to: CaseState, *, by: Actor, at: datetime, act: str) -> CaseFile:
    old = CaseState(case.state)
    require_move(CASE_MOVES, old, to)
    case.state = to.value
    case.save(update_fields=["state", "finding", "found_on"])
    CaseFileMove.objects.create(case=case, old=old, new=to, at=at, by=by.ref)
    # Whether it was so is under seal.
    audit.record(by=by, at=at, action=act, on=case.subject())
    return case
