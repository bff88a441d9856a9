# SPDX-License-Identifier: Apache-2.0
"""What early warnings look at: plain tuples of all projects of a programme, or of one, in few queries.

Each function is one query (``idle_funds`` four) whatever the number of projects, keyed by the project's primary key.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from django.db.models import F, Max, Min, Model, Q, QuerySet, Sum
from django.db.models.functions import Greatest

from shanhai.base.database.selectors import visible
from shanhai.kernel.actors import Actor
from shanhai.kernel.numerals import same_code
from shanhai.planning.projects.core.selectors import AsSubject, ledger_funds
from shanhai.planning.projects.dossier import rules as closing
from shanhai.planning.projects.models import (
    AllocationLine,
    Contract,
    ProgressNote,
    Project,
    Settlement,
    StageMove,
    Suspension,
)
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.projects.shares.selectors.idle import given_back
from shanhai.planning.projects.states import FINISHED, Stage
from shanhai.planning.projects.values import Funds
from shanhai.registers.ledger.values import AccountKind

M = TypeVar("M", bound=Model)
CHUNK = 2000
_NO_FUNDS = Funds()


class ProjectTuple(NamedTuple):
    """A project's own columns; ``place`` is a code, amounts are in fen."""

    pk: int
    uuid: UUID
    code: str
    name: str
    place: str
    stage: str
    capital: bool
    altitude_m: int | None
    site: int | None
    owner: int | None
    currency: str
    planned_start_on: date | None
    planned_finish_on: date | None
    finished_on: date | None
    accepted_on: date | None
    total_fen: int
    other_fen: int
    completed_fen: int
    progress_percent: int
    delivery: str


class FundsTuple(NamedTuple):
    """The sums of a project's lines in fen; ``first_year`` is of the earliest plan that gives it money.

    ``above_plan`` and ``above_arrived`` are what its lines, each by itself, were allotted beyond what they have.
    """

    first_year: int
    plan: int
    arrived: int
    allotted: int
    paid: int
    above_plan: int
    above_arrived: int
    changed_on: date | None


class IdleTuple(NamedTuple):
    """What had arrived by some day and is not allotted, and what had been allotted by some day and is not paid."""

    unallotted: int
    unpaid: int


class MovesTuple(NamedTuple):
    """The day of the last stage move on site, and the instant at which it was recorded."""

    on_date: date
    at: datetime


class StopTuple(NamedTuple):
    """A stop that lasts."""

    reason: str
    since_on: date
    restart_expected_on: date | None


class SettlementTuple(NamedTuple):
    """Final accounts that somebody has begun; ``due_on`` with the extension counted in."""

    due_on: date
    approved_on: date | None
    surplus_fen: int
    surplus_returned_on: date | None


COLUMNS = (
    "pk", "uuid", "code", "name", "place__code", "stage", "capital", "altitude_m", "site", "owner", "currency",
    "planned_start_on", "planned_finish_on", "finished_on", "accepted_on", "total_investment_fen", "other_sources_fen",
    "completed_investment_fen", "progress_percent", "delivery",
)  # fmt: skip


def project_tuples(*, viewer: Actor, programme: str, project: UUID | None = None) -> Iterator[ProjectTuple]:
    """The projects by primary key, streamed."""
    found = Project.objects.visible_to(viewer).filter(programme__code=programme)
    if project is not None:
        found = found.filter(uuid=project)
    for row in found.order_by("pk").values_list(*COLUMNS).iterator(chunk_size=CHUNK):
        yield ProjectTuple(*row)


def funds_tuples(*, viewer: Actor, programme: str, project: UUID | None = None) -> dict[int, FundsTuple]:
    """What the lines of each project that has any come to."""
    sums = {
        "first_year": Min("yearly_plan__year"),
        "plan": Sum("amount_fen"),
        "arrived": Sum("arrived_fen"),
        "allotted": Sum("allotted_fen"),
        "paid": Sum("paid_fen"),
        "above_plan": Sum(Greatest(F("allotted_fen") - F("amount_fen"), 0)),
        "above_arrived": Sum(Greatest(F("allotted_fen") - F("arrived_fen"), 0)),
        "changed_on": Max("funds_changed_on"),
    }
    lines = _of(AllocationLine.objects.all(), viewer, programme, project)
    return {pk: FundsTuple(*row) for pk, *row in _grouped(lines, sums)}


