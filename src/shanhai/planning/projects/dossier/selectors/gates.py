# SPDX-License-Identifier: Apache-2.0
"""What stands before the next stage of a project, and what has been filed for it."""

from __future__ import annotations

from django.db.models import Sum

from shanhai.planning.projects.dossier.rules.gates import Asked, GateFacts, gate
from shanhai.planning.projects.models import Project
from shanhai.planning.projects.states import Delivery, PaperKind, Stage

# A draft of these is worth nothing: they are papers because somebody signed them.
SIGNED = frozenset({PaperKind.ENTRUSTMENT, PaperKind.ACCEPTANCE, PaperKind.TRANSFER_LIST})


def gate_facts(project: Project) -> GateFacts:
    """What the gates look at. Five queries."""
    settlement = getattr(project, "settlement", None)
    money = project.lines.aggregate(planned=Sum("amount_fen", default=0), arrived=Sum("arrived_fen", default=0))
    return GateFacts(
        delivery=Delivery(project.delivery),
        capital=project.capital,
        papers=filed(project),
        has_contract=project.contracts.exists(),
        arrived_fen=money["arrived"],
        planned_fen=money["planned"],
        progress_percent=project.progress_percent,
        accounts_approved=settlement is not None and settlement.approved_on is not None,
        surplus_fen=settlement.surplus_fen if settlement else 0,
        surplus_returned=settlement is not None and settlement.surplus_returned_on is not None,
        assets_transferred=project.asset_transfers.exists(),
    )


def filed(project: Project) -> frozenset[PaperKind]:
    """The kinds of paper whose last version counts: signed, where the kind is worth something only when signed."""
    last = {paper.kind: paper for paper in project.papers.order_by("version")}
    return frozenset(
        PaperKind(kind) for kind, paper in last.items() if PaperKind(kind) not in SIGNED or paper.signed_on is not None
    )


def open_gate(project: Project, to: Stage) -> tuple[Asked, ...]:
    """Everything asked before the project goes on to ``to``, met or not."""
    waived = set(project.waivers.values_list("requirement", flat=True))
    return gate(to, gate_facts(project), old=Stage(project.stage), waived=waived)
