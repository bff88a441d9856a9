# SPDX-License-Identifier: Apache-2.0
"""Setting a limit; keeping who opened a seal."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NO_SOURCE, Conflict, Faults, NotAllowed, checked_text, require_between
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.subjects import Subject
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.team.conduct.models import Limit, Opening
from shanhai.team.conduct.permissions import IntegrityPermission, LeavePermission
from shanhai.team.conduct.values import LIMITS, MOST_SOURCE, LimitKey, Sealed

if TYPE_CHECKING:
    from shanhai.registers.people.models import Person


@transaction.atomic
def set_limit(
    *, by: Actor, at: datetime, programme: str, key: LimitKey, value: int, source: str, valid_from: date
) -> Limit:
    """Let a limit hold from a day on. Raises NotAllowed, NotVisible, BadInput, Conflict for one of the same day."""
    if not by.may(LeavePermission.OFFICE, programme=programme) and not by.may(
        IntegrityPermission.DISCIPLINE, programme=programme
    ):
        raise NotAllowed(gettext_noop("标准由指挥部办公室或纪检定。"))
    of = get_programme(viewer=by, code=programme, lock=True)
    faults = Faults()
    with faults.of("value"):
        _default, least, most = LIMITS[key]
        require_between(value, least, most, "conduct.limit_not_possible")
    with faults.of("source"):
        source = checked_text(source, NO_SOURCE, "conduct.text_not_usable", most=MOST_SOURCE)
    with faults.of("valid_from"):
        if Limit.objects.filter(programme=of, key=key, valid_from=valid_from).exists():
            text = gettext_noop("这一天起的标准已经定过。请选别的日子。")
            raise Conflict(text, "conduct.limit_set_already")
    faults.tell()
    made = Limit.objects.create(programme=of, key=key, value=value, source=source, valid_from=valid_from)
    on = Subject("conduct.limit", key, programme)
    changes = {"limit": key, "value": value, "valid_from": valid_from.isoformat()}
    audit.record(by=by, at=at, action="conduct.limit.set", on=on, changes=changes, because=source)
    return made


def keep_opening(*, by: Actor, at: datetime, person: Person, what: Sealed) -> None:
    """Keep that somebody opens what lies under a person's seal, unless it is their own."""
    if not person.is_actor(by):
        Opening.objects.create(person=person, what=what, by=by.ref, at=at)
