# SPDX-License-Identifier: Apache-2.0
"""Writing a return that was read and reconciled: its file, its rows, its findings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import transaction

from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop
from shanhai.planning.returns.models import PROVENANCES, SUBJECT, Finding, Return, ReturnRow
from shanhai.planning.returns.rules.sheet import CountySheet
from shanhai.planning.returns.values import findings as values
from shanhai.planning.returns.values.findings import content_of
from shanhai.registers.documents.services import attach_proof, store_document
from shanhai.registers.documents.values import TABLES

if TYPE_CHECKING:
    from shanhai.planning.programmes.models import Programme


@dataclass(frozen=True, slots=True)
class Given:
    """What the sender said beside the file."""

    title: str
    fund_source: str
    provenance: str


@transaction.atomic
def store_report(
    *,
    by: Actor,
    at: datetime,
    programme: Programme,
    sheet: CountySheet,
    findings: tuple[values.Finding, ...],
    file: Path,
    name: str,
    given: Given,
) -> Return:
    """Store the file, the return and its rows and findings; the caller has asked for the permission to submit.

    Raises BadInput, NotAllowed, and what ``store_document`` raises.
    """
    if given.provenance not in PROVENANCES:
        raise BadInput(gettext_noop("来历只能是 public、demo 或留空。"), "returns.provenance_unknown")
    if sheet.unit is None or sheet.cut_off_on is None:
        raise ValueError("a sheet without a unit or a day is blocked")

    codes = set(sheet.places.values())
    place = codes.pop() if len(codes) == 1 and sheet.total is None else programme.recipient.code
    with file.open("rb") as content:
        document = store_document(
            by=by, at=at, file=content, name=name, programme=programme.code, place=place, allowed=TABLES
        )
    report = Return.objects.create(
        programme=programme,
        place=place,
        title=(given.title or sheet.title or name)[:200],
        cut_off_on=sheet.cut_off_on,
        document=document,
        unit=sheet.unit.key,
        submitted_at=at,
        submitted_by=by.ref,
        fund_source=given.fund_source,
        provenance=given.provenance,
    )
    _store_findings(_store_rows(report, sheet, programme.recipient.code), findings)
    attach_proof(
        by=by,
        at=at,
        document=document,
        subject_type=SUBJECT,
        subject_id=report.uuid,
        label=name,
        programme=programme.code,
        place=place,
    )
    return report


def _store_rows(report: Return, sheet: CountySheet, recipient: str) -> dict[str, ReturnRow]:
    lines = [*sheet.rows, *([sheet.total] if sheet.total else [])]
    rows = ReturnRow.objects.bulk_create(
        ReturnRow(
            report=report,
            label=line.label,
            place=sheet.places.get(line.label, recipient),
            is_total=line is sheet.total,
            position=position,
            stated={key: cell.text for key, cell in line.cells.items()},
        )
        for position, line in enumerate(lines, start=1)
    )
    return {row.label: row for row in rows}


def _store_findings(rows: dict[str, ReturnRow], findings: Iterable[values.Finding]) -> None:
    Finding.objects.bulk_create(
        Finding(
            row=rows[finding.at.label],
            position=position,
            kind=finding.kind,
            measure=finding.at.measure,
            severity=finding.severity,
            confidence=finding.confidence,
            stated=finding.stated,
            suggested=finding.suggested,
            content=content_of(finding),
        )
        for position, finding in enumerate(findings, start=1)
    )
