# SPDX-License-Identifier: Apache-2.0
"""One event that is captured at once."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from shanhai.field.traceability.events.rules.checking import pointer
from shanhai.field.traceability.events.rules.reading import read
from shanhai.field.traceability.models import Event, Party
from shanhai.field.traceability.store.rules.judging import judge
from shanhai.field.traceability.store.services.putting import put
from shanhai.field.traceability.store.values import instant_of
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, Conflict
from shanhai.kernel.messages import gettext_noop


def capture_event(*, party: Party, body: bytes, by: Actor, at: datetime) -> Event:
    """Store one bare event of a party.

    Raises BadInput with the place of what is wrong, Conflict for an event that is here already or whose id another has,
    NotAllowed.
    """
    document = read(body)
    if document.root.get("type") in ("EPCISDocument", "EPCISQueryDocument"):
        text = gettext_noop("这里只收单个事件。整份文档请发到 capture。")
        raise BadInput(text, "traceability.epcis_no_event")
    judged = judge(document, latest=instant_of(at + timedelta(seconds=settings.TRACE_AHEAD_S)))
    if judged.faults or not judged.ready:
        text = gettext_noop("%(place)s：%(said)s%(remedy)s")
        fault = judged.faults[0]
        place = pointer(fault.path) or "/"
        raise BadInput(text, "traceability.epcis_unsound", place=place, said=fault.message, remedy=fault.remedy)
    made = put(party=party, ready=judged.ready, by=by, at=at)
    if made.refused:
        text = gettext_noop("%(said)s%(remedy)s")
        fault = made.refused[0]
        raise Conflict(text, "traceability.epcis_exists", said=fault.message, remedy=fault.remedy)
    if made.known:
        text = gettext_noop("事件 %(event)s 已经存在，内容相同，不用再发。")
        raise Conflict(text, "traceability.epcis_exists", event=judged.ready[0].event_id[:100])
    return Event.objects.get(pk=made.keys[0])
