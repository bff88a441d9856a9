# SPDX-License-Identifier: Apache-2.0
"""Taking over a table of projects: everything in it or nothing, and the same table twice changes nothing."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from shanhai.base.accounts.permissions import Permission
from shanhai.base.audit import services as audit
from shanhai.base.outbox import services as outbox
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import Problem
from shanhai.kernel.messages import gettext_noop, message
from shanhai.planning.programmes.selectors.programmes import get_programme
from shanhai.planning.programmes.services.plans import make_yearly_plan
from shanhai.planning.projects.events import BATCH_IMPORTED
from shanhai.planning.projects.models import AllocationLine, Project
from shanhai.planning.projects.rules.matching import Novel
from shanhai.planning.projects.rules.whole_sheet import years_to_plan
from shanhai.planning.projects.selectors.imports import Checked, check_table
from shanhai.planning.projects.services.batches import take_over
from shanhai.registers.documents.services.proofs import attach_proof
from shanhai.registers.documents.services.storing import store_document
from shanhai.registers.documents.values import TABLES

NOTHING_NEW = message(gettext_noop("表里的内容库里都有，没有改动。"))


@transaction.atomic
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
) -> dict[str, Any]:
    """Take over the table at ``path``, one row a project, or with ``dry_run`` only say what it would change.

    ``name`` is the name the file came with; money is posted on ``on_date``, the day of ``at`` when not given. Answers
    the report: kind, rows, new, changed, unchanged, problems, totals (in fen), posted, applied, note, url. With a
    problem that stops it nothing is stored. Raises NotVisible, NotAllowed, and what reading the file raises.
    """
    by.require(Permission.PROJECT_IMPORT, programme=programme)

    get_programme(viewer=by, code=programme, lock=True)
    _lock(programme)
    name, on = name or path.name, on_date or local_date(at)
    checked = check_table(viewer=by, programme=programme, path=path, name=name, today=local_date(at))

    report = _report(checked)
    if dry_run or checked.blocked:
        return report
    if all(candidate.brings is Novel.UNCHANGED for candidate in checked.candidates):
        return {**report, "applied": True, "note": NOTHING_NEW}

    with path.open("rb") as file:
        document = store_document(by=by, at=at, file=file, name=name, programme=programme, allowed=TABLES)
    for year in years_to_plan(checked.candidates, checked.known):
        make_yearly_plan(by=by, at=at, programme=programme, year=year)
    posted = take_over(by=by, at=at, checked=checked, sha256=document.sha256, name=name, on=on)
    attach_proof(
        by=by,
        at=at,
        document=document,
        subject_type="projects.import",
        subject_id=document.uuid,
        label=name,
        programme=programme,
    )
    report = {**report, "applied": True, "posted": posted, "document": str(document.uuid)}
    counts = {key: report[key] for key in ("rows", "new", "changed", "unchanged", "posted")}
    audit.record(
        by=by,
        at=at,
        action=BATCH_IMPORTED,
        subject_type="projects.import",
        subject_id=document.uuid,
        programme=programme,
        changes={**counts, "sha256": document.sha256, "name": name, "totals": report["totals"]},
        because=note,
    )
    news = {"programme": programme, "document": str(document.uuid), **counts}
    outbox.publish(by=by, at=at, name=BATCH_IMPORTED, payload=news)
    return report


def _lock(programme: str) -> None:
    # The rows are compared before they are written: nobody may move or fund them in between.
    for rows in (
        Project.objects.filter(programme__code=programme),
        AllocationLine.objects.filter(project__programme__code=programme),
    ):
        list(rows.select_for_update(of=("self",)).order_by("pk").values_list("pk"))


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
