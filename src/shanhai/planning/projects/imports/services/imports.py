# SPDX-License-Identifier: Apache-2.0
"""Taking over a table of projects: everything in it or nothing, and the same table twice changes nothing."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from shanhai.base.accounts.permissions import Permission
from shanhai.base.accounts.selectors import names_by_ref
from shanhai.base.audit import services as audit
from shanhai.base.outbox import services as outbox
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local, local_date
from shanhai.kernel.errors import Problem
from shanhai.kernel.messages import gettext_noop, message
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.planning.programmes.plans.services.plans import make_yearly_plan
from shanhai.planning.projects.events import BATCH_IMPORTED
from shanhai.planning.projects.imports.rules.matching import Novel
from shanhai.planning.projects.imports.rules.whole_sheet import years_to_plan
from shanhai.planning.projects.imports.selectors.batches import lock_projects
from shanhai.planning.projects.imports.selectors.imports import Checked, Progress, check_table
from shanhai.planning.projects.imports.services.batches import QUIET, take_over
from shanhai.planning.projects.models import ImportBatch
from shanhai.registers.documents.services.proofs import attach_proof
from shanhai.registers.documents.services.storing import store_document
from shanhai.registers.documents.values import TABLES

NOTHING_NEW = message(gettext_noop("表里的内容库里都有，没有改动。"))
COUNTS = ("rows", "new", "changed", "unchanged", "posted")


def import_projects(
    *,
    by: Actor,
    at: datetime,
    programme: str,
    path: Path,
    name: str = "",
    dry_run: bool = False,
    on_date: date | None = None,
    note: str = "",
    progress: Progress = QUIET,
) -> dict[str, Any]:
    """Take over the table at ``path``, one row a project, or with ``dry_run`` only say what it would change.

    ``name`` is the name the file came with; money is posted on ``on_date``, the day of ``at`` when not given;
    ``progress`` is told how far it is. Answers the report: kind, rows, new, changed, unchanged, problems, totals (in
    fen), posted, applied, note, url, what is needed to mark the sheet (tab, header_row, columns), and once it is stored
    document and batch. With a problem that stops it
    nothing is stored. Raises NotVisible, NotAllowed, and what reading the file raises.
    """
    by.require(Permission.PROJECT_IMPORT, programme=programme)

    name = name or path.name
    if dry_run:
        # Nothing is locked for it: people go on working while a large table is looked at.
        today = local_date(at)
        return _report(
            check_table(viewer=by, programme=programme, path=path, name=name, today=today, progress=progress)
        )
    return _apply(by, at, programme, path, name, on_date or local_date(at), note, progress)


@transaction.atomic
def _apply(
    by: Actor, at: datetime, programme: str, path: Path, name: str, on: date, note: str, progress: Progress
) -> dict[str, Any]:
    found = get_programme(viewer=by, code=programme, lock=True)
    lock_projects(programme)
    looking = _part(progress, 0, 15)
    checked = check_table(viewer=by, programme=programme, path=path, name=name, today=local_date(at), progress=looking)

    report = _report(checked)
    if checked.blocked:
        return report
    if all(candidate.brings is Novel.UNCHANGED for candidate in checked.candidates):
        return {**report, "applied": True, **_imported_before(by, programme, path)}

    with path.open("rb") as file:
        document = store_document(by=by, at=at, file=file, name=name, programme=programme, allowed=TABLES)
    for year in years_to_plan(checked.candidates, checked.known):
        make_yearly_plan(by=by, at=at, programme=programme, year=year)
    undone = ImportBatch.objects.filter(programme=found, document_id=document.pk, undone_at__isnull=False).count()
    batch = ImportBatch.objects.create(
        programme=found,
        document_id=document.pk,
        source=f"{document.sha256}.{undone}" if undone else document.sha256,
        name=name[:200],
        by=by.ref,
        at=at,
        counts={},
    )
    posted = take_over(by=by, at=at, checked=checked, batch=batch, on=on, progress=_part(progress, 15, 100))
    report = {**report, "applied": True, "posted": posted, "document": str(document.uuid), "batch": str(batch.uuid)}
    report["url"] = _page(batch)
    batch.counts = {key: report[key] for key in COUNTS}
    batch.save(update_fields=["counts"])
    attach_proof(
        by=by,
        at=at,
        document=document,
        subject_type="projects.import",
        subject_id=document.uuid,
        label=name,
        programme=programme,
    )
    changes = {**batch.counts, "batch": str(batch.uuid), "sha256": document.sha256, "name": name}
    audit.record(
        by=by,
        at=at,
        action=BATCH_IMPORTED,
        subject_type="projects.import",
        subject_id=document.uuid,
        programme=programme,
        changes={**changes, "totals": report["totals"]},
        because=note,
    )
    news = {"programme": programme, "document": str(document.uuid), "batch": str(batch.uuid), **batch.counts}
    outbox.publish(by=by, at=at, name=BATCH_IMPORTED, payload=news)
    return report


def _part(progress: Progress, low: int, high: int) -> Progress:
    """``progress`` in percent, of a part that begins at ``low`` and ends at ``high`` percent of the whole."""
    return lambda done, total: progress(low + (high - low) * done // max(total, 1), 100)


def _imported_before(by: Actor, programme: str, path: Path) -> dict[str, Any]:
    """Who was first, when this very file has been taken over."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    same = ImportBatch.objects.filter(programme__code=programme, document__sha256=sha256, undone_at=None)
    batch = same.order_by("-pk").first()
    if batch is None:
        return {"note": NOTHING_NEW}
    text = gettext_noop("这份表已经由 %(name)s 在 %(at)s 导入过，这次没有改动。")
    name = names_by_ref(viewer=by, refs=[batch.by]).get(batch.by, batch.by)
    note = message(text, name=name, at=f"{local(batch.at):%Y-%m-%d %H:%M}")
    return {"note": note, "batch": str(batch.uuid), "url": _page(batch)}


def _page(batch: ImportBatch) -> str:
    return f"/projects/imports/{batch.uuid}/"


def _report(checked: Checked) -> dict[str, Any]:
    brings = Counter(candidate.brings for candidate in checked.candidates)
    names = ("amount", "arrived", "allotted", "paid", "total_investment", "completed_investment")
    totals = {
        f"{name}_fen": sum(row.values[name].fen for row in checked.sheet.rows if name in row.values) for name in names
    }
    return {
        "kind": "projects",
        "rows": len(checked.sheet.rows),
        **{item.value: brings[item] for item in Novel},
        "problems": [_plain(problem) for problem in checked.problems],
        "totals": {"currency": checked.known.currency, **totals},
        "posted": 0,
        "applied": False,
        "note": "",
        "url": f"/projects/?programme={checked.known.programme}",
        "tab": checked.tab,
        "header_row": checked.sheet.header.last if checked.sheet.header else None,
        "columns": {column.header: column.index for column in checked.sheet.columns.by_field.values()},
    }


def _plain(problem: Problem) -> dict[str, Any]:
    return {
        "row": problem.row,
        "column": problem.column,
        "where": problem.where,
        "code": problem.code,
        "message": problem.message,
        "blocking": problem.blocking,
    }
