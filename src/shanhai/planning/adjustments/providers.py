# SPDX-License-Identifier: Apache-2.0
"""What adjustments put on the desk: the line of the menu, and what waits for the viewer."""

from __future__ import annotations

from datetime import datetime

from shanhai.base.database.selectors import Things
from shanhai.kernel.actors import Actor
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import MOST_TODOS, MenuItem, Todo, TodoSource
from shanhai.planning.adjustments.models import Adjustment
from shanhai.planning.adjustments.selectors.adjustments import list_waiting
from shanhai.planning.adjustments.states import State
from shanhai.planning.projects.permissions import ProjectPermission

THINGS = Things(
    "adjustments.adjustment",
    lambda viewer: Adjustment.objects.visible_to(viewer).select_related("programme", "project"),
    lambda one: f"{one.kind_name} · {one.code} {one.name}",
    lambda one: f"/adjustments/{one.uuid}/",
    ("project__code", "project__former_codes", "project__name"),
)

MENU = MenuItem(
    "adjustments", message(gettext_noop("调整")), "adjustments:list", ProjectPermission.VIEW.value, order=35
)
WHY = {
    State.SUBMITTED: message(gettext_noop("有一份调整等您审批。")),
    State.RETURNED: message(gettext_noop("您提的调整退回来了，请改好再报，或撤回。")),
    State.DRAFT: message(gettext_noop("您的调整还没有报送。")),
    State.APPROVED: message(gettext_noop("调整已批准，请执行。")),
}


class WaitingAdjustments(TodoSource):
    """Adjustments the viewer is the one to act on, the oldest first."""

    key = "adjustments.waiting"
    order = 15

    def find(self, *, viewer: Actor, programme: str | None, at: datetime) -> tuple[Todo, ...]:
        """Adjustments to send, to judge, to mend or to carry out."""
        found = list_waiting(viewer=viewer, programme=programme, limit=MOST_TODOS)
        return tuple(
            Todo(
                f"{row.code} {row.name}",
                WHY[State(row.state)],
                f"/adjustments/{row.uuid}/",
                programme=row.programme.code,
            )
            for row in found
        )
