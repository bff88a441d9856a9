# SPDX-License-Identifier: Apache-2.0
"""Taking over a table of projects, and undoing it: everything or nothing; the same table twice changes nothing."""

from __future__ import annotations

import gc
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from shanhai.base.accounts.selectors import names_by_ref
from shanhai.base.audit import services as audit
from shanhai.base.audit.selectors import latest_act
from shanhai.base.database.services import insert_many
from shanhai.base.outbox import services as outbox
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local, local_date
from shanhai.kernel.errors import Conflict, checked_reason
from shanhai.kernel.imports import ImportReport, TableFile
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.kernel.registry import Progress
from shanhai.kernel.subjects import Subject
from shanhai.planning.imports.events import BATCH_IMPORTED, BATCH_UNDONE
from shanhai.planning.imports.models import ImportBatch, ImportedRow
from shanhai.planning.imports.rules.whole_table import moved_money, years_to_plan
from shanhai.planning.imports.selectors import QUIET, Checked, check_table, get_batch
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.programmes.plans.services.plans import make_yearly_plan, take_back_plans
from shanhai.planning.projects.bulk.selectors import ready_rows
from shanhai.planning.projects.bulk.services.taking_back import take_back
from shanhai.planning.projects.bulk.services.taking_over import lock_projects, take_over
from shanhai.planning.projects.bulk.values import Novel, Origin, Ready, Taken
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.projects.values import STATIONS
from shanhai.registers.documents.selectors import hash_of
from shanhai.registers.documents.services import attach_proof, store_document
from shanhai.registers.documents.values import TABLES

# The kind of job that undoes a large batch.
JOB = "projects.undo_batch"
NOTHING_NEW = message(gettext_noop("表里的内容库里都有，没有改动。"))
# As many projects as a person looks through before confirming.
SHOWN = 100
_BRACKET = re.compile(r"[（(].*?[）)]")
_NO_ANSWERS: Mapping[str, str] = {}


def import_projects(
    *,
    by: Actor,
    at: datetime,
    programme: str,
    file: TableFile,
    answers: Mapping[str, str] = _NO_ANSWERS,
    dry_run: bool = False,
    on_date: date | None = None,
    note: str = "",
    progress: Progress = QUIET,
) -> ImportReport:
    """Take over the table, one row an allocation line, or with ``dry_run`` only say what it would change.

    Money is posted on ``on_date``, the day of ``at`` when not given; ``answers`` are what the person decided, by
    question; ``progress`` is told how far it is. With a problem that stops it or an open question nothing is stored.
    Whoever may import only in some counties imports the rows of these. Raises NotVisible, NotAllowed, and what opening
    the file raises.
    """
    if not by.may_somewhere(ProjectPermission.IMPORT, programme=programme):
        by.require(ProjectPermission.IMPORT, programme=programme)

    today, looking = local_date(at), _part(progress, 0, 30)
    if dry_run:
        # Nothing is locked for it: people go on working while a large table is looked at.
        return _report(
            check_table(viewer=by, programme=programme, file=file, answers=answers, today=today, progress=progress),
            ahead=True,
        )
    tries = 3
    while True:
        # Read, compared and made ready while others go on writing; anew when the programme has changed meanwhile.
        tries -= 1
        last = latest_act(programmes=[programme])
        checked = check_table(viewer=by, programme=programme, file=file, answers=answers, today=today, progress=looking)
        ready = ready_rows(rows=checked.rows)
        with _uncollected(), transaction.atomic():
            lock_projects(by=by, at=at, programme=programme)
            if latest_act(programmes=[programme]) != last:
                if tries:
                    continue
                checked = check_table(viewer=by, programme=programme, file=file, answers=answers, today=today)
                ready = ready_rows(rows=checked.rows)
            report = _report(checked)
            if checked.table.held:
                return report
            if not ready:
                return replace(_imported_before(report, by, programme, file), applied=True)
            return _write(by, at, file, checked, ready, answers, on_date or today, note, _part(progress, 30, 100))


