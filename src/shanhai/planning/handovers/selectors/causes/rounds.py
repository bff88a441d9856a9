# SPDX-License-Identifier: Apache-2.0
"""Group reports of open rounds that were not accepted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from django.urls import reverse

from shanhai.kernel.actors import Actor
from shanhai.planning.handovers.values import Cause, ItemKind, Responsible, ResponsibleKind
from shanhai.planning.rounds.selectors.rounds import list_open_reports


def list_missing_reports(*, viewer: Actor, programme: str, until: date, at: datetime) -> Iterator[Cause]:
    """Reports that are due by ``until`` and were not accepted."""
    for report in list_open_reports(viewer=viewer, programme=programme):
        if report.round.due_on <= until:
            yield Cause(
                kind=ItemKind.OPEN_REPORT,
                subject_type="rounds.groupreport",
                subject_id=str(report.uuid),
                label=f"{report.round.year}-{report.round.month:02} · {report.group.name}",
                url=reverse("rounds:report", args=[report.uuid]),
                responsible=Responsible(ResponsibleKind.GROUP, report.group.name),
                since=report.round.due_on,
            )
