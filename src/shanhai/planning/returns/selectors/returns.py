# SPDX-License-Identifier: Apache-2.0
"""Returns: one, a list, and the page of one: the grid as printed, the rows added up, the findings where they belong."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
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
from shanhai.planning.returns.selectors.newest import finding_value, stated_table
from shanhai.planning.returns.states import ReturnState
from shanhai.planning.returns.values import findings as kept
from shanhai.planning.returns.values.tables import COUNTY, At, Measure, MeasureKind, Table
from shanhai.registers.documents.selectors import list_proofs


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


@dataclass(frozen=True, slots=True)
class CellView:
    """A cell of the grid: what is printed, the findings on it, and those that it only has a part in."""

    stated: str
    findings: tuple[UUID, ...] = ()
    involved: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class RowView:
    """A row of the grid, its cells in the order of the columns."""

    label: str
    place: str
    is_total: bool
    cells: tuple[CellView, ...]


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding with what was said to it; ``may_explain`` is for this viewer."""

    uuid: UUID
    finding: kept.Finding
    measure: Message
    state: str
    because: str
    explained_at: datetime | None
    explained_by: str
    may_explain: bool


@dataclass(frozen=True, slots=True)
class ReturnPage:
    """A return with what its page shows.

    ``sums`` are the rows added up, column by column, "" where a row is silent and for rates; there are none without a
    total, or for viewers who may not see it. ``unposted`` are the reasons why amounts did not go into the ledger.
    """

    report: Return
    unit: Unit
    document: UUID | None
    file_name: str
    columns: tuple[Measure, ...]
    rows: tuple[RowView, ...]
    sums: tuple[str, ...]
    findings: tuple[FindingView, ...]
    unposted: tuple[Message, ...]
    may_withdraw: bool


def return_page(*, viewer: Actor, uuid: UUID) -> ReturnPage:
    """The page of a return: the rows the viewer may see, the findings on them. Five queries. Raises NotVisible."""
    report = get_return(viewer=viewer, uuid=uuid)
    programme = report.programme.code
    rows = list(report.rows.visible_to(viewer).order_by("is_total", "position", "pk"))
    stored = Finding.objects.visible_to(viewer).filter(row__report=report).select_related("row").worst_first()
    labels = {row.label for row in rows}
    findings = tuple(_finding_view(viewer, programme, finding, labels) for finding in stored)
    columns = tuple(measure for measure in COUNTY.measures if any(measure.key in row.stated for row in rows))
    proof = next(iter(list_proofs(viewer=viewer, subject_type=SUBJECT, subject_id=report.uuid)), None)
    places = set(report.rows.values_list("place", flat=True))
    return ReturnPage(
        report,
        UNITS[report.unit],
        document=proof.document.uuid if proof else None,
        file_name=proof.label if proof else "",
        columns=columns,
        rows=tuple(_row_view(row, columns, findings) for row in rows),
        sums=_sums(stated_table(report, rows), columns),
        findings=findings,
        unposted=_unposted(viewer, report),
        may_withdraw=report.state == ReturnState.SUBMITTED and may_submit(viewer, programme=programme, places=places),
    )


def _finding_view(viewer: Actor, programme: str, stored: Finding, labels: set[str]) -> FindingView:
    found = finding_value(stored)
    # A check may speak of rows that this viewer may not see: of the total, or of other counties added up.
    checks = tuple(check for check in found.checks if check.key.at.label in labels)
    return FindingView(
        uuid=stored.uuid,
        finding=replace(found, checks=checks),
        measure=COUNTY.measure(stored.measure).label,
        state=stored.state,
        because=stored.because,
        explained_at=stored.explained_at,
        explained_by=stored.explained_by,
        may_explain=may_submit(viewer, programme=programme, places=[stored.row.place]),
    )


def _row_view(row: ReturnRow, columns: tuple[Measure, ...], findings: tuple[FindingView, ...]) -> RowView:
    return RowView(
        label=row.label,
        place=row.place,
        is_total=row.is_total,
        cells=tuple(
            _cell_view(row.stated.get(column.key, ""), At(row.label, column.key), findings) for column in columns
        ),
    )


def _cell_view(stated: str, at: At, findings: tuple[FindingView, ...]) -> CellView:
    return CellView(
        stated=stated,
        findings=tuple(view.uuid for view in findings if view.finding.at == at),
        involved=tuple(
            view.uuid
            for view in findings
            if view.finding.at != at and any(check.key.at == at for check in view.finding.checks)
        ),
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
