# SPDX-License-Identifier: Apache-2.0
"""What of a project's money has come and gone nowhere."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from shanhai.kernel.money import Money
from shanhai.planning.projects.core.selectors import READER, lines_of
from shanhai.planning.projects.models import AllocationLine, Project
from shanhai.registers.ledger.selectors.postings import list_postings
from shanhai.registers.ledger.values import AccountKind

MOST = 1000


class Idle(NamedTuple):
    """A line with what has arrived and is not allotted, and what is allotted and not paid, less what was given back."""

    line: AllocationLine
    unallotted: Money
    unpaid: Money


def idle_money(project: Project) -> list[Idle]:
    """The lines of the project that have money lying idle. One query, and two for each line that may have."""
    found = []
    for line in lines_of(project):
        unallotted, unpaid = line.arrived_fen - line.allotted_fen, line.allotted_fen - line.paid_fen
        if unallotted > 0 or unpaid > 0:
            back = _given_back(line, project.programme.code)
            unallotted = max(unallotted - back[AccountKind.ARRIVED], 0)
            unpaid = max(unpaid - back[AccountKind.ALLOTTED], 0)
            if unallotted or unpaid:
                found.append(Idle(line, Money(unallotted, project.currency), Money(unpaid, project.currency)))
    return found


def unpaid_of(project: Project) -> Money:
    """What of the project's money is allotted and neither paid nor given back."""
    return sum((one.unpaid for one in idle_money(project)), Money(0, project.currency))


def beyond_arrived(line: AllocationLine) -> Money:
    """How much more was given back of a line's arrived money than arrived for it and was not allotted."""
    back = _given_back(line, line.project.programme.code)[AccountKind.ARRIVED]
    return Money(max(back - max(line.arrived_fen - line.allotted_fen, 0), 0), line.project.currency)


def _given_back(line: AllocationLine, programme: str) -> Counter[AccountKind]:
    """What was given back of a line's money in fen, by where it lay before."""
    back: Counter[AccountKind] = Counter()
    of_line, kind = str(line.uuid), AccountKind.SURPLUS
    for row in list_postings(viewer=READER, programme=programme, kind=kind, subject=of_line, offset=0, limit=MOST)[1]:
        back[row.to_kind if row.is_reversal else row.from_kind] += row.counted.fen
    return back
