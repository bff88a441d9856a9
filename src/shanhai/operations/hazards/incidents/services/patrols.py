# SPDX-License-Identifier: Apache-2.0
"""Patrols: somebody is sent to look, says what they saw, or need not go any more."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import BadInput, Faults, checked_reason
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.states import require_move
from shanhai.operations.hazards.incidents.selectors.incidents import duty_site, get_incident
from shanhai.operations.hazards.incidents.selectors.patrols import get_patrol, require_reporter
from shanhai.operations.hazards.models import HazardSite, Patrol, PatrolMove
from shanhai.operations.hazards.permissions import HazardPermission
from shanhai.operations.hazards.sites.rules.facts import checked_text
from shanhai.operations.hazards.states import OPEN, PATROL_MOVES, PatrolState
from shanhai.registers.people.selectors import list_people

if TYPE_CHECKING:
    from shanhai.registers.people.models import Person

MOST_TASK, MOST_FOUND = 1000, 4000
LATEST = timedelta(days=30)


@transaction.atomic
def order_patrol(
    *,
    by: Actor,
    at: datetime,
    site: str,
    task: str,
    due_at: datetime,
    person: UUID | None = None,
    incident: UUID | None = None,
) -> Patrol:
    """Have somebody look at a site (its code) by ``due_at``; ``person`` is one of the register who is in duty.

    The same asked twice, by a form that was sent twice, is one patrol.
    Raises NotVisible, NotAllowed, BadInput with all faults.
    """
    found, faults, sent = duty_site(viewer=by, code=site), Faults(), None
    of = get_incident(viewer=by, uuid=incident) if incident else None
    if of and (of.site_id != found.pk or of.state not in OPEN):
        text = gettext_noop("这次险情已经有了结果，或者不是这个隐患点的。请从隐患点重新派。")
        raise BadInput(text, "hazards.incident_over")
    with faults.of("task"):
        task = checked_text(task, MOST_TASK, required=True)
    with faults.of("due_at"):
        if not at < due_at <= at + LATEST:
            text = gettext_noop("时限要晚于现在，最多 %(days)s 天以内。")
            raise BadInput(text, "hazards.patrol_due", days=LATEST.days)
    with faults.of("person"):
        sent = _sent(by, at, found, person) if person else None
    faults.tell()

    facts = {"site": found, "incident": of, "person": sent, "task": task, "due_at": due_at}
    if again := Patrol.objects.filter(**facts, state=PatrolState.OPEN).first():
        return again
    patrol = Patrol.objects.create(**facts, moved_at=at)
    PatrolMove.objects.create(patrol=patrol, new=PatrolState.OPEN, at=at, by=by.ref)
    # Who goes is a reference: names stay in the register.
    changes = {"task": task, "due_at": due_at.isoformat(), "person": str(person or "")}
    audit.record(by=by, at=at, action="hazards.patrol.ordered", on=patrol.subject(), changes=changes)
    return patrol


@transaction.atomic
def report_patrol(*, by: Actor, at: datetime, patrol: UUID, found: str) -> Patrol:
    """Say what was seen: who was sent, or who is on duty and was told. Raises NotVisible, NotAllowed, BadInput."""
    row, faults = get_patrol(viewer=by, uuid=patrol, lock=True), Faults()
    require_reporter(by, row)
    require_move(PATROL_MOVES, PatrolState(row.state), PatrolState.DONE)
    with faults.of("found"):
        row.found = checked_text(found, MOST_FOUND, required=True)
    faults.tell()
    return _move(row, PatrolState.DONE, by=by, at=at)


@transaction.atomic
def drop_patrol(*, by: Actor, at: datetime, patrol: UUID, because: str) -> Patrol:
    """Have a patrol made no more, for a reason. Raises NotVisible, NotAllowed, BadInput, IllegalMove."""
    row = get_patrol(viewer=by, uuid=patrol, lock=True)
    by.require(HazardPermission.DUTY, **row.site.scope)
    require_move(PATROL_MOVES, PatrolState(row.state), PatrolState.DROPPED)
    because = checked_reason(because, gettext_noop("请写明为什么不用去了。"), "hazards")
    return _move(row, PatrolState.DROPPED, by=by, at=at, because=because)


def _sent(by: Actor, at: datetime, site: HazardSite, person: UUID) -> Person:
    there = list_people(viewer=by, programme=site.programme.code, on=local_date(at))
    if (found := there.filter(uuid=person).first()) is None:
        text = gettext_noop("人员登记里没有这个人，或者已经离任。请重新选。")
        raise BadInput(text, "hazards.person_not_in_duty")
    return found


def _move(patrol: Patrol, new: PatrolState, *, by: Actor, at: datetime, because: str = "") -> Patrol:
    old, patrol.state, patrol.moved_at = PatrolState(patrol.state), new, at
    patrol.save(update_fields=["state", "found", "moved_at"])
    PatrolMove.objects.create(patrol=patrol, old=old, new=new, at=at, by=by.ref, because=because)
    act, changes = f"hazards.patrol.{new}", {"state": [old.value, new.value]}
    audit.record(by=by, at=at, action=act, on=patrol.subject(), changes=changes, because=because or patrol.found)
    return patrol
