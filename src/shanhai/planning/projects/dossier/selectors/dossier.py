# SPDX-License-Identifier: Apache-2.0
"""The dossier of a project: papers, contracts, progress, stops, final accounts, assets, and what is asked next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from shanhai.kernel.actors import Actor
from shanhai.kernel.money import Money
from shanhai.planning.projects.core.selectors.projects import get_project
from shanhai.planning.projects.dossier.rules import Asked, gate, settlement_due, transfer_due
from shanhai.planning.projects.dossier.selectors.gates import gate_facts
from shanhai.planning.projects.models import Project, Settlement
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.projects.states import FINISHED, MOVES, Method, PaperKind, Size, Stage, StopReason
from shanhai.registers.documents.permissions import DocumentPermission
from shanhai.registers.ledger.permissions import FundPermission


@dataclass(frozen=True, slots=True)
class PaperRow:
    """One version of a paper; ``last`` is the one that counts."""

    uuid: UUID
    kind: PaperKind
    version: int
    document: UUID
    number: str
    issuer: str
    issued_on: date | None
    signed_on: date | None
    last: bool


@dataclass(frozen=True, slots=True)
class ContractRow:
    """A contract as it was signed."""

    number: str
    contractor: str
    method: Method
    amount: Money
    signed_on: date


@dataclass(frozen=True, slots=True)
class NoteRow:
    """How far the work had come on a day."""

    uuid: UUID
    on: date
    percent: int
    words: str


@dataclass(frozen=True, slots=True)
class StopRow:
    """A stop of the work; without ``until`` it lasts."""

    reason: StopReason
    since: date
    expected: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class AccountsRow:
    """The final accounts: by when (``due`` counts an extension), how large, what was left."""

    due: date
    extended: bool
    size: Size
    approved_on: date | None
    approved: Money | None
    surplus: Money
    returned_on: date | None


@dataclass(frozen=True, slots=True)
class AssetRow:
    """An asset that went to its keeper."""

    asset: str
    keeper: str
    value: Money
    on: date


@dataclass(frozen=True, slots=True)
class Dossier:
    """All of it, with what this viewer may do; ``gates`` are by the stage they stand before."""

    uuid: UUID
    code: str
    name: str
    programme: str
    currency: str
    stage: Stage
    papers: tuple[PaperRow, ...]
    contracts: tuple[ContractRow, ...]
    notes: tuple[NoteRow, ...]
    stops: tuple[StopRow, ...]
    accounts: AccountsRow | None
    assets: tuple[AssetRow, ...]
    assets_due: date | None
    gates: Mapping[Stage, tuple[Asked, ...]]
    waived: Mapping[str, str]
    lines: tuple[tuple[UUID, str], ...]
    may_file: bool
    may_move: bool
    may_manage: bool
    may_post: bool
    may_waive_law: bool


def project_dossier(*, viewer: Actor, uuid: UUID, on: date) -> Dossier:
    """The dossier of one project. Fourteen queries at most. Raises NotVisible."""
    project = get_project(viewer=viewer, uuid=uuid)
    scope = {"programme": project.programme.code, "place": project.place.code}
    waived = dict(project.waivers.values_list("requirement", "because"))
    facts, stage = gate_facts(project), Stage(project.stage)
    gates = {to: gate(to, facts, old=stage, waived=waived) for to in Stage if to in MOVES[stage]}
    lines = project.lines.select_related("yearly_plan", "fund_source").order_by("-yearly_plan__year", "pk")
    return Dossier(
        uuid=project.uuid,
        code=project.code,
        name=project.name,
        programme=project.programme.code,
        currency=project.currency,
        stage=stage,
        papers=_papers(project),
        contracts=tuple(
            ContractRow(
                row.number, row.contractor, Method(row.method), Money(row.amount_fen, project.currency), row.signed_on
            )
            for row in project.contracts.order_by("signed_on", "pk")
        ),
        notes=tuple(
            NoteRow(row.uuid, row.on_date, row.percent, row.words)
            for row in project.progress_notes.order_by("-on_date", "-pk")[:20]
        ),
        stops=tuple(
            StopRow(StopReason(row.reason), row.since_on, row.restart_expected_on, row.restarted_on)
            for row in project.suspensions.order_by("-since_on", "-pk")
        ),
        accounts=_accounts(project, on),
        assets=tuple(
            AssetRow(row.asset, row.keeper, Money(row.value_fen, project.currency), row.on_date)
            for row in project.asset_transfers.order_by("on_date", "pk")
        ),
        assets_due=transfer_due(project.accepted_on) if project.accepted_on else None,
        gates={to: asked for to, asked in gates.items() if asked},
        waived=waived,
        lines=tuple((line.uuid, f"{line.yearly_plan.year} · {line.fund_source.name}") for line in lines),
        may_file=viewer.may(DocumentPermission.UPLOAD, **scope),
        may_move=viewer.may(ProjectPermission.MOVE, **scope),
        may_manage=viewer.may(ProjectPermission.MANAGE, **scope),
        may_post=viewer.may(FundPermission.POST, **scope),
        may_waive_law=viewer.may(ProjectPermission.WAIVE_GATE, **scope),
    )


def _papers(project: Project) -> tuple[PaperRow, ...]:
    order = {kind: position for position, kind in enumerate(PaperKind)}
    rows = sorted(project.papers.select_related("document"), key=lambda row: (order[PaperKind(row.kind)], -row.version))
    seen: set[str] = set()
    found = []
    for row in rows:
        last = row.kind not in seen
        seen.add(row.kind)
        found.append(
            PaperRow(
                row.uuid,
                PaperKind(row.kind),
                row.version,
                row.document.uuid,
                row.number,
                row.issuer,
                row.issued_on,
                row.signed_on,
                last,
            )
        )
    return tuple(found)


def _accounts(project: Project, on: date) -> AccountsRow | None:
    row = settlement_of(project, on)
    if row is None:
        return None
    currency = project.currency
    return AccountsRow(
        due=row.extended_to or row.due_on,
        extended=row.extended_to is not None,
        size=Size(row.size),
        approved_on=row.approved_on,
        approved=Money(row.approved_fen, currency) if row.approved_fen is not None else None,
        surplus=Money(row.surplus_fen, currency),
        returned_on=row.surplus_returned_on,
    )


def settlement_of(project: Project, on: date) -> Settlement | None:
    """The final accounts that a completed capital project owes; not stored yet where nothing was done about them.

    Where the day of completion is unknown (a county's old table has none) they are due counting from ``on``.
    """
    stored: Settlement | None = getattr(project, "settlement", None)
    if stored is not None or not project.capital or project.stage not in FINISHED:
        return stored
    return Settlement(project=project, due_on=settlement_due(project.finished_on or on))
