# SPDX-License-Identifier: Apache-2.0
"""What hand-overs put on the desk: the line of the menu, and what waits before a batch may leave."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext

from shanhai.base.accounts.permissions import Permission
from shanhai.base.database.selectors import Things
from shanhai.base.formats import named
from shanhai.kernel.actors import Actor
from shanhai.kernel.beats import Daily
from shanhai.kernel.clock import local_date
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import MOST_TODOS, MenuItem, Todo, TodoSource
from shanhai.planning.handovers.models import BatchHandover, HandoverItem
from shanhai.planning.handovers.permissions import KEEPER
from shanhai.planning.handovers.selectors.packs import list_own_items, list_waiting
from shanhai.planning.handovers.services import keep_all_fresh

THINGS = (
    Things(
        "handovers.batchhandover",
        lambda viewer: BatchHandover.objects.visible_to(viewer).select_related("programme", "batch"),
        lambda one: f"{named(one.programme)} · {gettext('第 %(number)s 批') % {'number': one.batch.number}}",
        lambda one: f"/handovers/{one.uuid}/",
    ),
    Things(
        "handovers.handoveritem",
        lambda viewer: HandoverItem.objects.visible_to(viewer).select_related("handover"),
        url=lambda one: f"/handovers/{one.handover.uuid}/",
        texts=("label",),
    ),
)

# What leaves within a month is urgent.
SOON = timedelta(days=30)
MANAGED = gettext_noop("离任前还有 %(number)s 项未办，%(day)s 离任。请催办，或由指挥长写明理由放行。")
READY = gettext_noop("没有未办的事项，%(day)s 离任。请准予离任。")

MENU = MenuItem("handovers", message(gettext_noop("交接")), "handovers:list", Permission.PROGRAMME_VIEW.value, order=70)


class KeepFresh(Daily):
    """Every open list as it is in the morning; who opens one sees it as it is then."""

    key = "handovers.refresh"
    label = message(gettext_noop("更新交接清单"))
    after = "04:30"

    def run(self, *, by: Actor, at: datetime) -> str:
        """Bring them up to date, and say how many have changed."""
        return str(keep_all_fresh(by=KEEPER, at=at))


class BeforeLeaving(TodoSource):
    """Hand-overs that the viewer manages, then the viewer's own open items."""

    key = "handovers.items"
    order = 40

    def find(self, *, viewer: Actor, programme: str | None, at: datetime) -> tuple[Todo, ...]:
        """What has to be done before a batch may leave."""
        soon = local_date(at) + SOON
        todos = []
        for row, counts in list_waiting(viewer=viewer, programme=programme)[:MOST_TODOS]:
            left, day = counts.open, row.due_on.isoformat()
            why = message(MANAGED, number=left, day=day) if left else message(READY, day=day)
            status = "late" if left and row.due_on <= soon else "wait"
            label = gettext("第 %(number)s 批离任交接") % {"number": row.batch.number}
            todos.append(Todo(label, why, f"/handovers/{row.uuid}/", status, day, row.programme.code))
        for item in list_own_items(viewer=viewer, programme=programme, limit=MOST_TODOS):
            why, handover = message(item.next_step), item.handover
            status, day = "late" if handover.due_on <= soon else "wait", handover.due_on.isoformat()
            todos.append(Todo(item.label, why, f"/handovers/{handover.uuid}/", status, day, handover.programme.code))
        return tuple(todos)
