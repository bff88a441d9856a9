# SPDX-License-Identifier: Apache-2.0
"""Sending in a return, and withdrawing one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, NotVisible, Problem
from shanhai.kernel.imports import ImportReport, Remark, TableFile
from shanhai.kernel.messages import Message, gettext_noop
from shanhai.kernel.states import require_move
from shanhai.planning.programmes.core.selectors.programmes import get_programme, list_fund_sources
from shanhai.planning.returns import values
from shanhai.planning.returns.models import PROVENANCES, SUBJECT, Finding, Return, ReturnRow
from shanhai.planning.returns.permissions import require_submit, require_submit_somewhere
from shanhai.planning.returns.rules.sheet import COUNTIES, CountySheet
from shanhai.planning.returns.rules.verdicts import reconcile
from shanhai.planning.returns.selectors.files import read_return
from shanhai.planning.returns.selectors.returns import get_return
from shanhai.planning.returns.services.ledger import keep_in_step
from shanhai.planning.returns.states import FINDING_MOVES, RETURN_MOVES, FindingState, ReturnState
from shanhai.registers.documents.services import attach_proof, store_document
from shanhai.registers.documents.values import TABLES

NO_ANSWERS: Mapping[str, str] = {}


@transaction.atomic
def submit_return(
    *,
    by: Actor,
    at: datetime,
    programme: str,
    file: TableFile,
    answers: Mapping[str, str] = NO_ANSWERS,
    cut_off_on: date | None = None,
    title: str = "",
    fund_source: str = "",
    provenance: str = "",
    dry_run: bool = False,
) -> ImportReport:
    """Read a county table, reconcile it, store it with what was found, and bring the ledger in step.

    ``cut_off_on`` and ``title`` are taken from above the table when not given; ``fund_source`` may be left out where
    the programme has one. Findings never stop a return, blocking problems do; a file that was sent in before changes
    nothing. With ``dry_run`` nothing is stored at all. Raises NotVisible, NotAllowed, BadInput, and what reading a
    file raises (not a table, too large).
    """
    require_submit_somewhere(by, programme=programme)

    found = get_programme(viewer=by, code=programme, lock=not dry_run)
    before = Return.objects.submitted().filter(programme=found, document__sha256=_sha256(file.path)).first()

    sheet = read_return(viewer=by, at=at, programme=found, file=file, answers=answers, cut_off_on=cut_off_on)
    report = Return(programme=found, title=title.strip(), provenance=provenance)
    report.fund_source = _fund_source(by, programme, fund_source)
    findings = () if sheet.read.held else reconcile(sheet.table()).findings
    remarks = tuple(_remark(finding) for finding in findings)
    answer = sheet.read.completed(ImportReport(COUNTIES.key, len(sheet.rows), findings=remarks))
    if before is not None:
        page = before.get_absolute_url()
        return replace(answer, problems=(*answer.problems, _sent_before(before)), url=page, before=page)
    if sheet.read.held or dry_run:
        return answer

    _store_findings(_store(by, at, report, sheet, file), findings)
    reasons = keep_in_step(by=by, at=at, report=report, places=sorted(set(sheet.places.values())))
    facts = {"rows": len(sheet.rows), "findings": len(findings), "cut_off_on": report.cut_off_on.isoformat()}
    audit.record(by=by, at=at, action="returns.return.submitted", on=report.subject(), changes=facts)
    return replace(answer, findings=(*remarks, *map(Remark, reasons)), applied=True, url=report.get_absolute_url())


@transaction.atomic
def withdraw_return(*, by: Actor, at: datetime, uuid: UUID, because: str) -> Return:
    """Take a return back: it stays readable, but no figure and no entry of the ledger rests on it any longer.

    Where an earlier return of the year states the same counties, the ledger goes back to that one. Raises
    NotVisible, NotAllowed, IllegalMove when it was withdrawn before, BadInput.
    """
    report = get_return(viewer=by, uuid=uuid, lock=True)
    programme = report.programme.code
    rows = list(report.rows.order_by("position"))
    require_submit(by, programme=programme, places={row.place for row in rows})
    get_programme(viewer=by, code=programme, lock=True)

    require_move(RETURN_MOVES, ReturnState(report.state), ReturnState.WITHDRAWN)
    because = _checked_reason(because)

    old = report.state
    report.state, report.because = ReturnState.WITHDRAWN, because
    report.withdrawn_at, report.withdrawn_by = at, by.ref
    report.save(update_fields=["state", "because", "withdrawn_at", "withdrawn_by"])
    places = sorted({row.place for row in rows if not row.is_total})
    keep_in_step(by=by, at=at, report=report, places=places)
    changes = {"state": [old, report.state]}
    audit.record(by=by, at=at, action="returns.return.withdrawn", on=report.subject(), changes=changes, because=because)
    return report


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _remark(finding: values.Finding) -> Remark:
    facts = {
        "measure": finding.at.measure,
        "place": finding.at.label,
        "severity": finding.severity.value,
        "stated": finding.stated,
        "suggested": finding.suggested,
        "confidence": finding.confidence.value,
        "checks": str(len(finding.checks)),
    }
    return Remark(finding.message, facts)


def _sent_before(before: Return) -> Problem:
    text = gettext_noop("这份文件已经报过（%(title)s，截至 %(day)s），没有重复记录。要改数请先改表再报。")
    params = {"title": before.title, "day": before.cut_off_on.isoformat()}
    return Problem("returns.sent_before", Message(text, params), blocking=False)


def _fund_source(by: Actor, programme: str, wanted: str) -> str:
    known = [source.code for source in list_fund_sources(viewer=by, programme=programme)]
    if wanted and wanted not in known:
        raise BadInput(
            gettext_noop("没有登记资金来源“%(code)s”。可以选：%(known)s。"),
            "returns.fund_source_unknown",
            code=wanted[:40],
            known=tuple(known),
        )
    return wanted or (known[0] if len(known) == 1 else "")


@transaction.atomic
def explain_finding(*, by: Actor, at: datetime, uuid: UUID, because: str) -> Finding:
    """Explain a finding: why the number is right after all, or that it is wrong and a new return follows.

    The number stays as printed, and so does the finding beside it. Raises NotVisible, NotAllowed, BadInput.
    """
    rows = Finding.objects.visible_to(by).select_related("row__report__programme").select_for_update(of=("self",))
    found = rows.filter(uuid=uuid).first()
    if found is None:
        raise NotVisible(gettext_noop("没有找到这条核对意见。请从报表页重新进入。"), "returns.finding_not_found")
    programme = found.row.report.programme.code
    require_submit(by, programme=programme, places=[found.row.place])

    require_move(FINDING_MOVES, FindingState(found.state), FindingState.EXPLAINED)
    because = _checked_reason(because)

    old = found.state
    found.state, found.because = FindingState.EXPLAINED, because
    found.explained_at, found.explained_by = at, by.ref
    found.save(update_fields=["state", "because", "explained_at", "explained_by"])
    audit.record(
        by=by,
        at=at,
        action="returns.finding.explained",
        on=found.subject(),
        changes={"state": [old, FindingState.EXPLAINED.value], "measure": found.measure, "row": found.row.label},
        because=because,
    )
    return found


MOST = 2000


def _checked_reason(because: str) -> str:
    """The reason without spaces around it and signs that cannot be stored. Raises BadInput."""
    reason = because.replace("\x00", "").strip()
    if not reason:
        raise BadInput(gettext_noop("请写明理由。"), "returns.reason_missing")
    if len(reason) > MOST:
        raise BadInput(
            gettext_noop("理由有 %(count)s 个字，最多 %(most)s 个。"),
            "returns.reason_too_long",
            count=len(reason),
            most=MOST,
        )
    return reason


def _store(by: Actor, at: datetime, report: Return, sheet: CountySheet, file: TableFile) -> dict[str, ReturnRow]:
    """Store the file, the return with what the sheet says of it, and its rows, which are answered by label."""
    if report.provenance not in PROVENANCES:
        raise BadInput(gettext_noop("来历只能是 public、demo 或留空。"), "returns.provenance_unknown")
    if sheet.unit is None or sheet.cut_off_on is None:
        raise ValueError("a sheet without a unit or a day is blocked")

    recipient, codes = report.programme.recipient.code, set(sheet.places.values())
    report.place = codes.pop() if len(codes) == 1 and sheet.total is None else recipient
    with file.path.open("rb") as content:
        report.document = store_document(
            by=by,
            at=at,
            file=content,
            name=file.name,
            programme=report.programme.code,
            place=report.place,
            allowed=TABLES,
        )
    report.title = (report.title or sheet.title or file.name)[:200]
    report.cut_off_on, report.unit = sheet.cut_off_on, sheet.unit.key
    report.submitted_at, report.submitted_by = at, by.ref
    report.save()
    attach_proof(
        by=by,
        at=at,
        document=report.document,
        subject_type=SUBJECT,
        subject_id=report.uuid,
        label=file.name,
        programme=report.programme.code,
        place=report.place,
    )
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
            content=values.content_of(finding),
        )
        for position, finding in enumerate(findings, start=1)
    )
