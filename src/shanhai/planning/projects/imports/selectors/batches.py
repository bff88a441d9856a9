# SPDX-License-Identifier: Apache-2.0
"""The tables that were imported into a programme."""

from __future__ import annotations

from uuid import UUID

from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop
from shanhai.planning.projects.models import AllocationLine, ImportBatch, Project


class BatchNotVisible(NotVisible):
    """There is no such batch, or the viewer does not import into its programme."""

    code = "projects.batch_not_found"


def get_batch(*, viewer: Actor, uuid: UUID) -> ImportBatch:
    """A batch with its programme and document. Raises BatchNotVisible."""
    rows = ImportBatch.objects.visible_to(viewer).select_related("programme", "document")
    found = rows.filter(uuid=uuid).first()
    if found is None:
        raise BatchNotVisible(gettext_noop("没有找到这一批导入，或者您的岗位看不到它。"))
    return found


def list_batches(*, viewer: Actor, programme: str, limit: int = 50) -> tuple[ImportBatch, ...]:
    """The latest batches of a programme, newest first. One query."""
    rows = ImportBatch.objects.visible_to(viewer).filter(programme__code=programme)
    return tuple(rows.order_by("-at", "-pk")[:limit])


def lock_projects(programme: str) -> None:
    """Keep the programme's projects and lines as they are: they are compared before they are written."""
    for rows in (
        Project.objects.filter(programme__code=programme),
        AllocationLine.objects.filter(project__programme__code=programme),
    ):
        list(rows.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
