# SPDX-License-Identifier: Apache-2.0
"""What has gone out of lines beside what may: asked of what stands after posting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID

from django.db.models import F, OuterRef, Q, Subquery, Sum

from shanhai.planning.projects.models import AllocationLine
from shanhai.planning.projects.shares.rules.money import Outflow, Outgoing

CHUNK = 500


def passed_ceilings(*, lines: Sequence[UUID], what: Outgoing) -> Iterator[Outflow]:
    """Those of ``lines`` of which more has gone out than may. One query for 500 lines."""
    column = f"{what.value}_fen"
    same = AllocationLine.objects.filter(project=OuterRef("project")).order_by().values("project")
    sums = AllocationLine.objects.annotate(gone_of_project=Subquery(same.annotate(sum=Sum(column)).values("sum")))
    beyond = sums.filter(
        Q(**{f"{column}__gt": F("amount_fen")})
        | Q(**{f"{column}__gt": F("arrived_fen")})
        | Q(gone_of_project__gt=F("project__total_investment_fen"))
    ).order_by("pk")
    columns = (
        "uuid", "project__name", "project__place__code", column, "amount_fen", "arrived_fen", "gone_of_project",
        "project__total_investment_fen",
    )  # fmt: skip
    for start in range(0, len(lines), CHUNK):
        for row in beyond.filter(uuid__in=lines[start : start + CHUNK]).values_list(*columns):
            yield Outflow(what, *row)
