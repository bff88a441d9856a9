# SPDX-License-Identifier: Apache-2.0
"""What stands before the next stage of a project, its page, and its dossier: all that has been filed for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    Value,
    When,
)

from shanhai.base.database.selectors import in_programme, visible
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import Conflict
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.money import Money
from shanhai.planning.projects.core.selectors import get_project, lines_of
from shanhai.planning.projects.dossier.rules import (
    ARRIVALS,
    BY_KEY,
    ONWARD,
    PROGRESS,
    REQUIREMENTS,
    Asked,
    GateFacts,
    Requirement,
    gate,
    near_end,
    settlement_due,
    transfer_due,
)
from shanhai.planning.projects.models import (
    AllocationLine,
    AssetTransfer,
    Contract,
    Paper,
    ProgressNote,
    Project,
    Settlement,
    StageMove,
    Suspension,
    Waiver,
)
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.projects.shares.rules.money import livelihood_part
from shanhai.planning.projects.states import FINISHED, STEPS, Delivery, MoveKind, PaperKind, Stage
from shanhai.planning.projects.values import STATIONS
from shanhai.registers.documents.permissions import DocumentPermission
from shanhai.registers.ledger.permissions import FundPermission

# A draft of these is worth nothing: they are papers because somebody signed them.
SIGNED = frozenset({PaperKind.ENTRUSTMENT, PaperKind.ACCEPTANCE, PaperKind.TRANSFER_LIST})
CHUNK = 500


def gate_facts_of(projects: Sequence[int]) -> dict[int, GateFacts]:
    """By the key of each project what the gates look at. Two queries for 500 of them."""
    found = {}
    met = {f"met_{number}": ExpressionWrapper(_met(one), BooleanField()) for number, one in enumerate(REQUIREMENTS)}
    for start in range(0, len(projects), CHUNK):
        some = projects[start : start + CHUNK]
        waived = defaultdict(set)
        for key, requirement in Waiver.objects.filter(project__in=some).values_list("project", "requirement"):
            waived[key].add(requirement)
        rows: Any = Project.objects.filter(pk__in=some).annotate(**met).order_by("pk")
        for key, delivery, capital, *answers in rows.values_list("pk", "delivery", "capital", *met):
            fulfilled = frozenset(one for one, answer in zip(BY_KEY, answers, strict=True) if answer)
            found[key] = GateFacts(Delivery(delivery), capital, fulfilled, frozenset(waived[key]))
    return found


def open_gate(project: Project, to: Stage) -> tuple[Asked, ...]:
    """Everything asked before the project goes on to ``to``, met or not."""
    return gate(to, gate_facts_of([project.pk])[project.pk], old=Stage(project.stage))


class Waiting(NamedTuple):
    """Projects that wait for the viewer at one gate: for a requirement, by its key, or a move, by "move.<stage>"."""

    programme: str
    key: str
    many: int
    first: tuple[tuple[UUID, str, str], ...]


MOVE = "move."


def list_waiting(*, viewer: Actor, programme: str | None, few: int, on: date) -> tuple[Waiting, ...]:
    """What waits for the viewer, by gate and programme, with uuid, code and name of the first ``few``. One query."""
    found = Project.objects.filter(in_programme(programme), stage__in=ONWARD).annotate(key=waiting_for(viewer, on))
    # The database answers in a hundredth of the time that it takes to write the question: it is written once.
    rows = found.exclude(key="").order_by("code", "pk").values_list("programme__code", "key", "uuid", "code", "name")
    gates: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for of, key, *project in rows:
        gates[of, key].append(tuple(project))
    order = [f"{MOVE}{stage}" for stage in ONWARD] + [one.key for one in REQUIREMENTS]
    known = sorted(gates.items(), key=lambda one: (order.index(one[0][1]), one[0][0]))
    return tuple(Waiting(of, key, len(waiting), tuple(waiting[:few])) for (of, key), waiting in known)


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
    """Whether a project has it: of papers the last version counts, and one that is to be signed only once it is."""
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
        ARRIVALS: Q(Exists(lines.filter(arrived_fen__gt=0))) | ~Q(Exists(lines.filter(amount_fen__gt=0))),
        PROGRESS: Q(progress_percent=100),
        "settled.accounts": Q(Exists(accounts.filter(approved_on__isnull=False))),
        "settled.surplus": ~Q(Exists(accounts.filter(surplus_fen__gt=0, surplus_returned_on=None))),
        "handed_over.assets": Q(Exists(AssetTransfer.objects.filter(project=OuterRef("pk")))),
    }[one.key]


@dataclass(frozen=True, slots=True)
class ProjectDetail:
    """A project as its page shows it, with what this viewer may do to it; ``sums`` add its lines up, by name."""

    project: Project
    late_since: date | None
    lines: Sequence[AllocationLine]
    sums: Mapping[str, Money]
    moves: Sequence[StageMove]
    allowed_moves: tuple[Stage, ...]
    may_take_back: bool
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
    may_move, moves = viewer.may(ProjectPermission.MOVE, **scope), list(project.moves.order_by("-at", "-pk"))
    return ProjectDetail(
        project,
        project.late_since(on),
        lines,
        {name: Money(fen, project.currency) for name, fen in sums.items()},
        moves=moves,
        allowed_moves=tuple(to for to in Stage if may_move and to in STEPS[stage]),
        may_take_back=viewer.may(ProjectPermission.CORRECT, **scope) and _last_step(stage, moves) is not None,
        may_manage=viewer.may(ProjectPermission.MANAGE, **scope),
        may_post=viewer.may(FundPermission.POST, **scope) or viewer.may(FundPermission.OVERRIDE, **scope),
    )


def require_seen(project: Project, seen_stage: Stage | None) -> None:
    """Raise Conflict where the project no longer stands at the stage that the person saw."""
    if seen_stage is not None and seen_stage != project.stage:
        raise Conflict(
            gettext_noop("您看过以后，别人已经移动了这个项目的阶段。请刷新后再看能做什么。"),
            "projects.stage_moved_meanwhile",
        )


def last_step(project: Project) -> StageMove | None:
    """The step that brought the project to its stage and may be taken back.

    None where it was recorded there, or the step is unknown.
    """
    return _last_step(Stage(project.stage), project.moves.order_by("-at", "-pk"))


def _last_step(stage: Stage, newest_first: Iterable[StageMove]) -> StageMove | None:
    last = next((move for move in newest_first if move.kind == MoveKind.STEP), None)
    return last if last is not None and last.old and last.new == stage else None


@dataclass(frozen=True, slots=True)
class Dossier:
    """A project with all of it, and what this viewer may do; ``gates`` are by the stage they stand before.

    Of each paper all versions, the one that counts first. ``assets_due`` is None before the project is accepted;
    ``last_step`` is the one that can be taken back.
    """

    project: Project
    papers: Mapping[PaperKind, Sequence[Paper]]
    contracts: Sequence[Contract]
    notes: Sequence[ProgressNote]
    stops: Sequence[Suspension]
    accounts: Settlement | None
    assets: Sequence[AssetTransfer]
    assets_due: date | None
    gates: Mapping[Stage, tuple[Asked, ...]]
    waived: Mapping[str, str]
    lines: Sequence[AllocationLine]
    last_step: StageMove | None
    may_file: bool
    may_move: bool
    may_manage: bool
    may_post: bool
    may_correct: bool
    may_waive_law: bool


def project_dossier(*, viewer: Actor, uuid: UUID, on: date) -> Dossier:
    """The dossier of one project. Eleven queries at most. Raises NotVisible."""
    project = get_project(viewer=viewer, uuid=uuid)
    scope = {"programme": project.programme.code, "place": project.place.code}
    waived = dict(project.waivers.values_list("requirement", "because"))
    facts, stage = gate_facts_of([project.pk])[project.pk], Stage(project.stage)
    gates = {to: gate(to, facts, old=stage) for to in Stage if to in STEPS[stage]}
    papers: dict[PaperKind, list[Paper]] = {kind: [] for kind in PaperKind}
    for paper in project.papers.select_related("document").order_by("-version"):
        papers[PaperKind(paper.kind)].append(paper)
    return Dossier(
        project,
        papers,
        contracts=list(project.contracts.order_by("signed_on", "pk")),
        notes=list(project.progress_notes.order_by("-on_date", "-pk")[:20]),
        stops=list(project.suspensions.order_by("-since_on", "-pk")),
        accounts=settlement_of(project, on),
        assets=list(project.asset_transfers.order_by("on_date", "pk")),
        assets_due=transfer_due(project.accepted_on) if project.accepted_on else None,
        gates={to: asked for to, asked in gates.items() if asked},
        waived=waived,
        lines=list(project.lines.select_related("yearly_plan", "fund_source").order_by("-yearly_plan__year", "pk")),
        last_step=last_step(project),
        may_file=viewer.may(DocumentPermission.UPLOAD, **scope),
        may_move=viewer.may(ProjectPermission.MOVE, **scope),
        may_manage=viewer.may(ProjectPermission.MANAGE, **scope),
        may_post=viewer.may(FundPermission.POST, **scope),
        may_correct=viewer.may(ProjectPermission.CORRECT, **scope),
        may_waive_law=viewer.may(ProjectPermission.WAIVE_GATE, **scope),
    )


def settlement_of(project: Project, on: date) -> Settlement | None:
    """The final accounts that a completed capital project owes; not stored yet where nothing was done about them.

    Where the day of completion is unknown (a county's old table has none) they are due counting from ``on``.
    """
    stored: Settlement | None = getattr(project, "settlement", None)
    if stored is not None or not project.capital or project.stage not in FINISHED:
        return stored
    return Settlement(project=project, due_on=settlement_due(project.finished_on or on))
