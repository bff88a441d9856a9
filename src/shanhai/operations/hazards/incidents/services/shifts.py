# SPDX-License-Identifier: Apache-2.0
"""A shift ends: what stands and what is to be known is handed over, and another takes it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from shanhai.base.audit import services as audit
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import Conflict, Faults, Refused
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.states import require_move
from shanhai.operations.hazards.incidents.selectors.shifts import get_shift, snapshot
from shanhai.operations.hazards.models import DutyHandover
from shanhai.operations.hazards.permissions import HazardPermission
from shanhai.operations.hazards.sites.rules.facts import checked_text
from shanhai.operations.hazards.states import HANDOVER_MOVES, HandoverState
from shanhai.planning.programmes.core.selectors.programmes import get_programme

MOST_WORDS = 4000


@transaction.atomic
def hand_over(*, by: Actor, at: datetime, programme: str, words: str) -> DutyHandover:
    """End a shift of a programme, of the place in it that is the officer's: what stands now is kept as it is now.

    Raises NotVisible, NotAllowed, BadInput, Conflict where the last one was not taken yet.
    """
    found = get_programme(viewer=by, code=programme)
    place = by.files_under(HazardPermission.DUTY, programme=found.code)
    by.require(HazardPermission.DUTY, programme=found.code, place=place or None)
    faults = Faults()
    with faults.of("words"):
        words = checked_text(words, MOST_WORDS, required=True)
    faults.tell()

    stands = snapshot(viewer=by, programme=found.code, place=place)
    facts = {"programme": found, "place": place, "words": words, "snapshot": stands}
    try:
        with transaction.atomic():
            shift = DutyHandover.objects.create(at=at, by=by.ref, **facts)
    except IntegrityError:
        text = gettext_noop("上一次交班还没有人接。请接班的人先接，再交下一班。")
        raise Conflict(text, "hazards.shift_waits") from None
    changes = {name: one["count"] for name, one in stands.items() if isinstance(one, dict)} | {"dead": stands["dead"]}
    audit.record(by=by, at=at, action="hazards.handover.offered", on=shift.subject(), changes=changes, because=words)
    return shift


@transaction.atomic
def take_over(*, by: Actor, at: datetime, handover: UUID) -> DutyHandover:
    """Take a shift that another has handed over. Raises NotVisible, NotAllowed, Refused, IllegalMove."""
    shift = get_shift(viewer=by, uuid=handover, lock=True)
    by.require(HazardPermission.DUTY, programme=shift.programme.code, place=shift.place or None)
    require_move(HANDOVER_MOVES, HandoverState(shift.state), HandoverState.TAKEN)
    if shift.by == by.ref:
        raise Refused(gettext_noop("自己交的班，要由别人来接。"), "hazards.own_shift")
    shift.state, shift.taken_at, shift.taken_by = HandoverState.TAKEN, at, by.ref
    shift.save(update_fields=["state", "taken_at", "taken_by"])
    changes = {"state": [HandoverState.OFFERED.value, shift.state.value]}
    audit.record(by=by, at=at, action="hazards.handover.taken", on=shift.subject(), changes=changes)
    return shift
