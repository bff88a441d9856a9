# SPDX-License-Identifier: Apache-2.0
"""A return as its page shows it: the grid as printed, the rows added up, the findings where they belong."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from shanhai.kernel.actors import Actor
from shanhai.kernel.messages import Message, from_plain
from shanhai.kernel.units import UNITS, Unit
from shanhai.planning.returns.access import may_submit
from shanhai.planning.returns.models import SUBJECT, Finding, Return, ReturnRow
from shanhai.planning.returns.permissions import ReturnPermission
from shanhai.planning.returns.rules.checks import column_decimals
from shanhai.planning.returns.rules.reading import printed
from shanhai.planning.returns.selectors.newest import finding_value, stated_table
from shanhai.planning.returns.selectors.returns import get_return
from shanhai.planning.returns.states import ReturnState
from shanhai.planning.returns.values import findings as kept
from shanhai.planning.returns.values.tables import COUNTY, At, Measure, MeasureKind, Table
from shanhai.registers.documents.selectors import list_proofs


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
    """A return as its page shows it.

    ``sums`` are the rows added up, column by column, "" where a row is silent and for rates; there are none without a
    total, or for viewers who may not see it. ``unposted`` are the reasons why amounts did not go into the ledger.
    """

    uuid: UUID
    programme: str
    title: str
    cut_off_on: date
    unit: Unit
    state: str
    submitted_at: datetime
    submitted_by: str
    because: str
    document: UUID | None
    file_name: str
    provenance: str
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
    standing = report.state == ReturnState.SUBMITTED
    return ReturnPage(
        uuid=report.uuid,
        programme=programme,
        title=report.title,
        cut_off_on=report.cut_off_on,
        unit=UNITS[report.unit],
        state=report.state,
        submitted_at=report.submitted_at,
        submitted_by=report.submitted_by,
        because=report.because,
        document=proof.document.uuid if proof else None,
        file_name=proof.label if proof else "",
        provenance=report.provenance,
        columns=columns,
        rows=tuple(_row_view(row, columns, findings) for row in rows),
        sums=_sums(stated_table(report, rows), columns),
        findings=findings,
        unposted=_unposted(viewer, report),
        may_withdraw=standing and may_submit(viewer, programme=programme, places=places),
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
