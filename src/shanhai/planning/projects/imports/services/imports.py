# SPDX-License-Identifier: Apache-2.0
"""Taking over a table of projects: everything in it or nothing, and the same table twice changes nothing."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from django.db import transaction

from shanhai.base.accounts.selectors import names_by_ref
from shanhai.base.audit import services as audit
from shanhai.base.outbox import services as outbox
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local, local_date
from shanhai.kernel.imports import ImportReport, TableFile
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.registry import Progress
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.planning.programmes.plans.services.plans import make_yearly_plan
from shanhai.planning.projects.events import BATCH_IMPORTED
from shanhai.planning.projects.imports.rules.matching import Novel
from shanhai.planning.projects.imports.rules.whole_sheet import years_to_plan
from shanhai.planning.projects.imports.selectors.batches import lock_projects
from shanhai.planning.projects.imports.selectors.imports import QUIET, Checked, check_table
from shanhai.planning.projects.imports.services.batches import take_over
from shanhai.planning.projects.models import ImportBatch
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.registers.documents.services.proofs import attach_proof
from shanhai.registers.documents.services.storing import store_document
from shanhai.registers.documents.values import TABLES

NOTHING_NEW = message(gettext_noop("表里的内容库里都有，没有改动。"))
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
    Raises NotVisible, NotAllowed, and what opening the file raises.
    """
    by.require(ProjectPermission.IMPORT, programme=programme)

    if dry_run:
        # Nothing is locked for it: people go on working while a large table is looked at.
        today = local_date(at)
        return _report(
            check_table(viewer=by, programme=programme, file=file, answers=answers, today=today, progress=progress)
        )
    # The file is opened before anything is locked.
    len(file.sheets)
    return _apply(by, at, programme, file, answers, on_date or local_date(at), note, progress)


@transaction.atomic
def _apply(
    by: Actor,
    at: datetime,
    programme: str,
    file: TableFile,
    answers: Mapping[str, str],
    on: date,
    note: str,
    progress: Progress,
) -> ImportReport:
    found = get_programme(viewer=by, code=programme, lock=True)
    lock_projects(programme)
    looking = _part(progress, 0, 15)
    today = local_date(at)
    checked = check_table(viewer=by, programme=programme, file=file, answers=answers, today=today, progress=looking)

    report = _report(checked)
    if checked.blocked:
        return report
    if all(candidate.brings is Novel.UNCHANGED for candidate in checked.candidates):
        return replace(_imported_before(report, by, programme, file), applied=True)

    with file.path.open("rb") as content:
        document = store_document(by=by, at=at, file=content, name=file.name, programme=programme, allowed=TABLES)
    for year in years_to_plan(checked.candidates, checked.known):
        make_yearly_plan(by=by, at=at, programme=programme, year=year)
    undone = ImportBatch.objects.filter(programme=found, document_id=document.pk, undone_at__isnull=False).count()
    batch = ImportBatch.objects.create(
        programme=found,
        document_id=document.pk,
        source=f"{document.sha256}.{undone}" if undone else document.sha256,
        name=file.name[:200],
        by=by.ref,
        at=at,
        counts={},
    )
    posted = take_over(by=by, at=at, checked=checked, batch=batch, on=on, progress=_part(progress, 15, 100))
    batch.counts = {"rows": report.rows, **report.counts, "posted": posted}
    batch.save(update_fields=["counts"])
    attach_proof(
        by=by,
        at=at,
        document=document,
        subject_type="projects.import",
        subject_id=document.uuid,
        label=file.name,
        programme=programme,
    )
    _tell(by, at, batch, document.sha256, report, dict(answers), note)
    return replace(
        report,
        applied=True,
        posted=posted,
        document=str(document.uuid),
        batch=str(batch.uuid),
        url=_page(batch),
    )


def _tell(
    by: Actor,
    at: datetime,
    batch: ImportBatch,
    sha256: str,
    report: ImportReport,
    answers: Mapping[str, str],
    note: str,
) -> None:
    """The trail, with what the person decided, and the news."""
    asked = {question.key for question in report.questions}
    decided = {key: answer for key, answer in answers.items() if key in asked}
    changes = {**batch.counts, "batch": str(batch.uuid), "sha256": sha256, "name": batch.name}
    audit.record(
        by=by,
        at=at,
        action=BATCH_IMPORTED,
        subject_type="projects.import",
        subject_id=batch.document.uuid,
        programme=batch.programme.code,
        changes={**changes, "totals": dict(report.totals), **({"answers": decided} if decided else {})},
        because=note,
    )
    news = {
        "programme": batch.programme.code,
        "document": str(batch.document.uuid),
        "batch": str(batch.uuid),
        **batch.counts,
    }
    outbox.publish(by=by, at=at, name=BATCH_IMPORTED, payload=news)


def _part(progress: Progress, low: int, high: int) -> Progress:
    """``progress`` in percent, of a part that begins at ``low`` and ends at ``high`` percent of the whole."""
    return lambda done, total: progress(low + (high - low) * done // max(total, 1), 100)


def _imported_before(report: ImportReport, by: Actor, programme: str, file: TableFile) -> ImportReport:
    """Who was first, when this very file has been taken over."""
    with file.path.open("rb") as content:
        sha256 = hashlib.file_digest(content, "sha256").hexdigest()
    same = ImportBatch.objects.filter(programme__code=programme, document__sha256=sha256, undone_at=None)
    batch = same.order_by("-pk").first()
    if batch is None:
        return replace(report, note=NOTHING_NEW)
    text = gettext_noop("这份表已经由 %(name)s 在 %(at)s 导入过，这次没有改动。")
    name = names_by_ref(viewer=by, refs=[batch.by]).get(batch.by, batch.by)
    note: Message = message(text, name=name, at=f"{local(batch.at):%Y-%m-%d %H:%M}")
    return replace(report, note=note, batch=str(batch.uuid), url=_page(batch))


def _page(batch: ImportBatch) -> str:
    return f"/projects/imports/{batch.uuid}/"


def _report(checked: Checked) -> ImportReport:
    table, brings = checked.table, Counter(candidate.brings for candidate in checked.candidates)
    brings[Novel.UNCHANGED] += checked.bare
    return ImportReport(
        "projects",
        checked.rows,
        {item.value: brings[item] for item in Novel},
        table.problems,
        tuple(table.questions),
        totals=checked.totals,
        url=f"/projects/?programme={checked.known.programme}",
        marks=table.marks,
    )
