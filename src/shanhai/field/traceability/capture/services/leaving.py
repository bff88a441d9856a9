# SPDX-License-Identifier: Apache-2.0
"""Parties that record no more, and people who record no more for one."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.field.traceability.models import Party, Recorder
from shanhai.field.traceability.permissions import TracePermission
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop


@transaction.atomic
def end_party(*, party: Party, by: Actor, at: datetime) -> Party:
    """A party records no more from today on; what it recorded stays. Raises NotAllowed."""
    by.require(TracePermission.MANAGE, programme=party.programme.code, place=party.place)
    if party.ended_on is None:
        party.ended_on = local_date(at)
        party.save(update_fields=["ended_on"])
        audit.record(by=by, at=at, action="traceability.party.ended", on=party.subject())
    return party


@transaction.atomic
def release_recorder(*, party: Party, recorder: int, by: Actor, at: datetime) -> Party:
    """A user records no more for a party. Raises BadInput for who does not, NotAllowed."""
    by.require(TracePermission.MANAGE, programme=party.programme.code, place=party.place)
    row = Recorder.objects.filter(party=party, pk=recorder).select_related("user").first()
    if row is None:
        raise BadInput(gettext_noop("这个人已经不是记录员。请刷新页面。"), "traceability.no_recorder", field="recorder")
    changes = {"recorder": str(row.user.uuid)}
    row.delete()
    audit.record(by=by, at=at, action="traceability.party.recorder_released", on=party.subject(), changes=changes)
    return party
