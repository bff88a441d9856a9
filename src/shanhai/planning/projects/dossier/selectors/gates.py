# SPDX-License-Identifier: Apache-2.0
"""What stands before the next stage of a project, and what has been filed for it; the page of a project."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, Sum, Value, When, Window
from django.db.models.functions import RowNumber

from shanhai.base.database.selectors import visible
from shanhai.kernel.actors import Actor
from shanhai.kernel.money import Money
from shanhai.planning.projects.core.selectors import get_project, lines_of
from shanhai.planning.projects.dossier.rules import ONWARD, REQUIREMENTS, Asked, GateFacts, Requirement, gate, near_end
from shanhai.planning.projects.models import (
    AllocationLine,
    AssetTransfer,
    Contract,
    Paper,
    Project,
    Settlement,
    StageMove,
    Waiver,
)
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.projects.shares.rules.money import livelihood_part
from shanhai.planning.projects.states import MOVES, Delivery, PaperKind, Stage
from shanhai.planning.projects.values import STATIONS
from shanhai.registers.ledger.permissions import FundPermission

# A draft of these is worth nothing: they are papers because somebody signed them.
SIGNED = frozenset({PaperKind.ENTRUSTMENT, PaperKind.ACCEPTANCE, PaperKind.TRANSFER_LIST})
CHUNK = 500


def gate_facts(project: Project) -> GateFacts:
    """What the gates look at. Seven queries."""
    return gate_facts_of([project.pk])[project.pk][0]


def gate_facts_of(projects: Collection[int]) -> dict[int, tuple[GateFacts, frozenset[str]]]:
    """By the key of each project what the gates look at, and what has been waived. Seven queries for 500 of them."""
    found: dict[int, tuple[GateFacts, frozenset[str]]] = {}
    keys = iter(projects)
    while some := list(islice(keys, CHUNK)):
        found |= _gate_facts(some)
    return found


def _gate_facts(some: list[int]) -> dict[int, tuple[GateFacts, frozenset[str]]]:
    money = {
        key: (planned, arrived)
        for key, planned, arrived in AllocationLine.objects.filter(project__in=some)
        .values_list("project")
        .annotate(Sum("amount_fen", default=0), Sum("arrived_fen", default=0))
        .order_by("project")
    }
    settled = {one.project_id: one for one in Settlement.objects.filter(project__in=some)}
    contracts = set(Contract.objects.filter(project__in=some).values_list("project", flat=True))
    transfers = set(AssetTransfer.objects.filter(project__in=some).values_list("project", flat=True))
    papers, waived = _papers(some), defaultdict(set)
    for key, requirement in Waiver.objects.filter(project__in=some).values_list("project", "requirement"):
        waived[key].add(requirement)
    found = {}
    rows = Project.objects.filter(pk__in=some).order_by("pk")
    for key, delivery, capital, percent in rows.values_list("pk", "delivery", "capital", "progress_percent"):
        settlement, (planned, arrived) = settled.get(key), money.get(key, (0, 0))
        facts = GateFacts(
            delivery=Delivery(delivery),
            capital=capital,
            papers=papers.get(key, frozenset()),
            has_contract=key in contracts,
            arrived_fen=arrived,
            planned_fen=planned,
            progress_percent=percent,
            accounts_approved=settlement is not None and settlement.approved_on is not None,
            surplus_fen=settlement.surplus_fen if settlement else 0,
            surplus_returned=settlement is not None and settlement.surplus_returned_on is not None,
            assets_transferred=key in transfers,
        )
        found[key] = (facts, frozenset(waived[key]))
    return found


def _papers(some: list[int]) -> dict[int, frozenset[PaperKind]]:
    """The kinds of paper whose last version counts: signed, where the kind is worth something only when signed."""
    last: dict[int, dict[PaperKind, bool]] = defaultdict(dict)
    rows = Paper.objects.filter(project__in=some).order_by("version").values_list("project", "kind", "signed_on")
    for key, kind, signed in rows:
        last[key][PaperKind(kind)] = signed is not None or PaperKind(kind) not in SIGNED
    return {key: frozenset(kind for kind, counts in kinds.items() if counts) for key, kinds in last.items()}


def open_gate(project: Project, to: Stage) -> tuple[Asked, ...]:
    """Everything asked before the project goes on to ``to``, met or not."""
    facts, waived = gate_facts_of([project.pk])[project.pk]
    return gate(to, facts, old=Stage(project.stage), waived=waived)


class Waiting(NamedTuple):
    """Projects that wait for the viewer at one gate: for a requirement, by its key, or a move, by "move.<stage>"."""

    key: str
    many: int
    first: tuple[tuple[UUID, str, str], ...]


MOVE = "move."


def list_waiting(*, viewer: Actor, programme: str, few: int, on: date) -> tuple[Waiting, ...]:
    """What waits for the viewer, by gate, with uuid, code and name of the first ``few``. Two queries."""
    waits = waiting_for(viewer, on)
    found = Project.objects.filter(programme__code=programme, stage__in=ONWARD).alias(waits=waits).exclude(waits="")
    counts = dict(found.annotate(key=F("waits")).values_list("key").annotate(Count("pk")).order_by("key"))
    if not counts:
        return ()
    place = Window(RowNumber(), partition_by=F("waits"), order_by=["code", "pk"])
    rows: dict[str, Any] = defaultdict(list)
    first = found.annotate(key=F("waits"), number=place).filter(number__lte=few).order_by("key", "number")
    for key, *row in first.values_list("key", "uuid", "code", "name"):
        rows[key].append(tuple(row))
    order = [f"{MOVE}{stage}" for stage in ONWARD] + [one.key for one in REQUIREMENTS]
    return tuple(Waiting(key, counts[key], tuple(rows[key])) for key in order if key in counts)


def waiting_for(viewer: Actor, on: date) -> Case:
    """For what a project waits that the viewer can do: the first open requirement, else the move; "" for nothing.

    The same question as ``rules.gate``, asked of the database for all projects at once; what comes ``at_the_end`` of
    work only where that end is near on the day.
    """
    soon = Q(planned_finish_on=None) | Q(planned_finish_on__lte=near_end(on))

    def seen(permission: str) -> Q:
        return visible(viewer, permission, programme="programme__code", place="place__code")

    before = {to: old for old, to in ONWARD.items() if old is not Stage.SUSPENDED}
    theirs, others = [], []
    for one in REQUIREMENTS:
        stands = Q(stage=before[one.before]) & _open(one)
        if viewer.may_somewhere(one.supplier):
            due = soon if one.at_the_end else Q()
            theirs.append(When(stands & due & seen(one.supplier), then=Value(one.key)))
        others.append(When(stands, then=Value("")))
    moves = [When(Q(stage=old) & seen(ProjectPermission.MOVE), then=Value(f"{MOVE}{old}")) for old in ONWARD]
    return Case(*theirs, *others, *moves, default=Value(""), output_field=CharField())


def _open(one: Requirement) -> Q:
    """Whether the requirement keeps the gate of a project shut."""
    asked = Q(delivery__in=one.deliveries) & (Q(capital=True) if one.only_capital else Q())
    waived = Waiver.objects.filter(project=OuterRef("pk"), requirement=one.key)
    return asked & ~_met(one) & ~Q(Exists(waived))


def _met(one: Requirement) -> Q:
    if one.paper is not None:
        papers = Paper.objects.filter(project=OuterRef("pk"), kind=one.paper)
        if one.paper in SIGNED:
            later = Paper.objects.filter(
                project=OuterRef("project"), kind=OuterRef("kind"), version__gt=OuterRef("version")
            )
            papers = papers.filter(~Exists(later), signed_on__isnull=False)
        return Q(Exists(papers))
    lines = AllocationLine.objects.filter(project=OuterRef("pk"))
    accounts = Settlement.objects.filter(project=OuterRef("pk"))
    return {
        "ready.contract": Q(Exists(Contract.objects.filter(project=OuterRef("pk")))),
        "under_way.funds": Q(Exists(lines.filter(arrived_fen__gt=0))) | ~Q(Exists(lines.filter(amount_fen__gt=0))),
        "completed.progress": Q(progress_percent=100),
        "settled.accounts": Q(Exists(accounts.filter(approved_on__isnull=False))),
        "settled.surplus": ~Q(Exists(accounts.filter(surplus_fen__gt=0, surplus_returned_on=None))),
        "handed_over.assets": Q(Exists(AssetTransfer.objects.filter(project=OuterRef("pk")))),
    }[one.key]


@dataclass(frozen=True, slots=True)
class ProjectDetail:
    """A project as its page shows it, with what this viewer may do to it; ``sums`` add its lines up, by name."""

    project: Project
    late: bool
    lines: Sequence[AllocationLine]
    sums: Mapping[str, Money]
    moves: Sequence[StageMove]
    allowed_moves: tuple[Stage, ...]
    may_manage: bool
    may_post: bool


def project_detail(*, viewer: Actor, uuid: UUID, on: date) -> ProjectDetail:
    """The project, its lines, its history, the newest first, and the moves open to the viewer. Three queries.

    Raises NotVisible.
    """
    project = get_project(viewer=viewer, uuid=uuid)
    scope = {"programme": project.programme.code, "place": project.place.code}
    lines, stage = list(lines_of(project)), Stage(project.stage)
    sums = {name: sum(getattr(line, f"{name}_fen") for line in lines) for name in ("amount", *STATIONS)}
    sums["livelihood"] = sum(livelihood_part(line.amount_fen, line.livelihood_percent) for line in lines)
    may_move = viewer.may(ProjectPermission.MOVE, **scope)
    return ProjectDetail(
        project,
        project.late_since(on) is not None,
        lines,
        {name: Money(fen, project.currency) for name, fen in sums.items()},
        moves=list(project.moves.order_by("-at", "-pk")),
        allowed_moves=tuple(to for to in Stage if may_move and to in MOVES[stage]),
        may_manage=viewer.may(ProjectPermission.MANAGE, **scope),
        may_post=viewer.may(FundPermission.POST, **scope) or viewer.may(FundPermission.OVERRIDE, **scope),
    )