@contextmanager
def _uncollected() -> Iterator[None]:
    """What is there by now, the whole table, the collector of garbage passes over while others wait to write.

    It goes on collecting what comes after, whoever makes it in this process.
    """
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _write(
    by: Actor,
    at: datetime,
    file: TableFile,
    checked: Checked,
    ready: Sequence[Ready],
    answers: Mapping[str, str],
    on: date,
    note: str,
    progress: Progress,
) -> ImportReport:
    report, programme = _report(checked), checked.ground.stored.programme
    place = by.files_under(ProjectPermission.IMPORT, programme=programme)
    with file.path.open("rb") as content:
        document = store_document(
            by=by, at=at, file=content, name=file.name, programme=programme, place=place, allowed=TABLES
        )
    years = years_to_plan(checked.rows, checked.ground)
    plans = [str(make_yearly_plan(by=by, at=at, programme=programme, year=year).uuid) for year in years]
    found = get_programme(viewer=by, code=programme)
    undone = ImportBatch.objects.filter(programme=found, document_id=document.pk, undone_at__isnull=False).count()
    batch = ImportBatch.objects.create(
        programme=found,
        document_id=document.pk,
        source=f"{document.sha256}.{undone}" if undone else document.sha256,
        name=file.name[:200],
        by=by.ref,
        at=at,
        counts={},
        plans=plans,
    )
    posted, taken = take_over(
        by=by,
        at=at,
        rows=ready,
        stored=checked.ground.stored,
        origin=Origin(
            batch.source_of, lambda row: f"{batch.name} · {checked.table.number_of(row)}", f"导入：{batch.name}"
        ),
        on=on,
        progress=progress,
    )
    insert_many(ImportedRow, ("batch_id", *Taken._fields), ((batch.pk, *row) for row in taken))
    batch.counts = {"rows": report.rows, **report.counts, "posted": posted}
    batch.save(update_fields=["counts"])
    _tell(by, at, batch, place, report, answers, note)
    return replace(
        report, applied=True, posted=posted, document=str(document.uuid), batch=str(batch.uuid), url=_page(batch)
    )


def _tell(
    by: Actor,
    at: datetime,
    batch: ImportBatch,
    place: str,
    report: ImportReport,
    answers: Mapping[str, str],
    note: str,
) -> None:
    """The file as proof, the trail, with what the person decided, and the news."""
    document, programme = batch.document, batch.programme.code
    on = Subject("projects.import", document.uuid, programme, place)
    attach_proof(
        by=by,
        at=at,
        document=document,
        subject_type=on.type,
        subject_id=document.uuid,
        label=batch.name,
        programme=programme,
        place=place,
    )
    asked = {question.key for question in report.questions}
    decided = {key: answer for key, answer in answers.items() if key in asked}
    facts = {**batch.counts, "batch": str(batch.uuid), "sha256": document.sha256, "name": batch.name}
    audit.record(
        by=by,
        at=at,
        action=BATCH_IMPORTED,
        on=on,
        changes={**facts, "totals": dict(report.totals), **({"answers": decided} if decided else {})},
        because=note,
    )
    news = {"programme": programme, "document": str(document.uuid), "batch": str(batch.uuid), **batch.counts}
    outbox.publish(by=by, at=at, name=BATCH_IMPORTED, payload=news)


