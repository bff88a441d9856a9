# SPDX-License-Identifier: Apache-2.0
"""The import of projects for the console and the import page, and the check that lines agree with the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import Importer, IntegrityCheck
from shanhai.planning.projects.selectors.imports import Progress, recognises
from shanhai.planning.projects.selectors.line_funds import lines_that_differ
from shanhai.planning.projects.services.imports import import_projects


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


class Lines(IntegrityCheck):
    """That the lines agree with the ledger."""

    key = "projects.lines"
    label = message(gettext_noop("资金安排与台账"))

    def run(self) -> tuple[str, ...]:
        """A sentence for each line that differs."""
        return lines_that_differ()


IMPORTER = Importer("projects", message(gettext_noop("项目表")), run, recognises, in_background=True)
