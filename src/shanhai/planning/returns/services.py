# SPDX-License-Identifier: Apache-2.0
"""Sending returns in, withdrawing them, explaining findings, and keeping the ledger in step with them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.base.database.selectors import row_of
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, Problem, Refused, checked_reason
from shanhai.kernel.figures import Strength
from shanhai.kernel.imports import ImportReport, Remark, TableFile
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.kernel.plain import to_plain
from shanhai.kernel.states import require_move
from shanhai.planning.programmes.core.selectors.programmes import get_programme, list_fund_sources
from shanhai.planning.programmes.money import services as chain
from shanhai.planning.programmes.plans.selectors import list_yearly_plans
from shanhai.planning.programmes.values import Step, StepKind
from shanhai.planning.projects.shares.selectors.portfolio import lines_in
from shanhai.planning.returns import values
from shanhai.planning.returns.models import PROVENANCES, SUBJECT, Finding, Return, ReturnRow
from shanhai.planning.returns.permissions import (
    ReturnPermission,
    keeping_accounts,
    require_submit,
    require_submit_somewhere,
)
from shanhai.planning.returns.rules.figures import POSTED, Alignment, alignment, amounts_of, subject_of
from shanhai.planning.returns.rules.sheet import COUNTIES, CountySheet
from shanhai.planning.returns.rules.verdicts import reconcile
from shanhai.planning.returns.selectors import NO_SOURCE, get_return, read_return
from shanhai.planning.returns.states import FINDING_MOVES, RETURN_MOVES, FindingState, ReturnState
from shanhai.registers.documents.selectors import hash_of
from shanhai.registers.documents.services import attach_proof, store_document
from shanhai.registers.documents.values import TABLES
from shanhai.registers.ledger.selectors.balances import totals_by_subject
from shanhai.registers.ledger.selectors.postings import list_postings
from shanhai.registers.ledger.services import entries as ledger
from shanhai.registers.ledger.values import AccountKind, Source

MOST = 2000
NO_REASON = gettext_noop("请写明理由。")


@transaction.atomic
def submit_return(
    *,
    by: Actor,
    at: datetime,
    programme: str,
    file: TableFile,
    answers: Mapping[str, str],
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
    before = Return.objects.submitted().filter(programme=found, document__sha256=hash_of(file.path)).first()

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
    reasons = _keep_in_step(by=by, at=at, report=report, places=sorted(set(sheet.places.values())))
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
    because = checked_reason(because, NO_REASON, "returns", most=MOST)

    old = report.state
    report.state, report.because = ReturnState.WITHDRAWN, because
    report.withdrawn_at, report.withdrawn_by = at, by.ref
    report.save(update_fields=["state", "because", "withdrawn_at", "withdrawn_by"])
    places = sorted({row.place for row in rows if not row.is_total})
    _keep_in_step(by=by, at=at, report=report, places=places)
    changes = {"state": [old, report.state]}
    audit.record(by=by, at=at, action="returns.return.withdrawn", on=report.subject(), changes=changes, because=because)
    return report


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
        text = gettext_noop("没有登记资金来源“%(code)s”。可以选：%(known)s。")
        raise BadInput(text, "returns.fund_source_unknown", field="fund_source", code=wanted[:40], known=tuple(known))
    return wanted or (known[0] if len(known) == 1 else "")


@transaction.atomic
def explain_finding(*, by: Actor, at: datetime, uuid: UUID, because: str) -> Finding:
    """Explain a finding: why the number is right after all, or that it is wrong and a new return follows.

    The number stays as printed, and so does the finding beside it. Raises NotVisible, NotAllowed, BadInput.
    """
    rows = Finding.objects.visible_to(by).select_related("row__report__programme")
    missing = gettext_noop("没有找到这条核对意见。请从报表页重新进入。")
    found = row_of(rows, uuid, missing, "returns.finding_not_found", lock=True)
    require_submit(by, programme=found.row.report.programme.code, places=[found.row.place])

    require_move(FINDING_MOVES, FindingState(found.state), FindingState.EXPLAINED)
    because = checked_reason(because, NO_REASON, "returns", most=MOST)

    old = found.state
    found.state, found.because = FindingState.EXPLAINED, because
    found.explained_at, found.explained_by = at, by.ref
    found.save(update_fields=["state", "because", "explained_at", "explained_by"])
    changes = {"state": [old, FindingState.EXPLAINED.value], "measure": found.measure, "row": found.row.label}
    audit.record(by=by, at=at, action="returns.finding.explained", on=found.subject(), changes=changes, because=because)
    return found


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
    stored = ReturnRow.objects.bulk_create(
        ReturnRow(
            report=report,
            label=line.label,
            place=sheet.places.get(line.label, recipient),
            is_total=line is sheet.total,
            position=position,
            stated={key: cell.text for key, cell in line.cells.items()},
        )
        for position, line in enumerate(sheet.table().lines, start=1)
    )
    return {row.label: row for row in stored}


def _store_findings(rows: Mapping[str, ReturnRow], findings: Iterable[values.Finding]) -> None:
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


KINDS = dict(
    zip(POSTED, (AccountKind.ISSUED, AccountKind.ARRIVED, AccountKind.ALLOTTED, AccountKind.PAID), strict=True)
)
STEPS = dict(zip(POSTED, (StepKind.ISSUE, StepKind.ARRIVE, StepKind.ALLOT, StepKind.PAY), strict=True))
# Four amounts a return, and rarely more than a return a month; a correction adds as many again.
_MOST_POSTINGS = 10_000


class _Change(NamedTuple):
    """What is to be done for one county: ``row`` is its newest line, None when the last return was withdrawn."""

    place: str
    row: ReturnRow | None
    alignment: Alignment


@transaction.atomic
def _keep_in_step(*, by: Actor, at: datetime, report: Return, places: Collection[str]) -> tuple[Message, ...]:
    """Bring the ledger to what the newest returns of the year state of ``places``, because ``report`` came or went.

    Only growth is posted; where an amount shrank, the county's entries of the year are reversed and posted anew. Either
    all of it happens or none. Keeps with ``report``, and answers, why amounts did not go into the ledger. The caller
    has asked for the permission to submit.
    """
    keeper = keeping_accounts(by, programme=report.programme.code, places=places)
    changes, reasons = _changes(keeper, report, places)
    try:
        with transaction.atomic():
            _take_back(keeper, at, report, [change for change in changes if change.alignment.take_back])
            _post(by, at, report, changes)
    except Refused as error:
        reasons.append(("", error.message))
    report.unposted = [{"place": place, "message": to_plain(reason)} for place, reason in reasons]
    report.save(update_fields=["unposted"])
    return tuple(reason for _, reason in reasons)


def _changes(keeper: Actor, report: Return, places: Collection[str]) -> tuple[list[_Change], list[tuple[str, Message]]]:
    programme, year = report.programme.code, report.cut_off_on.year
    subjects = {place: subject_of(place, report.cut_off_on) for place in places}
    totals = totals_by_subject(viewer=keeper, programme=programme, subjects=subjects.values())
    rows = ReturnRow.objects.filter(report__programme=report.programme_id, is_total=False, place__in=places)
    # Of several the last one stays.
    newest = {row.place: row for row in reversed(rows.newest_first(year))}
    # Where projects are registered with money of that year's plan.
    lines = lines_in(viewer=keeper, programme=programme, year=year)
    kept = set(lines.values_list("project__place__code", flat=True))
    planned_here = _plan_has_amounts(keeper, programme, year)
    changes, reasons = [], []
    for place in sorted(places):
        row = newest.get(place)
        if place in kept:
            text = gettext_noop("%(label)s在这里有项目台账，资金以项目台账为准，报表的数只作核对。")
            reasons.append((place, message(text, label=row.label if row else place)))
            continue
        try:
            stated = amounts_of(row.numbers, row.unit) if row else {}
        except Refused as error:
            reasons.append((place, error.message))
            continue
        if planned_here:
            stated.pop("planned", None)
        stands = {key: totals.get((subjects[place], kind), Money(0)) for key, kind in KINDS.items()}
        change = _Change(place, row, alignment(stands, stated))
        if change.alignment.post and row and not row.report.fund_source:
            reasons.append((place, message(NO_SOURCE)))
        elif change.alignment.post or change.alignment.take_back:
            changes.append(change)
    return changes, reasons


def _plan_has_amounts(viewer: Actor, programme: str, year: int) -> bool:
    """Whether the year's plan was issued with amounts: then a county's planned investment would count twice."""
    plans = list_yearly_plans(viewer=viewer, programme=programme, amounts=True)
    return any(plan.year == year and plan.issued_on and plan.amounts.all() for plan in plans)


def _take_back(keeper: Actor, at: datetime, report: Return, changes: Iterable[_Change]) -> None:
    """Reverse all that stands of these counties, the last station first, so that no account is overdrawn on the way."""
    for change in changes:
        subject = subject_of(change.place, report.cut_off_on)
        _, rows = list_postings(
            viewer=keeper, programme=report.programme.code, subject=subject, offset=0, limit=_MOST_POSTINGS
        )
        standing = [row for row in rows if not row.is_reversal and not row.is_reversed]
        standing.sort(key=lambda row: -list(KINDS.values()).index(row.kind))
        for row in {row.entry: row for row in standing}.values():
            ledger.reverse_entry(
                by=keeper,
                at=at,
                entry=row.entry,
                because=gettext_noop("县级报表更正，按新的累计数重记。"),
                on_date=_effective(change, report, row.on_date),
            )


def _effective(change: _Change, report: Return, *days: date) -> date:
    """The day on which the change happens: never before what it changes, so that earlier days keep their sums."""
    stated_on = [change.row.report.cut_off_on] if change.row else []
    return max(report.cut_off_on, *stated_on, *days)


def _post(by: Actor, at: datetime, report: Return, changes: Collection[_Change]) -> None:
    for measure in POSTED:
        for change in changes:
            amount = change.alignment.post.get(measure)
            if amount is None or change.row is None:
                continue
            step = Step(
                STEPS[measure],
                programme=report.programme.code,
                fund_source=change.row.report.fund_source,
                amount=amount,
                on_date=_effective(change, report),
                source=_source(change.row, report, measure),
                subject=subject_of(change.place, report.cut_off_on),
                place=change.place,
                strength=Strength.FORM,
                memo=change.row.report.title,
            )
            chain.take_step(by=by, at=at, under=ReturnPermission.SUBMIT, step=step)


def _source(row: ReturnRow, report: Return, measure: str) -> Source:
    """The cell; a return that stands again because a later one was withdrawn posts from the cell a second time."""
    cell = f"{row.report.uuid}:{row.place}:{measure}"
    return Source("returns.cell", cell if row.report_id == report.pk else f"{cell}:{report.uuid}")
