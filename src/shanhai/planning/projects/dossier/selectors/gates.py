# SPDX-License-Identifier: Apache-2.0
"""What stands before the next stage of a project, and what has been filed for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from itertools import islice

from django.db.models import Sum

from shanhai.planning.projects.dossier.rules.gates import Asked, GateFacts, gate
from shanhai.planning.projects.models import (
    AllocationLine,
    AssetTransfer,
    Contract,
    Paper,
    Project,
    Settlement,
    Waiver,
)
from shanhai.planning.projects.states import Delivery, PaperKind, Stage

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
