# SPDX-License-Identifier: Apache-2.0
"""What conduct offers the registries: the menu, names for the trail, what waits for whom, personal data, daily work."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from shanhai.base import formats
from shanhai.base.database.selectors import Things
from shanhai.kernel.actors import Actor, system
from shanhai.kernel.beats import Daily
from shanhai.kernel.clock import local_date
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import MOST_TODOS, MenuItem, PersonalData, Todo, TodoSource
from shanhai.team.conduct.leave.selectors import list_overdue, list_waiting
from shanhai.team.conduct.leave.services.leaves import erase_reasons, recount_provisional
from shanhai.team.conduct.models import Leave
from shanhai.team.conduct.permissions import LeavePermission

MENU = MenuItem("leave", message(gettext_noop("队务")), "leave:home", LeavePermission.ASK.value, order=57)
THINGS = Things(
    "conduct.leave",
    lambda viewer: Leave.objects.visible_to(viewer).select_related("person", "kind"),
    lambda one: f"{one.person.name} {formats.day(one.since)}",
    lambda one: reverse("leave:one", args=[one.uuid]),
)

_DECIDE = gettext_noop("%(name)s从 %(since)s 起请“%(kind)s” %(days)s 天，等您批准。")
_LATE = gettext_noop("%(name)s应在 %(day)s 回来，还没有销假。")
_MINE = gettext_noop("您应在 %(day)s 回来。已经回来请销假。")
_LEAVE = message(gettext_noop("请假"))


class Waiting(TodoSource):
    """Leaves to decide on, those that begin first first; who should be back and has not said so."""

    key = "conduct.leave"
    order = 15

    def find(self, *, viewer: Actor, programme: str | None, at: datetime) -> tuple[Todo, ...]:
        """The late ones first."""
        todos = []
        for one in list_overdue(viewer=viewer, programme=programme, on=local_date(at))[:MOST_TODOS]:
            day = one.until.isoformat()
            why = (
                message(_MINE, day=day)
                if one.person.is_actor(viewer)
                else message(_LATE, name=one.person.name, day=day)
            )
            url = reverse("leave:one", args=[one.uuid])
            todos.append(Todo(_LEAVE, why, url, "late", day, one.programme.code))
        for one in list_waiting(viewer=viewer, programme=programme)[:MOST_TODOS]:
            since = one.since.isoformat()
            why = message(_DECIDE, name=one.person.name, since=since, kind=formats.named(one.kind), days=one.days)
            url = reverse("leave:one", args=[one.uuid])
            todos.append(Todo(_LEAVE, why, url, due=since, programme=one.programme.code))
        return tuple(todos)


class Leaves(PersonalData):
    """Who is away, where to and why."""

    key = "conduct.Leave"
    fields = ("person", "where", "to_place", "reason", "altitude_m")
    purpose = message(gettext_noop("安排顶岗，知道谁不在、在哪里。"))
    keep_until = message(gettext_noop("去向和事由：假期结束满三年；姓名与人员登记同时抹去。"))

    def erase(self, *, by: Actor, at: datetime) -> int:
        """Erase where to and why of leaves that ended three years ago."""
        return erase_reasons(by=by, at=at)


class CountAndErase(Daily):
    """Leave of a year whose calendar is out now is counted again; what is past its date is erased."""

    key = "conduct.leave"
    label = message(gettext_noop("按新公布的节假日重计假期，删去到期的去向"))
    after = "03:40"

    def run(self, *, by: Actor, at: datetime) -> str:
        """Say of how many of each."""
        worker = system("worker", (LeavePermission.OFFICE.value,))
        return f"{recount_provisional(by=worker, at=at)} / {erase_reasons(by=worker, at=at)}"
