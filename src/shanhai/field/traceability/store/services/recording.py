# SPDX-License-Identifier: Apache-2.0
"""Events of our own pages: made of JSON, judged as any other, stored in the transaction of what they are about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from shanhai.field.traceability.events.rules.checking import pointer
from shanhai.field.traceability.events.rules.reading import read
from shanhai.field.traceability.models import Event, Party
from shanhai.field.traceability.states import EventState
from shanhai.field.traceability.store.rules.judging import judge
from shanhai.field.traceability.store.rules.preparing import as_text
from shanhai.field.traceability.store.selectors.reading import contents
from shanhai.field.traceability.store.services.putting import put
from shanhai.field.traceability.store.values import Ready, instant_of
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, Conflict, Refused
from shanhai.kernel.messages import gettext_noop, message

CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
_REASONS = ("did_not_occur", "incorrect_data")


@transaction.atomic
def record(*, party: Party, contents: Sequence[Mapping[str, Any]], by: Actor, at: datetime) -> list[Event]:
    """Store events given as JSON without a context, and answer them in their order; those known already as they stand.

    A namespace of their own stands in the ``@context`` of an event. Raises Refused with the place of the first fault,
    Conflict where an id is that of another event, NotAllowed for who does not record for the party.
    """
    return _put(party, _ready(contents, at), by, at)


@transaction.atomic
def declare_wrong(
    *, event: Event, reason: str, corrective: Sequence[Mapping[str, Any]], by: Actor, at: datetime
) -> list[Event]:
    """Say that an event is wrong (``did_not_occur`` or ``incorrect_data``), with what is right instead.

    Answers the declaration and the corrective events. Raises BadInput for another reason, Refused for an event that is
    declared wrong already or a fault of a corrective one, Conflict and NotAllowed as ``record``.
    """
    if reason not in _REASONS:
        text = gettext_noop("原因只有“没有发生”和“数据有误”。请选一个。")
        raise BadInput(text, "traceability.reason", field="reason")
    if event.state != EventState.IN_FORCE:
        text = gettext_noop("这个事件已经声明有误，不用再声明。请核对是不是要改它的更正事件。")
        raise Refused(text, "traceability.declared_already", field="event")
    ready = _ready(corrective, at) if corrective else []
    declared: dict[str, Any] = {"declarationTime": at.isoformat(timespec="milliseconds"), "reason": reason}
    if ready:
        declared["correctiveEventIDs"] = [one.event_id for one in ready]
    content = {**contents([event])[0], "errorDeclaration": declared}
    return _put(event.party, [*_ready([content], at), *ready], by, at)


def _ready(given: Sequence[Mapping[str, Any]], at: datetime) -> list[Ready]:
    root = {
        "@context": [CONTEXT],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": at.isoformat(timespec="seconds"),
        "epcisBody": {"eventList": list(given)},
    }
    latest = instant_of(at + timedelta(seconds=settings.TRACE_AHEAD_S))
    judged = judge(read(as_text(root).encode()), latest=latest)
    if judged.faults:
        fault = judged.faults[0]
        text = gettext_noop("%(place)s：%(said)s%(remedy)s")
        place = pointer(fault.path)
        raise Refused(text, "traceability.epcis_unsound", place=place, said=fault.message, remedy=fault.remedy)
    return list(judged.ready)


def _put(party: Party, ready: Sequence[Ready], by: Actor, at: datetime) -> list[Event]:
    made = put(party=party, ready=ready, by=by, at=at)
    if made.refused:
        fault = made.refused[0]
        text = gettext_noop("%(said)s%(remedy)s")
        said = message(text, said=fault.message, remedy=fault.remedy)
        raise Conflict(said.text, "traceability.epcis_exists", **said.params)
    found = Event.objects.in_bulk(made.keys)
    return [found[key] for key in made.keys]
