# SPDX-License-Identifier: Apache-2.0
"""The import of projects for the console and the import page, and undoing a large batch in the background."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from shanhai.base.database.selectors import Things
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput
from shanhai.kernel.imports import ImportReport, TableFile
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import Importer, JobKind, JobOutcome, Progress
from shanhai.planning.imports.models import ImportBatch
from shanhai.planning.imports.selectors import get_batch, import_template
from shanhai.planning.imports.services import JOB, import_projects, undo_batch
from shanhai.planning.projects.labels.tables import PROJECTS
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.registers.tables.rules import cells
from shanhai.registers.tables.rules.reading import is_of

THINGS = Things(
    "projects.batch", ImportBatch.objects.visible_to, url=lambda one: f"/projects/imports/{one.uuid}/", texts=("name",)
)


class Projects(Importer):
    """Tables of projects."""

    key = "projects"
    label = message(gettext_noop("项目表"))
    permissions = frozenset({ProjectPermission.IMPORT.value})
    options = frozenset({"programme", "cut_off", "note"})
    in_background = True

    def write_template(self, *, viewer: Actor, programme: str) -> bytes:
        """Raises NotVisible for a programme the viewer does not see."""
        return import_template(viewer=viewer, programme=programme)

    def recognises(self, file: TableFile) -> bool:
        """Whether a sheet has a header with names of projects and codes or amounts; a county table has not."""
        return is_of(PROJECTS, file)

    def run(
        self,
        *,
        file: TableFile,
        options: Mapping[str, str],
        answers: Mapping[str, str],
        by: Actor,
        at: datetime,
        dry_run: bool,
        progress: Progress,
    ) -> ImportReport:
        """Options: ``programme`` (its code; required), ``cut_off`` (the day the money stands for), ``note``.

        Raises BadInput, and as ``import_projects`` does.
        """
        if not options.get("programme"):
            text = gettext_noop("没有说明是哪个对口支援项目的表。请加上 --programme 和它的代码。")
            raise BadInput(text, "projects.programme_not_named")
        day = options.get("cut_off")
        return import_projects(
            by=by,
            at=at,
            programme=options["programme"],
            file=file,
            answers=answers,
            dry_run=dry_run,
            on_date=cells.day(day) if day else None,
            note=options.get("note", ""),
            progress=progress,
        )


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
