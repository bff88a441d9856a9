# SPDX-License-Identifier: Apache-2.0
"""Adjustments that were sent off and have not come to their end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from django.urls import reverse

from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.planning.adjustments.selectors.adjustments import get_adjustment, list_open
from shanhai.planning.handovers.values import Cause, ItemKind, Responsible, ResponsibleKind


def list_open_adjustments(*, viewer: Actor, programme: str, until: date, at: datetime) -> Iterator[Cause]:
    """Adjustments that are not decided or not carried out; who asked for one answers for it. Drafts are his own affair.

    One query more for each: the row of the list does not say in which county it is.
    """
    for row in list_open(viewer=viewer, programme=programme):
        yield Cause(
            kind=ItemKind.OPEN_ADJUSTMENT,
            subject_type="adjustments.adjustment",
            subject_id=str(row.uuid),
            label=f"{row.project_code} {row.project_name}",
            url=reverse("adjustments:detail", args=[row.uuid]),
            responsible=Responsible(ResponsibleKind.PERSON, row.proposed_by),
            place=get_adjustment(viewer=viewer, uuid=row.uuid).places[0] or "",
            since=clock.local_date(row.submitted_at or row.proposed_at),
        )