def idle_funds(
    *,
    viewer: Actor,
    programme: str,
    currency: str,
    arrived_by: date,
    allotted_by: date,
    project: UUID | None = None,
) -> dict[int, IdleTuple]:
    """What had arrived by the end of a day and is not allotted yet, had been allotted by another and is not paid yet.

    By line, the oldest money counted as spent first, less what was given back, and added up by project; a project
    without any is left out.
    """
    waiting = Q(arrived_fen__gt=F("allotted_fen")) | Q(allotted_fen__gt=F("paid_fen"))
    lines = _of(AllocationLine.objects.filter(waiting), viewer, programme, project)
    known = lines.annotate(subject=AsSubject("uuid")).order_by("pk")
    rows = list(known.values_list("subject", "project", "allotted_fen", "paid_fen"))
    if not rows:
        return {}
    subjects = None if project is None else [row[0] for row in rows]
    arrived, allotted = (
        ledger_funds(programme=programme, currency=currency, subjects=subjects, kinds=[kind], as_of=day)
        for kind, day in ((AccountKind.ARRIVED, arrived_by), (AccountKind.ALLOTTED, allotted_by))
    )
    back = given_back(programme=programme, subjects=subjects)
    found: dict[int, IdleTuple] = {}
    for subject, pk, allotted_fen, paid_fen in rows:
        of_line = back[subject]
        unallotted = max(arrived.get(subject, _NO_FUNDS).arrived - allotted_fen - of_line[AccountKind.ARRIVED], 0)
        unpaid = max(allotted.get(subject, _NO_FUNDS).allotted - paid_fen - of_line[AccountKind.ALLOTTED], 0)
        if unallotted or unpaid:
            before = found.get(pk, IdleTuple(0, 0))
            found[pk] = IdleTuple(before.unallotted + unallotted, before.unpaid + unpaid)
    return found


def move_tuples(*, viewer: Actor, programme: str, project: UUID | None = None) -> dict[int, MovesTuple]:
    """The last stage move of each project that stands."""
    moves = _of(StageMove.objects.standing(), viewer, programme, project)
    return {pk: MovesTuple(*row) for pk, *row in _grouped(moves, {"on": Max("on_date"), "recorded": Max("at")})}


def last_notes(*, viewer: Actor, programme: str, project: UUID | None = None) -> dict[int, datetime]:
    """When progress was last reported for each project for which it ever was."""
    notes = _of(ProgressNote.objects.all(), viewer, programme, project)
    return dict(_grouped(notes, {"noted": Max("at")}))


def contract_sums(*, viewer: Actor, programme: str, project: UUID | None = None) -> dict[int, int]:
    """What the contracts of each project that has any come to, in fen."""
    contracts = _of(Contract.objects.all(), viewer, programme, project)
    return dict(_grouped(contracts, {"sum": Sum("amount_fen")}))


def list_contracts(*, viewer: Actor, programme: str) -> list[Contract]:
    """The contracts of all projects of a programme in the order they were signed. One query."""
    return list(_of(Contract.objects.all(), viewer, programme, None).order_by("signed_on", "pk"))


def open_stops(*, viewer: Actor, programme: str, project: UUID | None = None) -> dict[int, StopTuple]:
    """The stop of each project at which work stands still."""
    stops = _of(Suspension.objects.filter(restarted_on=None), viewer, programme, project)
    columns = ("project", "reason", "since_on", "restart_expected_on")
    return {pk: StopTuple(*row) for pk, *row in stops.order_by("pk").values_list(*columns)}


def settlement_tuples(*, viewer: Actor, programme: str, project: UUID | None = None) -> dict[int, SettlementTuple]:
    """The final accounts of each project for which somebody has begun them."""
    found = _of(Settlement.objects.all(), viewer, programme, project)
    columns = ("project", "due_on", "extended_to", "approved_on", "surplus_fen", "surplus_returned_on")
    return {
        pk: SettlementTuple(extended or due, *row)
        for pk, due, extended, *row in found.order_by("pk").values_list(*columns)
    }


def settlement_due(row: ProjectTuple, begun: SettlementTuple | None) -> date | None:
    """The day by which the final accounts of a project are due; None where it owes none or no day is known."""
    if begun is not None:
        return begun.due_on
    owes = row.capital and Stage(row.stage) in FINISHED and row.finished_on is not None
    return closing.settlement_due(row.finished_on) if owes and row.finished_on else None


def transfer_due(row: ProjectTuple, moves: MovesTuple | None) -> date | None:
    """The day by which what was built is to be handed over: counted from acceptance, else from the last move."""
    counted_from = row.accepted_on or (moves.on_date if moves else None)
    return closing.transfer_due(counted_from) if counted_from else None


def count_namesakes(*, viewer: Actor, project: ProjectTuple, programme: str) -> int:
    """How many other projects of the county, cancelled ones left out, have the project's name in any spelling."""
    others = Project.objects.visible_to(viewer).counted().filter(programme__code=programme, place__code=project.place)
    names = others.exclude(pk=project.pk).order_by("pk").values_list("name", flat=True)
    return sum(same_code(name) == same_code(project.name) for name in names)


def _of(rows: QuerySet[M], viewer: Actor, programme: str, project: UUID | None) -> QuerySet[M]:
    whose, where = "project__programme__code", "project__place__code"
    seen = visible(viewer, ProjectPermission.VIEW, programme=whose, place=where)
    asked = rows.filter(seen, project__programme__code=programme)
    return asked if project is None else asked.filter(project__uuid=project)


def _grouped(rows: QuerySet[M], sums: dict[str, Any]) -> Any:
    return rows.order_by("project").values("project").annotate(**sums).values_list("project", *sums)
