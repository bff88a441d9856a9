# SPDX-License-Identifier: Apache-2.0
"""Giving what has arrived for one line to another project: its voucher taken back and posted anew, in one."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, Refused, checked_reason
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.money import Money
from shanhai.planning.projects.ceilings.services import keep_ceilings
from shanhai.planning.projects.core.selectors import codes_today, get_line
from shanhai.planning.projects.core.services import record_change
from shanhai.planning.projects.models import AllocationLine
from shanhai.planning.projects.shares.rules.money import pooled_shares
from shanhai.planning.projects.shares.rules.reversals import moved_arrival
from shanhai.planning.projects.shares.selectors.idle import beyond_arrived, lines_of_plan
from shanhai.planning.projects.shares.services import bring_up_to_date
from shanhai.planning.projects.values import number_of
from shanhai.registers.ledger.permissions import FundPermission
from shanhai.registers.ledger.selectors.postings import get_entry
from shanhai.registers.ledger.services.entries import repost_entry
from shanhai.registers.ledger.values import AccountKind, EntryRef, Source

ACTS = (FundPermission.VIEW, FundPermission.REVERSE, FundPermission.POST)


@transaction.atomic
def shift_arrival(
    *, by: Actor, at: datetime, entry: UUID, line: UUID, project: str, amount: Money, because: str
) -> EntryRef:
    """Give some of what an arrival brought for ``line`` to the ``project`` of that code, in the same plan and source.

    Its lines take it in proportion to what each still waits for. The voucher is reversed and posted anew with the other
    shares under its number, both on the day of ``at``; before that day the money lay where it lay.
    Raises NotVisible, NotAllowed, BadInput, Conflict, and Refused as an arrival and a reversal do.
    """
    found = get_entry(viewer=by, uuid=entry)
    # Whoever sees a part of a voucher would post that part alone.
    for permission in ACTS:
        by.require(permission, programme=found.programme)
    because = checked_reason(because, gettext_noop("请写明为什么改给别的项目。"), "projects")
    giver = get_line(viewer=by, uuid=line, lock=True)
    had = sum(row.amount.fen for row in found.postings if row.subject == str(giver.uuid))
    if any(row.to_kind is not AccountKind.ARRIVED for row in found.postings) or not 0 < amount.fen <= had:
        raise BadInput(
            gettext_noop("这张凭证给“%(project)s”的到位是 %(had)s，转出的要大于零、不超过这个数。请核对金额。"),
            "projects.shift_not_possible",
            field="amount",
            project=giver.project.name,
            had=Money(had, amount.currency),
        )
    year, source = giver.yearly_plan.year, giver.fund_source.code
    waiting = _lines_of(by, found.programme, year, source, project)
    takers = [one for one in waiting if one.pk != giver.pk]
    shares = pooled_shares(amount, [(one.amount_fen, one.arrived_fen) for one in takers])
    given = [(one, fen) for one, fen in zip(takers, shares, strict=True) if fen]

    moved = moved_arrival(
        found.postings, str(giver.uuid), [(str(one.uuid), one.project.place.code, fen) for one, fen in given]
    )
    posted = repost_entry(
        by=by,
        at=at,
        entry=entry,
        source=Source("funds.shift", f"{entry}:{number_of(found.source)}"),
        postings=moved,
        memo=found.memo,
        because=because,
    )
    bring_up_to_date([giver, *(one for one, _ in given)], posted.on_date)
    keep_ceilings(by=by, at=at, lines=[giver.uuid], projects=[giver.project.uuid], fallen={"arrived"})
    for one in beyond_arrived(programme=found.programme, lines=[giver.uuid]):
        raise Refused(
            gettext_noop("“%(project)s”到位的钱有的已经退回，转出的比余下的多 %(over)s。请核对金额。"),
            "projects.shift_beyond_given_back",
            project=one.line.project.name,
            over=one.over,
        )
    facts = {"amount_fen": amount.fen, "line": str(giver.uuid), "entry": str(posted.uuid)}
    for concerned in {one.project.pk: one.project for one in (giver, *(one for one, _ in given))}.values():
        record_change(
            by=by, at=at, project=concerned, action="projects.line.arrival_shifted", changes=facts, because=because
        )
    return posted


def _lines_of(by: Actor, programme: str, year: int, source: str, project: str) -> list[AllocationLine]:
    """The lines of the project with that code, today's or a former one, in the plan and source. Raises BadInput."""
    code = codes_today(viewer=by, programme=programme, codes=[project]).get(project, project)
    chosen = Q(project__code=code)
    found = lines_of_plan(viewer=by, programme=programme, year=year, fund_source=source, chosen=chosen)
    if not found:
        text = gettext_noop(
            "%(year)s 年的计划里没有从这个资金来源给项目 %(code)s 安排资金。要填项目编号，不填名称；请核对编号。"
        )
        raise BadInput(text, "projects.not_in_plan", field="project", year=year, code=project)
    return found
