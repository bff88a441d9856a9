# SPDX-License-Identifier: Apache-2.0
"""What a county says to a finding."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.states import require_move
from shanhai.planning.returns.models import Finding
from shanhai.planning.returns.permissions import require_submit
from shanhai.planning.returns.rules.reasons import checked_reason
from shanhai.planning.returns.states import FINDING_MOVES, FindingState


class FindingNotFound(NotVisible):
    """There is no such finding, or this viewer may not know."""

    code = "returns.finding_not_found"


@transaction.atomic
def explain_finding(*, by: Actor, at: datetime, uuid: UUID, because: str) -> Finding:
    """Explain a finding: why the number is right after all, or that it is wrong and a new return follows.

    The number stays as printed, and so does the finding beside it. Raises FindingNotFound, NotAllowed,
    ReasonMissing, ReasonTooLong.
    """
    rows = Finding.objects.visible_to(by).select_related("row__report__programme").select_for_update(of=("self",))
    found = rows.filter(uuid=uuid).first()
    if found is None:
        raise FindingNotFound(gettext_noop("没有找到这条核对意见。请从报表页重新进入。"))
    programme = found.row.report.programme.code
    require_submit(by, programme=programme, places=[found.row.place])

    require_move(FINDING_MOVES, FindingState(found.state), FindingState.EXPLAINED)
    because = checked_reason(because)

    old = found.state
    found.state, found.because = FindingState.EXPLAINED, because
    found.explained_at, found.explained_by = at, by.ref
    found.save(update_fields=["state", "because", "explained_at", "explained_by"])
    audit.record(
        by=by,
        at=at,
        action="returns.finding.explained",
        subject_type="returns.finding",
        subject_id=found.uuid,
        programme=programme,
        place=found.row.place,
        changes={"state": [old, FindingState.EXPLAINED.value], "measure": found.measure, "row": found.row.label},
        because=because,
    )
    return found
