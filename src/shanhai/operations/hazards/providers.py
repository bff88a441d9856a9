# SPDX-License-Identifier: Apache-2.0
"""What hazards offer the registries: names for the trail, personal data, what waits for whom."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.urls import reverse

from shanhai.base import formats
from shanhai.base.database.selectors import Things, holding, in_programme
from shanhai.kernel.actors import Actor, Scope
from shanhai.kernel.clock import local_date
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.news import NewsSource
from shanhai.kernel.registry import (
    MOST_TODOS,
    JobKind,
    JobOutcome,
    MenuItem,
    Progress,
    SearchHit,
    SearchSource,
    Todo,
    TodoSource,
)
from shanhai.operations.hazards.calls.selectors.calls import own, unanswered, waiting_for
from shanhai.operations.hazards.criteria.rules.replay import Episode
from shanhai.operations.hazards.desk.selectors import states_in
from shanhai.operations.hazards.incidents.selectors.lists import list_incidents
from shanhai.operations.hazards.labels import INCIDENT_STATES, LEVELS
from shanhai.operations.hazards.models import (
    Alert,
    DutyHandover,
    HazardSite,
    Incident,
    MonitoringPoint,
    Patrol,
    ThresholdSet,
)
from shanhai.operations.hazards.models.sites import seen
from shanhai.operations.hazards.permissions import HazardPermission
from shanhai.operations.hazards.sites.rules.sheet import SHEET
from shanhai.operations.hazards.sites.services.sheets import import_hazard_sites
from shanhai.operations.hazards.sites.services.thresholds import try_thresholds
from shanhai.operations.hazards.sites.values import TRIAL, SiteRow
from shanhai.operations.hazards.states import IN_FORCE, HandoverState, IncidentState, PatrolState, ThresholdState
from shanhai.operations.hazards.values import NEWS, Level
from shanhai.registers.people.values import Pointer
from shanhai.registers.tables.selectors.registers import Register

MENU = MenuItem("hazards", message(gettext_noop("防灾")), "hazards:desk", HazardPermission.VIEW.value, order=60)
IMPORTER = Register(
    SHEET,
    SiteRow,
    import_hazard_sites,
    permission=HazardPermission.MANAGE.value,
    options=frozenset({"crs", "programme"}),
    then=(message(gettext_noop("下一步：给每个隐患点加监测点，写责任链，定阈值。")), "hazards:sites"),
)
THINGS = (
    Things(
        "hazards.hazardsite",
        HazardSite.objects.visible_to,
        url=lambda one: reverse("hazards:site", args=[one.code]),
        texts=("name", "code"),
        by="code",
    ),
    Things(
        "hazards.monitoringpoint",
        lambda viewer: MonitoringPoint.objects.visible_to(viewer).select_related("site"),
        lambda one: f"{one.site.name} · {one.name}",
        lambda one: reverse("hazards:point", args=[one.uuid]),
        ("name", "site__name"),
    ),
    Things(
        "hazards.thresholdset",
        lambda viewer: ThresholdSet.objects.visible_to(viewer).select_related("site"),
        lambda one: f"{one.site.name} v{one.version}",
        lambda one: reverse("hazards:thresholds-one", args=[one.uuid]),
        ("site__name",),
    ),
    Things(
        "hazards.incident",
        lambda viewer: Incident.objects.visible_to(viewer).select_related("site"),
        lambda one: one.site.name,
        lambda one: f"/hazards/incidents/{one.uuid}/",
        ("site__name",),
    ),
    Things(
        "hazards.alert",
        Alert.objects.visible_to,
        lambda one: one.headline,
        lambda one: f"/alerts/{one.identifier}/",
        ("headline",),
        by="identifier",
    ),
    Things(
        "hazards.patrol",
        lambda viewer: Patrol.objects.visible_to(viewer).select_related("site"),
        lambda one: one.site.name,
        lambda one: f"/hazards/patrols/{one.uuid}/",
        ("site__name", "task"),
    ),
    Things(
        "hazards.dutyhandover",
        DutyHandover.objects.visible_to,
        lambda one: local_date(one.at).isoformat(),
        lambda one: f"/hazards/handover/{one.uuid}/",
    ),
)


class Found(SearchSource):
    """Sites by what their list is searched for."""

    key = "hazards"
    order = 56

    def find(self, *, viewer: Actor, text: str, limit: int) -> tuple[SearchHit, ...]:
        """By name and code."""
        found = HazardSite.objects.visible_to(viewer).filter(holding(text, "name", "code")).order_by("name", "pk")
        return tuple(SearchHit(one.name, MENU.label, reverse("hazards:site", args=[one.code])) for one in found[:limit])


PERSONAL_DATA = (
    Pointer("hazards.ChainLink", message(gettext_noop("隐患点出事时知道先后找谁。"))),
    Pointer("hazards.Call", message(gettext_noop("知道预警谁收到了、谁还没有回应。"))),
    Pointer("hazards.Patrol", message(gettext_noop("知道谁去巡查。"))),
)

_DECIDE = gettext_noop("建议%(level)s，等会商决定。")
_DECIDE_DRILL = gettext_noop("演练：建议%(level)s，等会商决定。")
_STANDS = gettext_noop("%(level)s预警生效中。情况缓解后，请会商解除。")
_STANDS_DRILL = gettext_noop("演练：%(level)s预警生效中。演练完了，请会商解除。")
_ENDED = gettext_noop("%(level)s预警的有效期已过。请会商：续发、调整或解除。")
_SILENT = gettext_noop("有人没有回应，后面没有人可找了。请另想办法找到人，把回应记下来。")
_SILENT_DRILL = gettext_noop("演练：有人没有回应，后面没有人可找了。请另想办法找到人，把回应记下来。")
_LATE = gettext_noop("巡查过了时限，还没有结果。")
_PATROL = gettext_noop("请安排巡查，并记下看到的情况。")
_APPROVE = gettext_noop("新的阈值等您审批。")
_SHIFT = gettext_noop("防灾交接班")
_TAKE = gettext_noop("上一班已交班，等您接班。")


class Incidents(SearchSource):
    """What was done about sites, by the name or code of the site."""

    key = "hazards.incidents"
    order = 57

    def find(self, *, viewer: Actor, text: str, limit: int) -> tuple[SearchHit, ...]:
        """The open ones, then the latest."""
        found = []
        for one in list_incidents(viewer=viewer, text=text)[:limit]:
            kind = message(_EXERCISE if one.exercise else _INCIDENT)
            label = f"{one.site.name} {formats.day(local_date(one.opened_at))}"
            found.append(SearchHit(label, kind, f"/hazards/incidents/{one.uuid}/"))
        return tuple(found)


_INCIDENT, _EXERCISE = gettext_noop("险情"), gettext_noop("演练")


class Waiting(TodoSource):
    """What waits for whom.

    Proposals and levels in force for who decides, calls that nobody is left to answer, patrols that are to be made,
    shifts to be taken, thresholds to be approved. The highest level comes first.
    """

    key = "hazards.waiting"
    order = 5

    def find(self, *, viewer: Actor, programme: str | None, at: datetime) -> tuple[Todo, ...]:
        """The highest level first."""
        return (
            *_proposals(viewer, programme),
            *_in_force(viewer, programme, at),
            *_silent(viewer, programme),
            *_patrols(viewer, programme, at),
            *_shifts(viewer, programme),
            *_drafts(viewer, programme),
        )[:MOST_TODOS]


_CALLED = gettext_noop("%(level)s预警：请回应，您收到了。")
_CALLED_PROPOSED = gettext_noop("建议%(level)s预警：请回应，您收到了。")
_CALLED_DRILL = gettext_noop("演练，%(level)s预警：请回应，您收到了。")


class Calls(TodoSource):
    """Calls that wait for the answer of who looks, whatever else they may see: an answer is what they are for."""

    key = "hazards.calls"
    order = 4

    def find(self, *, viewer: Actor, programme: str | None, at: datetime) -> tuple[Todo, ...]:
        """The highest level first."""
        found = waiting_for(viewer).filter(in_programme(programme, "incident__site__programme"))
        return tuple(
            Todo(
                one.incident.site.name,
                message(
                    _CALLED_DRILL if one.incident.exercise else _CALLED if one.alert_id else _CALLED_PROPOSED,
                    level=message(LEVELS[Level(one.level)][1]),
                ),
                f"/hazards/calls/{one.uuid}/",
                "wait" if one.incident.exercise else "late",
                programme=one.incident.site.programme.code,
            )
            for one in found[:MOST_TODOS]
        )


def _proposals(viewer: Actor, programme: str | None) -> list[Todo]:
    here = in_programme(programme, "site__programme")
    found = Incident.objects.visible_to(viewer, HazardPermission.CONFIRM).filter(here, proposed__isnull=False)
    # One's own is decided by another.
    others = found.exclude(proposed_by=viewer.ref).select_related("site__programme")
    return [
        Todo(
            one.site.name,
            message(_DECIDE_DRILL if one.exercise else _DECIDE, level=message(LEVELS[Level(one.proposed or 0)][1])),
            f"/hazards/incidents/{one.uuid}/",
            "wait" if one.exercise else "late",
            programme=one.site.programme.code,
        )
        for one in others.order_by("exercise", "-proposed", "pk")[:MOST_TODOS]
    ]


def _in_force(viewer: Actor, programme: str | None, at: datetime) -> list[Todo]:
    here = in_programme(programme, "site__programme")
    latest = Alert.objects.filter(incident=OuterRef("pk")).order_by("-pk").values("expires")[:1]
    found = (
        Incident.objects.visible_to(viewer, HazardPermission.CONFIRM)
        .filter(here, state__in=list(IN_FORCE), proposed=None)
        .annotate(expires=Subquery(latest))
        .select_related("site__programme")
    )
    return [_standing(one, at) for one in found.order_by("exercise", "moved_at", "pk")[:MOST_TODOS]]


def _standing(one: Incident, at: datetime) -> Todo:
    expires: datetime | None = getattr(one, "expires", None)
    ended = expires is not None and expires <= at and not one.exercise
    words = _ENDED if ended else _STANDS_DRILL if one.exercise else _STANDS
    level = message(INCIDENT_STATES[IncidentState(one.state)][1])
    address, programme = f"/hazards/incidents/{one.uuid}/", one.site.programme.code
    return Todo(one.site.name, message(words, level=level), address, "late" if ended else "wait", programme=programme)


def _silent(viewer: Actor, programme: str | None) -> list[Todo]:
    here = in_programme(programme, "site__programme")
    found = Incident.objects.visible_to(viewer, HazardPermission.DUTY).filter(here, unanswered())
    return [
        Todo(
            one.site.name,
            message(_SILENT_DRILL if one.exercise else _SILENT),
            f"/hazards/incidents/{one.uuid}/",
            "wait" if one.exercise else "late",
            programme=one.site.programme.code,
        )
        for one in found.select_related("site__programme").order_by("exercise", "opened_at", "pk")[:MOST_TODOS]
    ]


def _patrols(viewer: Actor, programme: str | None, at: datetime) -> list[Todo]:
    here = in_programme(programme, "site__programme")
    # Who is on duty, and who was sent.
    theirs = seen(viewer, Patrol.site_path, HazardPermission.DUTY) | own(viewer)
    found = Patrol.objects.visible_to(viewer).filter(here, theirs, state=PatrolState.OPEN)
    return [
        Todo(
            one.site.name,
            message(_LATE if one.due_at < at else _PATROL),
            f"/hazards/patrols/{one.uuid}/",
            "late" if one.due_at < at else "wait",
            local_date(one.due_at).isoformat(),
            one.site.programme.code,
        )
        for one in found.select_related("site__programme").order_by("due_at", "pk")[:MOST_TODOS]
    ]


def _shifts(viewer: Actor, programme: str | None) -> list[Todo]:
    found = DutyHandover.objects.visible_to(viewer, HazardPermission.DUTY).filter(
        in_programme(programme), state=HandoverState.OFFERED
    )
    return [
        Todo(message(_SHIFT), message(_TAKE), f"/hazards/handover/{one.uuid}/", programme=one.programme.code)
        for one in found.exclude(by=viewer.ref).select_related("programme")[:MOST_TODOS]
    ]


def _drafts(viewer: Actor, programme: str | None) -> list[Todo]:
    here = in_programme(programme, "site__programme")
    found = ThresholdSet.objects.visible_to(viewer, HazardPermission.CONFIRM).filter(here, state=ThresholdState.DRAFT)
    return [
        Todo(
            one.site.name,
            message(_APPROVE),
            reverse("hazards:thresholds-one", args=[one.uuid]),
            programme=one.site.programme.code,
        )
        for one in found.exclude(drafted_by=viewer.ref).select_related("site__programme").order_by("pk")[:MOST_TODOS]
    ]


class News(NewsSource):
    """The desk and pages of incidents, by scopes: "programme/place"."""

    key = NEWS

    def may_hear(self, *, viewer: Actor, keys: Collection[Any]) -> bool:
        """Who sees the sites of all of them."""
        scopes = _scopes(keys).values()
        return all(viewer.may(HazardPermission.VIEW, programme=one.programme, place=one.place) for one in scopes)

    def states(self, *, keys: Collection[Any]) -> Mapping[Any, Any]:
        """A mark of all that people look at there."""
        return states_in(_scopes(keys))


def _scopes(keys: Collection[str]) -> dict[str, Scope]:
    return {key: Scope(*(part or None for part in key.split("/"))) for key in keys}


class Trial(JobKind):
    """Trying a version of thresholds on the past, which reads and steps for seconds."""

    key = TRIAL
    label = message(gettext_noop("用以前的数据试阈值"))

    def run(
        self, *, arguments: Mapping[str, Any], job: UUID, by: Actor, at: datetime, progress: Progress
    ) -> JobOutcome:
        """Try it; what is kept are the alarms, each from when until when and how high. Raises as ``try_thresholds``."""
        key, first, last = (
            UUID(arguments["thresholds"]),
            *map(date.fromisoformat, (arguments["first"], arguments["last"])),
        )
        tried = try_thresholds(by=by, at=at, thresholds=key, first=first, last=last)
        kept = {
            "readings": tried.readings,
            "after": _written(tried.after),
            "before": None if tried.before is None else len(tried.before),
            "differs": {what: _written(found) for what, found in tried.differs.items()},
        }
        return JobOutcome(f"{reverse('hazards:thresholds-one', args=[key])}?tried={job}#tried", kept)


def _written(episodes: Sequence[Episode]) -> list[list[int | None]]:
    return [[one.begin_us, one.until_us, int(one.highest)] for one in episodes]
