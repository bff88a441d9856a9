# SPDX-License-Identifier: Apache-2.0
"""Money that has come in for a year's plan as a whole: shared over the lines that wait for it, or given as stated."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from shanhai.base.outbox import services as outbox
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.money import Money
from shanhai.planning.projects import events
from shanhai.planning.projects.shares.rules.money import pooled_shares, require_stated
from shanhai.planning.projects.shares.selectors.idle import lines_of_plan
from shanhai.planning.projects.shares.services import bring_up_to_date
from shanhai.registers.ledger.permissions import FundPermission
from shanhai.registers.ledger.services.entries import post_entry
from shanhai.registers.ledger.values import AccountKind, EntryRef, NewPosting, Source

# As many postings as the ledger lets one entry have.
MAX_POSTINGS = 1000


@transaction.atomic
def record_pooled_arrival(
    *,
    by: Actor,
    at: datetime,
    programme: str,
    fund_source: str,
    year: int,
    amount: Money,
    on_date: date,
    source: Source,
    memo: str = "",
    each: Mapping[UUID, Money] | None = None,
) -> EntryRef:
    """Record money that arrived for a year's plan as a whole, shared over the lines that still wait for money.

    With ``each``, line by line, these alone get what it says, together ``amount``, none more than it waits for.

    Each line gets a share in proportion to what has not arrived, by largest remainder: one posting each, in one entry
    (a further one, its source id ending in ":2", from the thousandth line on). Raises NotAllowed, BadInput, Refused,
    SourceAlreadyUsed, FundsInsufficient when the plan's money has not been issued.
    """
    by.require(FundPermission.POST, programme=programme)

    chosen = Q(uuid__in=each) if each else Q()
    lines = lines_of_plan(viewer=by, programme=programme, year=year, fund_source=fund_source, chosen=chosen)
    if each:
        if len(lines) < len(each):
            text = gettext_noop("选中的项目里，有的不在这一年、这个资金来源的计划里。请按年度和资金来源重新列出再选。")
            raise BadInput(text, "projects.not_in_plan")
        require_stated(amount, [(line.project.name, line.awaited, each[line.uuid]) for line in lines])
        shares = tuple(each[line.uuid].fen for line in lines)
    else:
        shares = pooled_shares(amount, [(line.amount_fen, line.arrived_fen) for line in lines])

    given = [(line, Money(fen, amount.currency)) for line, fen in zip(lines, shares, strict=True) if fen]
    refs = [
        post_entry(
            by=by,
            at=at,
            source=source if start == 0 else Source(source.kind, f"{source.id}:{start // MAX_POSTINGS + 1}"),
            programme=programme,
            fund_source=fund_source,
            on_date=on_date,
            postings=[
                NewPosting(AccountKind.ISSUED, AccountKind.ARRIVED, share, str(line.uuid), line.project.place.code)
                for line, share in given[start : start + MAX_POSTINGS]
            ],
            memo=memo,
        )
        for start in range(0, len(given) or 1, MAX_POSTINGS)
    ]
    bring_up_to_date([line for line, _ in given], on_date)
    # One piece of news for all of them: there may be thousands.
    news = {"programme": programme, "year": year, "lines": len(given)}
    outbox.publish(by=by, at=at, name=events.ARRIVAL_POOLED, payload=news)
    return refs[0]
