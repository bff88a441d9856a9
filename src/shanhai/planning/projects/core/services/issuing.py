# SPDX-License-Identifier: Apache-2.0
"""What was issued of lines whose plan is issued line by line follows what these have."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.money import Money
from shanhai.planning.programmes.money import services as chain
from shanhai.planning.programmes.values import Step, StepKind
from shanhai.planning.projects.core.selectors import READER
from shanhai.planning.projects.models import AllocationLine
from shanhai.planning.projects.values import ISSUED_WITH_LINE
from shanhai.registers.ledger.selectors.postings import search_postings
from shanhai.registers.ledger.values import AccountKind, PostingRow, Source, Wanted

MOST = 500


def follow_lines(
    *, by: Actor, at: datetime, changed: Iterable[tuple[AllocationLine, int]], because: str, under: str
) -> None:
    """Issue what each line has more than the fen beside it, and take back what it has less, in the year of its issue.

    What has arrived stays issued. A line that was not issued as a whole stays as it is, and those of a plan that was
    issued by its fund sources do. Raises NotAllowed without ``under``.
    """
    for line, had in changed:
        if line.amount_fen == had or line.yearly_plan.amounts.exists():
            continue
        wanted = Wanted(kind=AccountKind.ISSUED, subjects=[str(line.uuid)])
        programme = line.project.programme.code
        rows = search_postings(viewer=READER, programme=programme, wanted=wanted, offset=0, limit=MOST)
        standing = [row for row in rows if not row.is_reversal and not row.is_reversed]
        issued = sum(row.amount.fen for row in standing)
        arrived = min(issued, line.arrived_fen)
        if issued == max(had, arrived):
            more = max(line.amount_fen, arrived) - issued
            source = Source(ISSUED_WITH_LINE, f"{line.uuid}:{len(rows)}")
            _issue(by, at, line, more, standing, source, because=because, under=under)


def _issue(
    by: Actor, at: datetime, line: AllocationLine, more: int, standing: Sequence[PostingRow], source: Source, **how: Any
) -> None:
    today, place = local_date(at), line.project.place.code

    def step(fen: int, day: date, place: str) -> Step:
        money = Money(fen, line.project.currency)
        of_line = {"subject": str(line.uuid), "place": place, "memo": how["because"][:400]}
        return Step(StepKind.ISSUE, line.project.programme.code, line.fund_source.code, money, day, source, **of_line)

    if more > 0:
        chain.take_step(by=by, at=at, step=step(more, today, place), under=how["under"])
    left = max(-more, 0)
    for row in standing:
        part = min(row.amount.fen, left)
        if part:
            again = step(row.amount.fen - part, min(today, date(row.on_date.year, 12, 31)), row.place)
            chain.take_step_again(by=by, at=at, entry=row.entry, step=again, **how)
        left -= part
