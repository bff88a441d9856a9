# SPDX-License-Identifier: Apache-2.0
"""The table of counties: how many projects each has and how far they are, with the money and its rates."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from django.db.models import Count

from shanhai.kernel.actors import Actor, place_prefix
from shanhai.kernel.money import Money
from shanhai.kernel.shares import Share
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.planning.projects.core.selectors.projects import renamed_places
from shanhai.planning.projects.lists.selectors.lists import ProjectFilters, filtered
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.projects.shares.rules.money import BASES
from shanhai.planning.projects.shares.selectors.portfolio import CountyRow, county_table
from shanhai.planning.projects.states import FINISHED, NOT_STARTED, ON_SITE, Stage
from shanhai.registers.places import selectors as places

# The stages as reports group them, in the order of a project's life.
GROUPS: Mapping[str, frozenset[Stage]] = {
    "before": NOT_STARTED,
    "on_site": ON_SITE,
    "finished": FINISHED - {Stage.HANDED_OVER},
    "handed_over": frozenset({Stage.HANDED_OVER}),
}


@dataclass(frozen=True, slots=True)
class CountyLine:
    """One place, or all together. ``row`` leaves the cancelled out; ``stages`` counts them too.

    ``own`` says that the place is the recipient itself: projects of the prefecture, not of one of its counties.
    """

    row: CountyRow
    stages: Mapping[Stage, int] = field(default_factory=dict)
    late: int = 0
    own: bool = False

    def count(self, group: str) -> int:
        """How many projects stand in one of the GROUPS."""
        return sum(self.stages.get(stage, 0) for stage in GROUPS[group])

    @property
    def arrival_rate(self) -> Share:
        """Arrived of what the plan allocates to projects."""
        return Share(self.row.amount("arrived"), self.row.amount("plan"), BASES["plan"])

    @property
    def payment_rate(self) -> Share:
        """Paid of arrived."""
        return Share(self.row.amount("paid"), self.row.amount("arrived"), BASES["arrived"])


@dataclass(frozen=True, slots=True)
class CountyLines:
    """The recipient itself, then its counties in the order of their codes, and all of them together."""

    lines: tuple[CountyLine, ...]
    total: CountyLine


def county_lines(
    *, viewer: Actor, programme: str, as_of: date, place: str | None = None, year: int | None = None
) -> CountyLines:
    """Every county in which the viewer sees projects, also where there is none. Nine queries. Raises NotVisible.

    Counts and money agree with ``county_table``; stages are those of today, lateness is judged on ``as_of``.
    """
    found = get_programme(viewer=viewer, code=programme)
    table = county_table(viewer=viewer, programme=programme, as_of=as_of, place=place, year=year)
    filters = ProjectFilters(county=place, year=year)
    projects = filtered(viewer=viewer, programme=programme, on=as_of, filters=filters)
    by_stage = projects.values_list("place__code", "stage").annotate(Count("pk")).order_by("place__code", "stage")
    were_late = projects.late(as_of).values_list("place__code").annotate(Count("pk")).order_by("place__code")
    counted, overdue = list(by_stage), list(were_late)

    recipient, none = found.recipient, Money(0, found.currency)
    named = [recipient, *places.list_counties_of(recipient.code)]
    today = renamed_places({code for code, *_ in counted} | {one.code for one in named})
    stages: defaultdict[str, Counter[Stage]] = defaultdict(Counter)
    late: Counter[str] = Counter()
    for code, stage, count in counted:
        stages[today[code].code if code in today else code][Stage(stage)] += count
    for code, count in overdue:
        late[today[code].code if code in today else code] += count

    prefixes = tuple(map(place_prefix, places.codes_of_one_place(place))) if place else ("",)
    nothing = CountyRow(planned_investment=none, completed_investment=none, currency=found.currency)
    rows = {
        one.code: replace(nothing, place=one.code, name=one.name, name_en=one.name_en)
        for one in named
        if one.code not in today
        and one.code.startswith(prefixes)
        and viewer.may(ProjectPermission.VIEW, programme=programme, place=one.code)
    } | {row.place: row for row in table.rows}
    lines = tuple(
        CountyLine(row, stages[code], late[code], own=code == recipient.code and len(named) > 1)
        for code, row in sorted(rows.items())
    )
    return CountyLines(lines, CountyLine(table.total, _together(lines), sum(late.values())))


def _together(lines: Iterable[CountyLine]) -> dict[Stage, int]:
    return {stage: sum(line.stages.get(stage, 0) for line in lines) for stage in Stage}
