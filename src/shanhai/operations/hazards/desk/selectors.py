# SPDX-License-Identifier: Apache-2.0
"""What the duty officer needs at one look: sites that rise or say nothing, why, what stands open, what is due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from shanhai.base.database.selectors import in_programme
from shanhai.kernel.actors import Actor, Scope
from shanhai.operations.hazards.criteria.rules.running import read
from shanhai.operations.hazards.criteria.values import Conclusion
from shanhai.operations.hazards.models import Call, Dispatch, HazardSite, Incident, MonitoringPoint, Patrol, SiteTrack
from shanhai.operations.hazards.sites.selectors.sites import list_sites
from shanhai.operations.hazards.states import OPEN, CallState, DispatchState, PatrolState, SiteState
from shanhai.operations.hazards.values import Lack, Level, mark_of

# More is no look, it is a list: the list of sites has them all.
MOST_LINES = 30
_TELLING = Q(track__level__gte=Level.BLUE) | Q(track__lack__in=[Lack.NO_DATA, Lack.INVALID]) | Q(track=None)


@dataclass(slots=True)
class PointLine:
    """A point with what was last said of it, the highest first."""

    point: MonitoringPoint
    said: tuple[Conclusion, ...]

    @property
    def level(self) -> Level:
        """The highest level that one criterion says."""
        return max((one.level for one in self.said if one.level is not None), default=Level.NONE)


@dataclass(slots=True)
class Line:
    """A site that needs a look: what the engine says, what people have decided, its points, the worst first."""

    site: HazardSite
    track: SiteTrack | None
    incident: Incident | None = None
    points: list[PointLine] = field(default_factory=list)

    @property
    def level(self) -> Level | None:
        """What the engine says; None where it cannot tell."""
        return None if self.track is None or self.track.level is None else Level(self.track.level)

    @property
    def lack(self) -> Lack:
        """Why it cannot, where it cannot."""
        return Lack(self.track.lack) if self.track and self.track.lack else Lack.WARM_UP

    @property
    def reasons(self) -> Sequence[Mapping[str, Any]]:
        """Why it says so."""
        return self.track.reasons if self.track else ()


def list_lines(*, viewer: Actor, programme: str | None) -> list[Line]:
    """Sites that rise, of which nothing can be told, or where something stands open. Three queries."""
    stands = Incident.objects.filter(site=OuterRef("pk"), state__in=OPEN, exercise=False)
    rows = list_sites(viewer=viewer, programme=programme).filter(_TELLING | Exists(stands))[:MOST_LINES]
    lines = {one.pk: Line(one, getattr(one, "track", None)) for one in rows}
    found = Incident.objects.filter(site__in=lines, state__in=OPEN, exercise=False)
    for incident in found.select_related("site__programme"):
        lines[incident.site_id].incident = incident
    points = MonitoringPoint.objects.filter(site__in=lines, removed_at=None).select_related("track", "datastream")
    for point in points.order_by("name", "pk"):
        said = read(point.track.conclusions) if hasattr(point, "track") else ()
        lines[point.site_id].points.append(PointLine(point, said))
    for line in lines.values():
        line.points.sort(key=lambda one: -one.level)
    return list(lines.values())


def count_sites(*, viewer: Actor, programme: str | None) -> dict[str, int]:
    """How many watched sites there are by what is said of them ("0" to "4", or a ``Lack``). One query."""
    found = HazardSite.objects.visible_to(viewer).filter(in_programme(programme), state="watched")
    rows = found.order_by().values_list("track__level", "track__lack").annotate(count=Count("pk"))
    counts: dict[str, int] = {}
    for level, lack, count in rows:
        key = str(level) if level is not None else lack or Lack.WARM_UP.value
        counts[key] = counts.get(key, 0) + count
    return counts


def states_in(scopes: Mapping[str, Scope]) -> dict[str, str]:
    """Of each scope, by its key, a mark that differs when something was judged, proposed, decided, answered or sent.

    New readings by themselves change none. Five queries.
    """
    rows = (
        HazardSite.objects.filter(_TELLING, state=SiteState.WATCHED).values_list(
            "programme__code", "place", "pk", "track__level", "track__lack", "track__since"
        ),
        _placed(Incident.objects.filter(state__in=OPEN), "site", "pk", "version"),
        _placed(Call.objects.filter(incident__state__in=OPEN), "incident__site", "pk", "state"),
        _placed(Dispatch.objects.filter(incident__state__in=OPEN), "incident__site", "pk", "state"),
        _placed(Patrol.objects.filter(state=PatrolState.OPEN), "site", "pk"),
    )
    found = [(number, *row) for number, of in enumerate(rows) for row in of.order_by("pk")]
    return {
        key: mark_of([row for row in found if scope.covers(programme=row[1], place=row[2])])
        for key, scope in scopes.items()
    }


def _placed(rows: QuerySet[Any], site: str, *columns: str) -> QuerySet[Any, tuple[Any, ...]]:
    return rows.values_list(f"{site}__programme__code", f"{site}__place", *columns)


def list_exercises(*, viewer: Actor, programme: str | None) -> list[Incident]:
    """Drills that stand open. One query."""
    here = in_programme(programme, "site__programme")
    found = Incident.objects.visible_to(viewer).filter(here, state__in=OPEN, exercise=True)
    return list(found.select_related("site").order_by("opened_at", "pk"))


def list_patrols_due(*, viewer: Actor, programme: str | None) -> list[Patrol]:
    """Patrols that are to be made, the most urgent first. One query."""
    here = in_programme(programme, "site__programme")
    found = Patrol.objects.visible_to(viewer).filter(here, state=PatrolState.OPEN)
    return list(found.select_related("site").order_by("due_at", "pk")[:MOST_LINES])


def count_calls(*, viewer: Actor, incidents: Sequence[Incident], at: datetime) -> dict[int, tuple[int, int, int]]:
    """Of each incident: how many have answered, how many were asked and are asked still, who is late. One query.

    Somebody who was called twice, of the proposal and of the level, counts once: by the later call.
    """
    standing = Call.objects.exclude(state=CallState.ENDED)
    later = standing.filter(incident=OuterRef("incident"), person=OuterRef("person"), pk__gt=OuterRef("pk"))
    asked = Call.objects.visible_to(viewer).filter(~Exists(later), incident__in=incidents)
    asked = asked.exclude(state=CallState.ENDED)
    waiting = Q(state__in=(CallState.WAITING, CallState.MISSED))
    rows = (
        asked.order_by()
        .values_list("incident")
        .annotate(
            answered=Count("pk", filter=Q(state=CallState.ANSWERED)),
            asked=Count("pk"),
            late=Count("pk", filter=waiting & Q(due_at__lt=at)),
        )
    )
    return {row[0]: row[1:] for row in rows}


def count_dead(*, viewer: Actor, programme: str | None) -> int:
    """Messages of open incidents that could not be sent. One query."""
    here = in_programme(programme, "incident__site__programme")
    found = Dispatch.objects.visible_to(viewer).filter(here, state=DispatchState.DEAD, incident__state__in=OPEN)
    return found.count()
