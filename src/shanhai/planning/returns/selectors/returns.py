# SPDX-License-Identifier: Apache-2.0
"""Returns: one, a list, and the page of one: the grid as printed, the rows added up, the findings where they belong."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import Message, from_plain, gettext_noop
from shanhai.kernel.units import UNITS, Unit
from shanhai.planning.returns.access import may_submit
from shanhai.planning.returns.models import SUBJECT, Finding, Return, ReturnRow
from shanhai.planning.returns.permissions import ReturnPermission
from shanhai.planning.returns.rules.checks import column_decimals
from shanhai.planning.returns.rules.reading import printed
from shanhai.planning.returns.selectors.newest import stated_table
from shanhai.planning.returns.states import ReturnState
from shanhai.planning.returns.values.tables import COUNTY, At, Measure, MeasureKind, Table
from shanhai.registers.documents.selectors import list_proofs

if TYPE_CHECKING:
    from shanhai.registers.documents.models import Proof


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


def list_returns(*, viewer: Actor, programme: str) -> tuple[Return, ...]:
    """The returns of a programme, withdrawn ones too, the newest first; ``row_count`` and ``open_findings`` are of what
    the viewer may see. One query.
    """
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
    return tuple(rows)


def _count(rows: QuerySet[ReturnRow] | QuerySet[Finding], parent: str) -> Coalesce:
    counted = rows.order_by().values(parent).annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


Cell = tuple[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Doubt:
    """A finding by its number on the page, and what its checks say; ``may_explain`` is for this viewer."""

    number: int
    finding: Finding
    checks: tuple[Message, ...]
    may_explain: bool


@dataclass(frozen=True, slots=True)
class ReturnPage:
    """A return with what its page shows: each cell is what is printed, and the numbers of the doubts about it.

    ``sums`` are the rows added up, column by column, "" where a row is silent and for rates; there are none without a
    total, or for viewers who may not see it. ``unposted`` are the reasons why amounts did not go into the ledger.
    """

    report: Return
    unit: Unit
    proof: Proof | None
    columns: tuple[Measure, ...]
    rows: tuple[tuple[ReturnRow, tuple[Cell, ...]], ...]
    sums: tuple[str, ...]
    doubts: tuple[Doubt, ...]
    unposted: tuple[Message, ...]
    may_withdraw: bool


def return_page(*, viewer: Actor, uuid: UUID) -> ReturnPage:
    """The page of a return: the rows the viewer may see, the findings on them. Five queries. Raises NotVisible."""
    report = get_return(viewer=viewer, uuid=uuid)
    programme = report.programme.code
    rows = list(report.rows.visible_to(viewer).order_by("is_total", "position", "pk"))
    stored = Finding.objects.visible_to(viewer).filter(row__report=report).select_related("row").worst_first()
    labels = {row.label for row in rows}
    doubts = tuple(
        Doubt(
            number,
            finding,
            # A check may speak of rows that this viewer may not see: of the total, or of other counties added up.
            tuple(from_plain(one["message"]) for one in finding.content["checks"] if one["label"] in labels),
            may_submit(viewer, programme=programme, places=[finding.row.place]),
        )
        for number, finding in enumerate(stored, start=1)
    )
    marks: dict[At, tuple[int, ...]] = {}
    for doubt in doubts:
        marks[doubt.finding.at] = (*marks.get(doubt.finding.at, ()), doubt.number)
    columns = tuple(measure for measure in COUNTY.measures if any(measure.key in row.stated for row in rows))
    places = set(report.rows.values_list("place", flat=True))
    return ReturnPage(
        report,
        UNITS[report.unit],
        proof=next(iter(list_proofs(viewer=viewer, subject_type=SUBJECT, subject_id=report.uuid)), None),
        columns=columns,
        rows=tuple(
            (row, tuple((row.stated.get(one.key, ""), marks.get(At(row.label, one.key), ())) for one in columns))
            for row in rows
        ),
        sums=_sums(stated_table(report, rows), columns),
        doubts=doubts,
        unposted=_unposted(viewer, report),
        may_withdraw=report.state == ReturnState.SUBMITTED and may_submit(viewer, programme=programme, places=places),
    )


def _sums(table: Table, columns: tuple[Measure, ...]) -> tuple[str, ...]:
    """The rows added up, column by column; nothing where there is no total to compare with."""
    return tuple(_sum(table, column) for column in columns) if table.total else ()


def _sum(table: Table, column: Measure) -> str:
    cells = [row.cells.get(column.key) for row in table.rows]
    known = [cell.number for cell in cells if cell is not None]
    if column.kind == MeasureKind.RATE or not known or len(known) < len(cells):
        return ""
    return printed(sum(known, Decimal(0)), column_decimals(table, column.key), column.kind).text


def _unposted(viewer: Actor, report: Return) -> tuple[Message, ...]:
    return tuple(
        from_plain(reason["message"])
        for reason in report.unposted
        if viewer.may(ReturnPermission.VIEW, programme=report.programme.code, place=reason["place"] or None)
    )
