# SPDX-License-Identifier: Apache-2.0
"""Reading work groups and who belongs to them."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Count, Q

from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.planning.programmes.models import WorkGroup
from shanhai.planning.programmes.states import TaskState


def list_groups(*, viewer: Actor, programme: str, retired: bool = False) -> list[WorkGroup]:
    """The work groups of a programme in the order they were made, each with its members and ``open_tasks``.

    Those that were retired are left out unless asked for. Two queries. Raises NotVisible.
    """
    rows = get_programme(viewer=viewer, code=programme).groups.prefetch_related("members")
    rows = rows if retired else rows.filter(retired_on=None)
    return list(rows.annotate(open_tasks=Count("tasks", filter=Q(tasks__state=TaskState.OPEN))).order_by("pk"))


def own_groups(*, viewer: Actor, programme: str) -> list[WorkGroup]:
    """The groups of a programme that the viewer belongs to. Raises NotVisible."""
    rows = get_programme(viewer=viewer, code=programme).groups.filter(members__ref=viewer.ref, retired_on=None)
    return list(rows.order_by("pk"))


def get_group(*, viewer: Actor, uuid: UUID, programme: str | None = None) -> WorkGroup:
    """A work group with its programme and members; of ``programme`` where that is given. Raises NotVisible."""
    rows = WorkGroup.objects.visible_to(viewer).select_related("programme").prefetch_related("members")
    rows = rows if programme is None else rows.filter(programme__code=programme)
    found = rows.filter(uuid=uuid).first()
    if found is None:
        raise NotVisible(gettext_noop("没有找到这个工作组。请从计划页重新进入。"))
    return found
