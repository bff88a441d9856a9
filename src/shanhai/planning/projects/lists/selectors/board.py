# SPDX-License-Identifier: Apache-2.0
"""The board of projects: a column a stage, the first cards of each, and what a move onward still asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.db.models import Count, F, Sum, Window
from django.db.models.functions import RowNumber

from shanhai.kernel.actors import Actor
from shanhai.kernel.money import Money
from shanhai.kernel.states import require_move
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.planning.projects.core.rules import Timeline, is_late
from shanhai.planning.projects.core.selectors.projects import get_project
from shanhai.planning.projects.dossier.rules import Asked
from shanhai.planning.projects.dossier.selectors.gates import open_gate
from shanhai.planning.projects.lists.selectors.lists import ProjectFilters, filtered
from shanhai.planning.projects.models import Project
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.projects.states import MOVES, Stage

MOST_CARDS = 30


@dataclass(frozen=True, slots=True)
class BoardCard:
    """A project on the board; ``onward`` are the stages to which this viewer may move it."""

    uuid: UUID
    code: str
    name: str
    place_name: str
    place_name_en: str
    stage: Stage
    late: bool
    progress_percent: int
    planned_finish_on: date | None
    total_investment: Money
    provenance: str
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


@dataclass(frozen=True, slots=True)
class Onward:
    """A project before a move to ``to``, with what stands at the gate."""

    uuid: UUID
    code: str
    name: str
    programme: str
    stage: Stage
    to: Stage
    asked: tuple[Asked, ...]

    @property
    def missing(self) -> int:
        """How many requirements keep the gate shut."""
        return sum(one.open for one in self.asked)


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
        cards[project.stage].append(_card(project, viewer, programme, on))
    return tuple(
        BoardColumn(stage, count, Money(fen, currency), tuple(cards[stage]))
        for stage in Stage
        for count, fen in [sums.get(stage, (0, 0))]
    )


def onward(*, viewer: Actor, uuid: UUID, to: Stage) -> Onward:
    """What a move of the project to ``to`` asks for. Raises NotVisible, NotAllowed, IllegalMove."""
    project = get_project(viewer=viewer, uuid=uuid)
    viewer.require(ProjectPermission.MOVE, programme=project.programme.code, place=project.place.code)
    stage = Stage(project.stage)
    require_move(MOVES, stage, to)
    asked = open_gate(project, to)
    return Onward(project.uuid, project.code, project.name, project.programme.code, stage, to, asked)


def _card(project: Project, viewer: Actor, programme: str, on: date) -> BoardCard:
    stage = Stage(project.stage)
    may_move = viewer.may(ProjectPermission.MOVE, programme=programme, place=project.place.code)
    return BoardCard(
        uuid=project.uuid,
        code=project.code,
        name=project.name,
        place_name=project.place.name,
        place_name_en=project.place.name_en,
        stage=stage,
        late=is_late(Timeline(stage, project.planned_start_on, project.planned_finish_on), on),
        progress_percent=project.progress_percent,
        planned_finish_on=project.planned_finish_on,
        total_investment=Money(project.total_investment_fen, project.currency),
        provenance=project.provenance,
        onward=tuple(to for to in Stage if may_move and to in MOVES[stage]),
    )
