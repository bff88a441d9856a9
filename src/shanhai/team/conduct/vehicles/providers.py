# SPDX-License-Identifier: Apache-2.0
"""What vehicles offer the registries: names for the trail, what waits for whom, personal data."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from shanhai.base import formats
from shanhai.base.database.selectors import Things
from shanhai.kernel.actors import Actor
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.registry import MOST_TODOS, MenuItem, Todo, TodoSource
from shanhai.registers.people.values import Pointer
from shanhai.team.conduct.models import Vehicle, VehicleUse
from shanhai.team.conduct.permissions import VehiclePermission
from shanhai.team.conduct.vehicles.selectors import list_asked, list_doubted, list_late, list_to_hand_out

# Of who has no leave to ask for: the desk.
MENU = MenuItem("vehicles", message(gettext_noop("用车")), "vehicles:home", VehiclePermission.DISPATCH.value, order=58)
THINGS = (
    Things(
        "conduct.vehicle",
        Vehicle.objects.visible_to,
        url=lambda one: reverse("vehicles:vehicle", args=[one.uuid]),
        texts=("plate",),
    ),
    Things(
        "conduct.vehicleuse",
        lambda viewer: VehicleUse.objects.visible_to(viewer).select_related("secondment__person"),
        lambda one: f"{one.destination} {formats.day(one.since.date())}",
        lambda one: reverse("vehicles:use", args=[one.uuid]),
        ("destination",),
    ),
)
PERSONAL_DATA = (
    Pointer("conduct.VehicleUse", message(gettext_noop("知道车在谁手里，由谁来开。")), ("secondment", "driver")),
)

_GIVE = gettext_noop("%(name)s %(moment)s 用车，等派车。")
_OUT = gettext_noop("%(name)s %(moment)s 用车，到时出车。")
_LATE = gettext_noop("%(plate)s 应在 %(moment)s 还，还没有还。")
_EXPLAIN = gettext_noop("%(plate)s 这一趟要说明。")


class Waiting(TodoSource):
    """Cars that are not back, uses that wait for a car or for its clock to be read, drives to explain. Four queries."""

    key = "conduct.vehicles"
    order = 16

    def find(self, *, viewer: Actor, programme: str | None, at: datetime) -> tuple[Todo, ...]:
        """The late ones first."""
        if not any(viewer.may_somewhere(one, programme=programme) for one in VehiclePermission):
            return ()
        todos = [
            _todo(one, message(_LATE, plate=_plate(one), moment=formats.moment(one.until)), "late")
            for one in list_late(viewer=viewer, programme=programme, at=at)[:MOST_TODOS]
        ]
        for text, rows in (
            (_GIVE, list_asked(viewer=viewer, programme=programme)),
            (_OUT, list_to_hand_out(viewer=viewer, programme=programme, at=at)),
        ):
            todos += [
                _todo(one, message(text, name=one.secondment.person.name, moment=formats.moment(one.since)))
                for one in rows[:MOST_TODOS]
            ]
        todos += [
            _todo(one, message(_EXPLAIN, plate=_plate(one)))
            for one in list_doubted(viewer=viewer, programme=programme)[:MOST_TODOS]
        ]
        return tuple(todos)


def _plate(use: VehicleUse) -> str:
    return use.vehicle.plate if use.vehicle else ""


def _todo(use: VehicleUse, why: Message, status: str = "wait") -> Todo:
    url = reverse("vehicles:use", args=[use.uuid])
    return Todo(use.destination, why, url, status, formats.day(use.since.date()), use.programme.code)
