# SPDX-License-Identifier: Apache-2.0
"""Everything the page of one project shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from shanhai.kernel.actors import Actor
from shanhai.kernel.money import Money, total
from shanhai.planning.projects.core.rules import Timeline, is_late
from shanhai.planning.projects.core.selectors.projects import get_project
from shanhai.planning.projects.models import AllocationLine, Project
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.projects.shares.rules.money import livelihood_part
from shanhai.planning.projects.states import MOVES, Level, Stage
from shanhai.planning.projects.values import ProjectFacts
from shanhai.registers.ledger.permissions import FundPermission


@dataclass(frozen=True, slots=True)
class LineRow:
    """One allocation line with its money and its two tags."""

    uuid: UUID
    year: int
    fund_source: str
    fund_source_name: str
    amount: Money
    arrived: Money
    allotted: Money
    paid: Money
    livelihood_percent: int
    livelihood: Money
    beneficiary_level: Level
    implementer_level: Level


@dataclass(frozen=True, slots=True)
class MoveRow:
    """One step of the project's life; ``old`` is None for the first. ``by`` is a reference, not a name."""

    old: Stage | None
    new: Stage
    by: str
    at: datetime
    on: date
    because: str


@dataclass(frozen=True, slots=True)
class FundSums:
    """The sums of the lines."""

    amount: Money
    arrived: Money
    allotted: Money
    paid: Money
    livelihood: Money


@dataclass(frozen=True, slots=True)
class ProjectDetail:
    """A project as its page shows it, with what this viewer may do to it."""

    uuid: UUID
    programme: str
    programme_name: str
    facts: ProjectFacts
    place_name: str
    place_name_en: str
    site_name: str
    owner_name: str
    stage: Stage
    late: bool
    completed_investment: Money
    progress_percent: int
    provenance: str
    taken_over: bool
    lines: tuple[LineRow, ...]
    sums: FundSums
    moves: tuple[MoveRow, ...]
    allowed_moves: tuple[Stage, ...]
    may_manage: bool
    may_post: bool


def project_detail(*, viewer: Actor, uuid: UUID, on: date) -> ProjectDetail:
    """The project, its lines, its history, the newest first, and the moves open to the viewer. Three queries.

    Raises NotVisible.
    """
    project = get_project(viewer=viewer, uuid=uuid)
    scope = {"programme": project.programme.code, "place": project.place.code}
    lines = tuple(_line(line, project.currency) for line in _lines(project))
    stage = Stage(project.stage)
    may_move = viewer.may(ProjectPermission.MOVE, **scope)
    return ProjectDetail(
        uuid=project.uuid,
        programme=project.programme.code,
        programme_name=project.programme.name,
        facts=project.facts,
        place_name=project.place.name,
        place_name_en=project.place.name_en,
        site_name=project.site.name if project.site else "",
        owner_name=project.owner.name if project.owner else "",
        stage=stage,
        late=is_late(Timeline(stage, project.planned_start_on, project.planned_finish_on), on),
        completed_investment=Money(project.completed_investment_fen, project.currency),
        progress_percent=project.progress_percent,
        provenance=project.provenance,
        taken_over=project.taken_over,
        lines=lines,
        sums=_sums(lines, project.currency),
        moves=_moves(project),
        allowed_moves=tuple(to for to in Stage if may_move and to in MOVES[stage]),
        may_manage=viewer.may(ProjectPermission.MANAGE, **scope),
        may_post=viewer.may(FundPermission.POST, **scope) or viewer.may(FundPermission.OVERRIDE, **scope),
    )


def _lines(project: Project) -> list[AllocationLine]:
    rows = project.lines.select_related("yearly_plan", "fund_source")
    return list(rows.order_by("-yearly_plan__year", "fund_source__code", "pk"))


def _line(line: AllocationLine, currency: str) -> LineRow:
    return LineRow(
        uuid=line.uuid,
        year=line.yearly_plan.year,
        fund_source=line.fund_source.code,
        fund_source_name=line.fund_source.name,
        amount=Money(line.amount_fen, currency),
        arrived=Money(line.arrived_fen, currency),
        allotted=Money(line.allotted_fen, currency),
        paid=Money(line.paid_fen, currency),
        livelihood_percent=line.livelihood_percent,
        livelihood=Money(livelihood_part(line.amount_fen, line.livelihood_percent), currency),
        beneficiary_level=Level(line.beneficiary_level),
        implementer_level=Level(line.implementer_level),
    )


def _sums(lines: tuple[LineRow, ...], currency: str) -> FundSums:
    names = ("amount", "arrived", "allotted", "paid", "livelihood")
    return FundSums(*(total((getattr(line, name) for line in lines), currency) for name in names))


def _moves(project: Project) -> tuple[MoveRow, ...]:
    return tuple(
        MoveRow(Stage(row.old) if row.old else None, Stage(row.new), row.by, row.at, row.on_date, row.because)
        for row in project.moves.order_by("-at", "-pk")
    )
