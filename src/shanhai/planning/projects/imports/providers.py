# SPDX-License-Identifier: Apache-2.0
"""The import of projects for the console and the import page, and undoing a large batch in the background."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import Importer, JobKind, JobOutcome
from shanhai.planning.projects.imports.selectors.batches import get_batch
from shanhai.planning.projects.imports.selectors.imports import Progress, recognises
from shanhai.planning.projects.imports.services.imports import import_projects
from shanhai.planning.projects.imports.services.undoing import JOB, undo_batch


class ProgrammeNotNamed(BadInput):
    """The importer was not told which programme the projects belong to."""

    code = "projects.programme_not_named"


class DayNotUnderstood(BadInput):
    """The option ``cut_off`` is not a day."""

    code = "projects.day_not_understood"


def run(
    path: Path,
    options: Mapping[str, Any],
    by: Actor,
    at: datetime,
    dry_run: bool,
    progress: Progress = lambda done, total: None,
) -> dict[str, Any]:
    """Import a table of projects; the report's messages are kernel messages, which print as text.

    Options: ``programme`` (its code; required), ``cut_off`` (the day the money stands for, 2026-03-01), ``name`` (what
    the file was called), ``note``. Raises ProgrammeNotNamed, DayNotUnderstood, and as ``import_projects`` does.
    """
    programme = str(options.get("programme") or "")
    if not programme:
        raise ProgrammeNotNamed(gettext_noop("没有说明是哪个对口支援项目的表。请加上 --programme 和它的代码。"))
    day = options.get("cut_off")
    return import_projects(
        by=by,
        at=at,
        programme=programme,
        path=path,
        name=str(options.get("name") or ""),
        dry_run=dry_run,
        on_date=_day(str(day)) if day else None,
        note=str(options.get("note") or ""),
        progress=progress,
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise DayNotUnderstood(gettext_noop("“%(text)s”不是日期。请写成 2026-03-01。"), text=text[:40]) from None


IMPORTER = Importer("projects", message(gettext_noop("项目表")), run, recognises, in_background=True)


class Undoing(JobKind):
    """Undoing one batch."""

    key = JOB
    label = message(gettext_noop("撤销导入"))

    def run(
        self, *, arguments: Mapping[str, Any], job: UUID, by: Actor, at: datetime, progress: Progress
    ) -> JobOutcome:
        """Undo it; one that a killed worker had undone already is left at that. Raises as ``undo_batch`` does."""
        uuid = UUID(arguments["batch"])
        if get_batch(viewer=by, uuid=uuid).undone_at is None:
            undo_batch(by=by, at=at, batch=uuid, because=arguments["because"])
        return JobOutcome(f"/projects/imports/{uuid}/")
