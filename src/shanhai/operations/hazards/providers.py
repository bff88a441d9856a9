# SPDX-License-Identifier: Apache-2.0
"""What hazards offer the registries: names for the trail, personal data, what waits for whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shanhai.base.database.selectors import Things, in_programme
from shanhai.kernel.actors import Actor
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.registry import MOST_TODOS, PersonalData, Todo, TodoSource
from shanhai.operations.hazards.labels import LEVELS
from shanhai.operations.hazards.models import Alert, HazardSite, Incident, MonitoringPoint, Patrol, ThresholdSet
from shanhai.operations.hazards.permissions import HazardPermission
from shanhai.operations.hazards.states import PatrolState, ThresholdState
from shanhai.operations.hazards.values import Level

THINGS = (
    Things("hazards.hazardsite", HazardSite.objects.visible_to, texts=("name", "code"), by="code"),
    Things(
        "hazards.monitoringpoint",
        lambda viewer: MonitoringPoint.objects.visible_to(viewer).select_related("site"),
        lambda one: f"{one.site.name} · {one.name}",
        texts=("name", "site__name"),
    ),
    Things(
        "hazards.thresholdset",
        lambda viewer: ThresholdSet.objects.visible_to(viewer).select_related("site"),
        lambda one: f"{one.site.name} v{one.version}",
        texts=("site__name",),
    ),
    Things(
        "hazards.incident",
        lambda viewer: Incident.objects.visible_to(viewer).select_related("site"),
        lambda one: one.site.name,
        texts=("site__name",),
    ),
    Things("hazards.alert", Alert.objects.visible_to, lambda one: one.headline, texts=("headline",), by="identifier"),
    Things(
        "hazards.patrol",
        lambda viewer: Patrol.objects.visible_to(viewer).select_related("site"),
        lambda one: one.site.name,
        texts=("site__name",),
    ),
)


_AS_LONG = message(gettext_noop("与人员登记同时抹去。"))


@dataclass(frozen=True)
class Pointer(PersonalData):
    """What names a person by reference alone: once the register has erased them, the reference says nothing."""

    key: str
    purpose: Message
    fields: tuple[str, ...] = ("person",)
    keep_until: Message = _AS_LONG

    def erase(self, *, by: Actor, at: datetime) -> int:
        """Nothing is left to erase beside the register."""
        return 0


PERSONAL_DATA = (
    Pointer("hazards.ChainLink", message(gettext_noop("隐患点出事时知道先后找谁。"))),
    Pointer("hazards.Call", message(gettext_noop("知道预警谁收到了、谁还没有回应。"))),
    Pointer("hazards.Patrol", message(gettext_noop("知道谁去巡查。"))),
)

_DECIDE = gettext_noop("建议%(level)s，等会商决定。")
_LATE = gettext_noop("巡查过了时限，还没有结果。")
_PATROL = gettext_noop("请安排巡查，并记下看到的情况。")
_APPROVE = gettext_noop("新的阈值等您审批。")


class Waiting(TodoSource):
    """Proposals that wait for a decision, patrols that are to be made, thresholds that wait for approval."""

    key = "hazards.waiting"
    order = 5

    def find(self, *, viewer: Actor, programme: str | None, at: datetime) -> tuple[Todo, ...]:
        """The highest level first."""
        return (
            *_proposals(viewer, programme),
            *_patrols(viewer, programme, at),
            *_drafts(viewer, programme),
        )[:MOST_TODOS]


def _proposals(viewer: Actor, programme: str | None) -> list[Todo]:
    here = in_programme(programme, "site__programme")
    found = Incident.objects.visible_to(viewer, HazardPermission.CONFIRM).filter(here, proposed__isnull=False)
    return [
        Todo(
            one.site.name,
            message(_DECIDE, level=message(LEVELS[Level(one.proposed or 0)][1])),
            "/hazards/",
            "late",
            programme=one.site.programme.code,
        )
        for one in found.select_related("site__programme").order_by("-proposed", "pk")[:MOST_TODOS]
    ]


def _patrols(viewer: Actor, programme: str | None, at: datetime) -> list[Todo]:
    here = in_programme(programme, "site__programme")
    found = Patrol.objects.visible_to(viewer, HazardPermission.DUTY).filter(here, state=PatrolState.OPEN)
    return [
        Todo(
            one.site.name,
            message(_LATE if one.due_at < at else _PATROL),
            "/hazards/",
            "late" if one.due_at < at else "wait",
            programme=one.site.programme.code,
        )
        for one in found.select_related("site__programme").order_by("due_at", "pk")[:MOST_TODOS]
    ]


def _drafts(viewer: Actor, programme: str | None) -> list[Todo]:
    here = in_programme(programme, "site__programme")
    found = ThresholdSet.objects.visible_to(viewer, HazardPermission.CONFIRM).filter(here, state=ThresholdState.DRAFT)
    return [
        Todo(one.site.name, message(_APPROVE), "/hazards/", programme=one.site.programme.code)
        for one in found.exclude(drafted_by=viewer.ref).select_related("site__programme").order_by("pk")[:MOST_TODOS]
    ]
