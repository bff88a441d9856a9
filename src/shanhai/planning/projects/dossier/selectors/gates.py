# SPDX-License-Identifier: Apache-2.0
"""What stands before the next stage of a project, and what has been filed for it; the page of a project."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, Sum, Value, When, Window
from django.db.models.functions import RowNumber

from shanhai.base.database.selectors import visible
from shanhai.kernel.actors import Actor
from shanhai.kernel.money import Money, total
from shanhai.planning.projects.core.rules import Timeline, is_late
from shanhai.planning.projects.core.selectors.projects import get_project
from shanhai.planning.projects.dossier.rules import ONWARD, REQUIREMENTS, Asked, GateFacts, Requirement, gate, near_end
from shanhai.planning.projects.models import (
    AllocationLine,
    AssetTransfer,
    Contract,
    Paper,
    Project,
    Settlement,
    Waiver,
)
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.projects.shares.rules.money import livelihood_part
from shanhai.planning.projects.states import MOVES, Delivery, Level, PaperKind, Stage
from shanhai.planning.projects.values import ProjectFacts
from shanhai.registers.ledger.permissions import FundPermission

if TYPE_CHECKING:
    from shanhai.registers.places.models import Division

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
    place: Division
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
        place=project.place,
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
