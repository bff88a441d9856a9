# SPDX-License-Identifier: Apache-2.0
"""Finding returns."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop
from shanhai.planning.returns.models import Finding, Return, ReturnRow


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """A return in a list; counts are of what the viewer may see."""

    uuid: UUID
    title: str
    cut_off_on: date
    submitted_at: datetime
    submitted_by: str
    state: str
    row_count: int
    open_findings: int
    provenance: str


def get_return(*, viewer: Actor, uuid: UUID, lock: bool = False) -> Return:
    """A return with its programme and document, if the viewer may see one of its rows. ``lock`` holds its row.

    Raises NotVisible.
    """
    rows = Return.objects.visible_to(viewer).select_related("programme__recipient", "document")
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(uuid=uuid).first()
    if found is None:
        raise NotVisible(
            gettext_noop("没有找到这份报表，或者您的岗位看不到它。请从报表列表进入。"), "returns.return_not_found"
        )
    return found


def list_returns(*, viewer: Actor, programme: str) -> tuple[ReturnLine, ...]:
    """The returns of a programme, withdrawn ones too, the newest first. One query."""
    rows = (
        Return.objects.visible_to(viewer)
        .filter(programme__code=programme)
        .annotate(
            row_count=_count(ReturnRow.objects.visible_to(viewer).filter(report=OuterRef("pk")), "report"),
            open_findings=_count(
                Finding.objects.visible_to(viewer).open().filter(row__report=OuterRef("pk")), "row__report"
            ),
        )
        .newest_first()
    )
    names = [field.name for field in fields(ReturnLine)]
    return tuple(ReturnLine(**row) for row in rows.values(*names))


def _count(rows: QuerySet[ReturnRow] | QuerySet[Finding], parent: str) -> Coalesce:
    counted = rows.order_by().values(parent).annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
