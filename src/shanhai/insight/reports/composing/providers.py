# SPDX-License-Identifier: Apache-2.0
"""What bulletins put on the desk: the line of the menu, what waits to be written or judged, hits of the search box."""

from __future__ import annotations

from datetime import datetime

from shanhai.base.database.selectors import Things
from shanhai.insight.reports.composing.selectors.bulletins import altered_bulletins, find_bulletins, list_waiting
from shanhai.insight.reports.models import Bulletin
from shanhai.insight.reports.permissions import ReportsPermission
from shanhai.insight.reports.states import BulletinState
from shanhai.kernel.actors import Actor
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import MOST_TODOS, IntegrityCheck, MenuItem, SearchHit, SearchSource, Todo, TodoSource

MENU = MenuItem("bulletins", message(gettext_noop("报告")), "bulletins:list", ReportsPermission.VIEW.value, order=52)
THINGS = Things(
    Bulletin.subject_type,
    Bulletin.objects.visible_to,
    lambda one: one.title,
    lambda one: f"/bulletins/{one.uuid}/",
    ("title",),
)
WHY = {
    BulletinState.DRAFT: message(gettext_noop("还是草稿。写完请送审。")),
    BulletinState.RETURNED: message(gettext_noop("审签人已退回。请按意见修改后再送审。")),
    BulletinState.SUBMITTED: message(gettext_noop("已送审，等您审核或审签。")),
    BulletinState.CHECKED: message(gettext_noop("已审核，等您审签。")),
    BulletinState.APPROVED: message(gettext_noop("已批准。请定稿。")),
}


class WaitingBulletins(TodoSource):
    """Bulletins that wait for the viewer, the longest waiting first."""

    key = "bulletin.waiting"
    order = 45

    def find(self, *, viewer: Actor, programme: str | None, at: datetime) -> tuple[Todo, ...]:
        """Those to write, to judge, to freeze. One query."""
        return tuple(
            Todo(one.title, WHY[BulletinState(one.state)], f"/bulletins/{one.uuid}/", programme=one.programme.code)
            for one in list_waiting(viewer=viewer, programme=programme)[:MOST_TODOS]
        )


class Bulletins(SearchSource):
    """Bulletins by their titles."""

    key = "bulletins"
    order = 45

    def find(self, *, viewer: Actor, text: str, limit: int) -> tuple[SearchHit, ...]:
        """By every word."""
        found = find_bulletins(viewer=viewer, text=text, limit=limit)
        return tuple(SearchHit(one.title, MENU.label, f"/bulletins/{one.uuid}/") for one in found)


class Frozen(IntegrityCheck):
    """Frozen bulletins are what they were frozen as."""

    key = "reports.frozen"
    label = message(gettext_noop("定稿的报告没有被改动"))

    def run(self) -> tuple[str, ...]:
        """The titles of those that were altered."""
        return altered_bulletins()