def _part(progress: Progress, low: int, high: int) -> Progress:
    """``progress`` in percent, of a part that begins at ``low`` and ends at ``high`` percent of the whole."""
    return lambda done, total: progress(low + (high - low) * done // max(total, 1), 100)


def _imported_before(report: ImportReport, by: Actor, programme: str, file: TableFile) -> ImportReport:
    """Who was first, when this very file has been taken over."""
    same = ImportBatch.objects.filter(programme__code=programme, document__sha256=hash_of(file.path), undone_at=None)
    batch = same.order_by("-pk").first()
    if batch is None:
        return replace(report, note=NOTHING_NEW)
    text = gettext_noop("这份表已经由 %(name)s 在 %(at)s 导入过，这次没有改动。")
    name = names_by_ref(viewer=by, refs=[batch.by]).get(batch.by, batch.by)
    note: Message = message(text, name=name, at=f"{local(batch.at):%Y-%m-%d %H:%M}")
    return replace(report, note=note, batch=str(batch.uuid), url=_page(batch))


def _page(batch: ImportBatch) -> str:
    return f"/projects/imports/{batch.uuid}/"


def _told(checked: Checked) -> tuple[Message, ...]:
    """The unit of each amount, as it was understood, and what would be posted, by kind."""
    currency = checked.ground.stored.currency
    columns = [one for part in checked.table.parts.values() for one in part.columns.by_field.values()]
    read = dict.fromkeys((_BRACKET.sub("", one.header), one.unit) for one in columns)
    of_one = gettext_noop("“%(column)s”%(unit)s")
    units = message(
        gettext_noop("金额单位：%(read)s。"),
        read=tuple(message(of_one, column=column, unit=message(unit.symbol)) for column, unit in read if unit),
    )
    due = dict.fromkeys(STATIONS, 0)
    for row in checked.rows:
        for name, (old, new) in moved_money(row).items():
            due[name] += new - old
    if not any(due.values()):
        return (units, message(gettext_noop("不记账：到位、核拨、支付都和账上一样。")))
    text = gettext_noop("将记账：到位 %(arrived)s，核拨 %(allotted)s，支付 %(paid)s。")
    return (units, message(text, **{name: Money(fen, currency) for name, fen in due.items()}))


def _acts(checked: Checked) -> tuple[Mapping[str, Any], ...]:
    """What becomes of the first projects that the table makes or changes, as the trail will have it."""
    rows = [row for row in checked.rows if row.brings is not Novel.UNCHANGED][:SHOWN]
    found = []
    for one in ready_rows(rows=rows):
        row, moved = one.stated, {f"{name}_fen": pair for name, pair in moved_money(one.stated).items()}
        stage, line = row.standing.stage.value, row.line.plain
        made = {"place": row.facts.place, "stage": stage, "line": line} if row.known is None else one.changes
        found.append({"name": f"{row.facts.code} {row.facts.name}", "new": row.known is None, "changes": made | moved})
    return tuple(found)


def _report(checked: Checked, *, ahead: bool = False) -> ImportReport:
    """What a table brings; ``ahead`` of taking it over also what that would do."""
    table, brings = checked.table, Counter(row.brings for row in checked.rows)
    brings[Novel.UNCHANGED] += checked.bare
    return ImportReport(
        "projects",
        checked.count,
        {item.value: brings[item] for item in Novel},
        table.problems,
        tuple(table.questions),
        totals=checked.totals,
        url=f"/projects/?programme={checked.ground.stored.programme}",
        marks=table.marks,
        told=_told(checked) if ahead else (),
        acts=_acts(checked) if ahead else (),
    )


@transaction.atomic
def undo_batch(*, by: Actor, at: datetime, batch: UUID, because: str) -> dict[str, int]:
    """Undo a batch and answer how many projects were deleted and how many restored; all of it or nothing.

    A yearly plan that the import made goes with it, once nothing stands on it. Raises NotVisible, NotAllowed, BadInput
    without a reason, Conflict when it is undone already, BuiltUpon.
    """
    found = get_batch(viewer=by, uuid=batch)
    programme = found.programme.code
    lock_projects(by=by, at=at, programme=programme)
    found.refresh_from_db(fields=["undone_at"])
    because = checked_reason(because, gettext_noop("请写明为什么撤销这一批。"), "projects")
    if found.undone_at is not None:
        raise Conflict(gettext_noop("这一批已经撤销过了，不用再撤。"), "projects.batch_already_undone")
    rows = [Taken(*row) for row in found.rows.order_by("row").values_list(*Taken._fields)]
    origin = Origin(found.source_of, str, because)
    counts = take_back(by=by, at=at, programme=programme, rows=rows, taken_at=found.at, origin=origin)
    found.undone_by, found.undone_at, found.undone_because = by.ref, at, because
    found.save(update_fields=["undone_by", "undone_at", "undone_because"])
    # Also those that an earlier batch had made, which the lines of this one have kept until now.
    undone = ImportBatch.objects.filter(programme=found.programme, undone_at__isnull=False).exclude(plans=[])
    made = [UUID(plan) for plans in undone.values_list("plans", flat=True) for plan in plans]
    lent = by.lent(ProgrammePermission.MANAGE, programme=programme, place=None)
    take_back_plans(by=lent, at=at, plans=made, because=because)
    audit.record(by=by, at=at, action=BATCH_UNDONE, on=found.subject(), changes=counts, because=because)
    outbox.publish(
        by=by, at=at, name=BATCH_UNDONE, payload={"programme": programme, "batch": str(found.uuid), **counts}
    )
    return counts
