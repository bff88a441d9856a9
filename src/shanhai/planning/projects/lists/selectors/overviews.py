# SPDX-License-Identifier: Apache-2.0
"""Projects at a glance: the board by stage, the bars in time, and the table of counties.

A card of the board says what a move onward still asks for; bars show planned and actual days, stops of the work, and
the season of the altitude; a county has its projects, how far they are, and the money with its rates.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from django.db.models import Aggregate, Count, F, Max, Min, Prefetch, Sum, Window
from django.db.models.functions import RowNumber

from shanhai.base.formats import named as name_of
from shanhai.kernel.actors import Actor, place_prefix
from shanhai.kernel.money import Money
from shanhai.kernel.parts import Shape
from shanhai.kernel.shares import Share
from shanhai.kernel.states import require_move
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.planning.projects.core.selectors import as_they_stood, get_project, renamed_places
from shanhai.planning.projects.dossier.rules import Asked
from shanhai.planning.projects.dossier.selectors.gates import open_gate
from shanhai.planning.projects.lists.selectors.lists import ProjectFilters, filtered
from shanhai.planning.projects.models import Project, Suspension
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.projects.shares.rules.money import BASES
from shanhai.planning.projects.shares.selectors.portfolio import CountyRow, county_table
from shanhai.planning.projects.states import FINISHED, NOT_STARTED, ON_SITE, STEPS, Stage
from shanhai.planning.seasons.selectors import bands_in_force
from shanhai.planning.seasons.values import Season
from shanhai.registers.places import selectors as places

MOST_CARDS = 30


@dataclass(frozen=True, slots=True)
class BoardCard:
    """A project on the board, with its place; ``onward`` are the stages to which this viewer may move it."""

    project: Project
    late: bool
    onward: tuple[Stage, ...]


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """A stage: how many projects stand there, their total investment, and the first thirty of them."""

    stage: Stage
    count: int
    total_investment: Money
    cards: tuple[BoardCard, ...]

    @property
    def more(self) -> int:
        """How many have no card here."""
        return self.count - len(self.cards)


def project_board(*, viewer: Actor, programme: str, on: date, filters: ProjectFilters) -> tuple[BoardColumn, ...]:
    """The projects that match, every stage a column, the next to be finished first. Three queries.

    A stage in ``filters`` is left aside: the columns are the stages. Raises NotVisible.
    """
    currency = get_programme(viewer=viewer, code=programme).currency
    found = filtered(viewer=viewer, programme=programme, on=on, filters=replace(filters, stage=None))
    counted = found.values_list("stage").annotate(Count("pk"), Sum("total_investment_fen")).order_by("stage")
    sums: Mapping[str, tuple[int, int]] = {stage: (count, fen) for stage, count, fen in counted}
    order = [F("planned_finish_on").asc(nulls_last=True), F("code").asc()]
    place = Window(RowNumber(), partition_by=F("stage"), order_by=order)
    first = found.select_related("place").annotate(card=place).filter(card__lte=MOST_CARDS).order_by("card", "pk")
    cards: dict[str, list[BoardCard]] = {stage: [] for stage in Stage}
    for project in first:
        may_move = viewer.may(ProjectPermission.MOVE, programme=programme, place=project.place.code)
        onward = tuple(to for to in Stage if may_move and to in STEPS[Stage(project.stage)])
        cards[project.stage].append(BoardCard(project, project.late_since(on) is not None, onward))
    return tuple(
        BoardColumn(stage, count, Money(fen, currency), tuple(cards[stage]))
        for stage in Stage
        for count, fen in [sums.get(stage, (0, 0))]
    )


def onward(*, viewer: Actor, uuid: UUID, to: Stage) -> tuple[Project, tuple[Asked, ...]]:
    """The project, and what its move to ``to`` asks for. Raises NotVisible, NotAllowed, IllegalMove."""
    project = get_project(viewer=viewer, uuid=uuid)
    viewer.require(ProjectPermission.MOVE, programme=project.programme.code, place=project.place.code)
    require_move(STEPS, Stage(project.stage), to)
    return project, open_gate(project, to)


@dataclass(frozen=True, slots=True)
class TimedProjects:
    """A page of projects out of ``count``, each with its place, its stops and the season of its altitude.

    The season is None without an altitude; ``span`` are the earliest and the latest day of all ``count``.
    """

    rows: tuple[tuple[Project, Season | None], ...]
    count: int
    span: tuple[date | None, ...]


def project_timeline(
    *, viewer: Actor, programme: str, on: date, filters: ProjectFilters, offset: int = 0, limit: int = 50
) -> TimedProjects:
    """The projects that match, by planned start, those without one last. Five queries. Raises NotVisible."""
    found = filtered(viewer=viewer, programme=programme, on=on, filters=filters)
    ends: dict[str, Aggregate] = {"start": Min("planned_start_on"), "began": Min("started_on")}
    ends |= {"finish": Max("planned_finish_on"), "ended": Max("finished_on")}
    whole = found.aggregate(count=Count("pk"), **ends)
    stops = Prefetch("suspensions", Suspension.objects.order_by("since_on", "pk"))
    page = found.select_related("place").prefetch_related(stops)
    page = page.order_by(F("planned_start_on").asc(nulls_last=True), "code", "pk")[max(offset, 0) :][:limit]
    bands = bands_in_force(viewer=viewer, programme=programme)
    rows = tuple(
        (one, None if (up := one.altitude_m) is None else next(band for band in bands if band.covers(max(up, 0))))
        for one in page
    )
    return TimedProjects(rows, whole["count"], tuple(whole[name] for name in ends))


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
    """Every county in which the viewer sees projects, also where there is none. Eight queries. Raises NotVisible.

    Counts and money agree with ``county_table``; stages, too, are those of ``as_of``, on which lateness is judged.
    """
    found = get_programme(viewer=viewer, code=programme)
    table = county_table(viewer=viewer, programme=programme, as_of=as_of, place=place, year=year)
    filters = ProjectFilters(county=place, year=year)
    projects = as_they_stood(filtered(viewer=viewer, programme=programme, on=as_of, filters=filters), as_of)
    keys = ("place__code", "stage_then")
    counted = list(projects.values_list(*keys).annotate(Count("pk")).order_by(*keys))

    recipient, none = found.recipient, Money(0, found.currency)
    named = [recipient, *places.list_counties_of(recipient.code)]
    today = renamed_places({code for code, *_ in counted} | {one.code for one in named})
    stages: defaultdict[str, Counter[Stage]] = defaultdict(Counter)
    for code, stage, count in counted:
        stages[today[code].code if code in today else code][Stage(stage)] += count

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
        CountyLine(row, stages[code], own=code == recipient.code and len(named) > 1)
        for code, row in sorted(rows.items())
    )
    together = {stage: sum(line.stages[stage] for line in lines) for stage in Stage}
    return CountyLines(lines, CountyLine(table.total, together))


MAP_WIDTH, MAP_HEIGHT = 320, 240


def county_shapes(*, under: str, drawn: Mapping[str, tuple[str, int | None, str]]) -> list[Shape]:
    """The counties as a map; ``drawn`` has by code what is said of one, its class and its address."""
    return [
        Shape(one.path, name_of(one), one.label_x, one.label_y, *drawn.get(one.code, ()))
        for one in places.list_shapes(under=under, width=MAP_WIDTH, height=MAP_HEIGHT)
    ]
