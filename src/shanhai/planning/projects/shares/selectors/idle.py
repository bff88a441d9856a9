# SPDX-License-Identifier: Apache-2.0
"""What of a project's money has come and gone nowhere."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from django.db.models import F, Q

from shanhai.base.database.selectors import holding
from shanhai.kernel.actors import Actor
from shanhai.kernel.money import Money
from shanhai.planning.projects.core.selectors import READER, lines_of
from shanhai.planning.projects.models import AllocationLine, Project
from shanhai.planning.projects.shares.selectors.portfolio import lines_in
from shanhai.registers.ledger.selectors.postings import search_postings
from shanhai.registers.ledger.values import AccountKind, Wanted

# More than a programme ever has of them.
MOST = 1_000_000


def list_awaiting(
    *, viewer: Actor, programme: str, year: int, fund_source: str, text: str = "", limit: int
) -> tuple[int, list[AllocationLine]]:
    """How many lines of a plan and source wait for money, and the first by code; ``text`` narrows them. Two queries."""
    found = lines_in(viewer=viewer, programme=programme, year=year).filter(
        holding(text, "project__name", "project__code", "project__former_codes", initials="project__initials"),
        fund_source__code=fund_source,
        arrived_fen__lt=F("amount_fen"),
    )
    rows = found.select_related("project__place").order_by("project__code", "pk")
    return found.count(), list(rows[:limit])


def lines_of_plan(*, viewer: Actor, programme: str, year: int, fund_source: str, chosen: Q) -> list[AllocationLine]:
    """The ``chosen`` lines of a plan and source, held until the transaction ends. One query."""
    found = lines_in(viewer=viewer, programme=programme, year=year).filter(chosen, fund_source__code=fund_source)
    rows = found.select_related("project__programme", "project__place").select_for_update(of=("self",))
    return list(rows.order_by("pk"))


class Idle(NamedTuple):
    """A line with what has arrived and is not allotted, and what is allotted and not paid, less what was given back."""

    line: AllocationLine
    unallotted: Money
    unpaid: Money


def idle_money(project: Project) -> list[Idle]:
    """The lines of the project that have money lying idle. Two queries at most."""
    waiting = [
        line for line in lines_of(project) if line.arrived_fen > line.allotted_fen or line.allotted_fen > line.paid_fen
    ]
    back, found = given_back(programme=project.programme.code, subjects=[str(line.uuid) for line in waiting]), []
    for line in waiting:
        of_line = back[str(line.uuid)]
        unallotted = max(line.arrived_fen - line.allotted_fen - of_line[AccountKind.ARRIVED], 0)
        unpaid = max(line.allotted_fen - line.paid_fen - of_line[AccountKind.ALLOTTED], 0)
        if unallotted or unpaid:
            found.append(Idle(line, Money(unallotted, project.currency), Money(unpaid, project.currency)))
    return found


def unpaid_of(project: Project) -> Money:
    """What of the project's money is allotted and neither paid nor given back."""
    return sum((one.unpaid for one in idle_money(project)), Money(0, project.currency))


class Beyond(NamedTuple):
    """A line of which more arrived money was given back than arrived for it and was not allotted."""

    line: AllocationLine
    over: Money


def beyond_arrived(*, programme: str, lines: Collection[UUID]) -> list[Beyond]:
    """Those of ``lines``, as they are stored. One query, and one more where of some arrived money was given back."""
    back = given_back(programme=programme, subjects=[str(uuid) for uuid in lines])
    gone = {UUID(subject): of_line[AccountKind.ARRIVED] for subject, of_line in back.items()}
    found = []
    for line in AllocationLine.objects.filter(uuid__in=gone).select_related("project").order_by("pk") if gone else ():
        over = gone[line.uuid] - max(line.arrived_fen - line.allotted_fen, 0)
        if over > 0:
            found.append(Beyond(line, Money(over, line.project.currency)))
    return found


def given_back(*, programme: str, subjects: Collection[str] | None = None) -> defaultdict[str, Counter[AccountKind]]:
    """What was given back of lines' money in fen, by the line's subject and by where it lay before. One query."""
    back: defaultdict[str, Counter[AccountKind]] = defaultdict(Counter)
    if subjects is None or subjects:
        wanted = Wanted(kind=AccountKind.SURPLUS, subjects=subjects)
        for row in search_postings(viewer=READER, programme=programme, wanted=wanted, offset=0, limit=MOST):
            back[row.subject][row.to_kind if row.is_reversal else row.from_kind] += row.counted.fen
    return back
