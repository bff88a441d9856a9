# SPDX-License-Identifier: Apache-2.0
"""The dossier of a project: papers, contracts, progress, stops, final accounts, assets, and what is asked next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from shanhai.kernel.actors import Actor
from shanhai.planning.projects.core.selectors import get_project
from shanhai.planning.projects.dossier.rules import Asked, gate, settlement_due, transfer_due
from shanhai.planning.projects.dossier.selectors.gates import gate_facts_of
from shanhai.planning.projects.models import (
    AllocationLine,
    AssetTransfer,
    Contract,
    Paper,
    ProgressNote,
    Project,
    Settlement,
    Suspension,
)
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.projects.states import FINISHED, MOVES, PaperKind, Stage
from shanhai.registers.documents.permissions import DocumentPermission
from shanhai.registers.ledger.permissions import FundPermission


@dataclass(frozen=True, slots=True)
class Dossier:
    """A project with all of it, and what this viewer may do; ``gates`` are by the stage they stand before.

    Of each paper all versions, the one that counts first. ``assets_due`` is None before the project is accepted.
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
    may_file: bool
    may_move: bool
    may_manage: bool
    may_post: bool
    may_waive_law: bool


def project_dossier(*, viewer: Actor, uuid: UUID, on: date) -> Dossier:
    """The dossier of one project. Ten queries at most. Raises NotVisible."""
    project = get_project(viewer=viewer, uuid=uuid)
    scope = {"programme": project.programme.code, "place": project.place.code}
    waived = dict(project.waivers.values_list("requirement", "because"))
    facts, stage = gate_facts_of([project.pk])[project.pk], Stage(project.stage)
    gates = {to: gate(to, facts, old=stage) for to in Stage if to in MOVES[stage]}
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
        may_file=viewer.may(DocumentPermission.UPLOAD, **scope),
        may_move=viewer.may(ProjectPermission.MOVE, **scope),
        may_manage=viewer.may(ProjectPermission.MANAGE, **scope),
        may_post=viewer.may(FundPermission.POST, **scope),
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
