# SPDX-License-Identifier: Apache-2.0
"""Findings that wait for an explanation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Case, IntegerField, Value, When

from shanhai.base.accounts.permissions import Permission
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.kernel.figures import FigureScope
from shanhai.kernel.messages import Message
from shanhai.planning.returns.models import Finding
from shanhai.planning.returns.selectors.newest import newest_lines
from shanhai.planning.returns.values.findings import Severity, message_from_json


@dataclass(frozen=True, slots=True)
class OpenFinding:
    """A finding nobody has explained: where it stands and what it says."""

    report: UUID
    title: str
    label: str
    is_error: bool
    message: Message


def list_open_findings(*, viewer: Actor, programme: str, at: datetime, limit: int) -> tuple[OpenFinding, ...]:
    """Open errors and warnings on the newest lines of every county, where the viewer may submit; the worst first.

    What a later return has replaced waits for nobody. Notes are only read on the page of the return. Three queries.
    """
    scope = FigureScope(programme, clock.local_date(at))
    newest = newest_lines(viewer=viewer, scope=scope)
    lines = (*newest.counties, *([newest.total] if newest.total else []))
    if not lines:
        return ()
    rank = Case(When(severity=Severity.ERROR, then=Value(0)), default=Value(1), output_field=IntegerField())
    rows = (
        Finding.objects.visible_to(viewer, Permission.RETURN_SUBMIT)
        .open()
        .exclude(severity=Severity.NOTE)
        .filter(row__uuid__in=[line.uuid for line in lines])
        .select_related("row__report")
        .order_by(rank, "-row__report__cut_off_on", "position", "pk")
    )
    return tuple(
        OpenFinding(
            report=row.row.report.uuid,
            title=row.row.report.title,
            label=row.row.label,
            is_error=row.severity == Severity.ERROR,
            message=message_from_json(row.content["message"]),
        )
        for row in rows[:limit]
    )
