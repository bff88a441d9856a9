# SPDX-License-Identifier: Apache-2.0
"""The way of the money, step by step: each step is one ledger entry.

``programme`` and ``fund_source`` are codes. A step is posted under ``fund.post``, or ``under`` another permission that
the actor holds where it happens, when it is part of an act that this permission allows: issuing a plan, releasing its
reserve, handing in a county's return. The ledger then sees the same actor with ``fund.post`` for this one step.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import Refused
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.money import Money
from shanhai.planning.programmes.core import rules as fields
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.money.rules import entry_for
from shanhai.planning.programmes.values import Step, StepKind
from shanhai.registers.ledger.permissions import FundPermission
from shanhai.registers.ledger.selectors import postings
from shanhai.registers.ledger.services import entries
from shanhai.registers.ledger.services.writing import FundsInsufficient, SourceAlreadyUsed
from shanhai.registers.ledger.values import AccountKind, BulkResult, EntryRef, PostingRow, Source

PAGE = 200

REFUSALS: dict[StepKind, tuple[str, str]] = {
    StepKind.ALLOT: (
        "programmes.allotment_over_arrived",
        gettext_noop(
            "要核拨 %(asked)s 元，但到 %(on)s 已到位未核拨的只有 %(available)s 元。请先记到位，或核对金额和日期。"
        ),
    ),
    StepKind.PAY: (
        "programmes.payment_over_allotted",
        gettext_noop(
            "要支付 %(asked)s 元，但到 %(on)s 已核拨未支付的只有 %(available)s 元。请先核拨，或核对金额和日期。"
        ),
    ),
    StepKind.RETURN: (
        "programmes.return_over_allotted",
        gettext_noop("要上缴结余 %(asked)s 元，但到 %(on)s 已核拨未支付的只有 %(available)s 元。请核对金额和日期。"),
    ),
    StepKind.RELEASE: (
        "programmes.release_over_reserve",
        gettext_noop("要动用预备费 %(asked)s 元，但到 %(on)s 预备费只有 %(available)s 元。请核对金额和日期。"),
    ),
}


@transaction.atomic
def take_step(*, by: Actor, at: datetime, step: Step, under: str = FundPermission.POST) -> EntryRef:
    """Post one step; the same source twice is posted once. More than stands at the station before is refused.

    What of an arrival lies beyond the issued plan is taken straight from the supporter, whatever has been issued
    since it was first posted. Raises NotVisible, NotAllowed, BadInput, Refused, and what the ledger refuses by itself.
    """
    return (_arrive if step.kind is StepKind.ARRIVE else _take)(by, at, step, under)


@transaction.atomic
def take_steps(
    *,
    by: Actor,
    at: datetime,
    steps: Sequence[Step],
    under: str = FundPermission.POST,
    progress: Callable[[int], None] | None = None,
) -> BulkResult:
    """Many steps at once, all or none: for imports. Steps that stand already are skipped and counted.

    ``progress`` is told now and then how many steps have been taken.
    An arrival says its ``over_plan`` itself. Raises as the single steps do, but the ledger's FundsInsufficient names
    the station that is short instead of the step.
    """
    for programme, fund_source in sorted({(step.programme, step.fund_source) for step in steps}):
        source = programmes.get_fund_source(viewer=by, programme=programme, code=fund_source)
        for step in steps:
            if (step.programme, step.fund_source) == (programme, fund_source):
                _check(step, source.programme.currency)
    poster = by
    for programme, place in sorted({(step.programme, step.place) for step in steps}):
        poster = _lent(by, poster, under, programme=programme, place=place)

    return entries.post_entries(by=poster, at=at, entries=(entry_for(step) for step in steps), progress=progress)


@transaction.atomic
def take_back_steps(
    *,
    by: Actor,
    at: datetime,
    programme: str,
    places: Collection[str],
    sources: Iterable[Source],
    recorded_at: datetime,
    because: str,
    under: str = FundPermission.REVERSE,
) -> int:
    """Take back the steps in ``places`` recorded from ``sources`` at that instant, each on its own day.

    Answers how many. Raises NotAllowed without ``under`` in each place, and what ``entries.reverse_entries`` raises.
    """
    actor = by
    for place in sorted(places):
        actor = _lent(by, actor, under, programme=programme, place=place, what=FundPermission.REVERSE)

    return entries.reverse_entries(by=actor, at=at, sources=sources, recorded_at=recorded_at, because=because)


def _arrive(by: Actor, at: datetime, step: Step, under: str) -> EntryRef:
    try:
        with transaction.atomic():
            return _take(by, at, step, under)
    except FundsInsufficient as short:
        issued = max(short.message.params["available"], Money.zero(step.amount.currency))
        return _take(by, at, replace(step, over_plan=step.amount - issued), under)
    except SourceAlreadyUsed:
        standing = _find_arrival(by, step)
        if standing is None:
            raise
        return standing


def _take(by: Actor, at: datetime, step: Step, under: str) -> EntryRef:
    poster = _lent(by, by, under, programme=step.programme, place=step.place)

    source = programmes.get_fund_source(viewer=by, programme=step.programme, code=step.fund_source)
    _check(step, source.programme.currency)

    entry = entry_for(step)
    try:
        return entries.post_entry(
            by=poster,
            at=at,
            source=entry.source,
            programme=entry.programme,
            fund_source=entry.fund_source,
            on_date=entry.on_date,
            postings=entry.postings,
            memo=entry.memo,
            strength=entry.strength,
        )
    except FundsInsufficient as short:
        if step.kind not in REFUSALS:
            raise
        code, text = REFUSALS[step.kind]
        sums = short.message.params
        asked, available = (f"{sums[name].yuan:,.2f}" for name in ("asked", "available"))
        raise Refused(text, code, asked=asked, available=available, on=sums["on"].isoformat()) from short


def _lent(
    by: Actor,
    poster: Actor,
    under: str,
    *,
    programme: str,
    place: str,
    what: str = FundPermission.POST,
) -> Actor:
    by.require(under, programme=programme, place=place or None)
    return poster.lent(what, programme=programme, place=place or None)


def _check(step: Step, currency: str) -> None:
    fields.check_amount(step.amount, currency)
    for part in (step.reserve, step.over_plan):
        if part is not None:
            fields.check_amount(part, currency, zero=True)
            fields.check_reserve(step.amount, part, step.fund_source)


def _find_arrival(by: Actor, step: Step) -> EntryRef | None:
    """The arrival that stands from the same source and says the same, but for what of it lay over the plan."""
    found: list[PostingRow] = []
    offset = 0
    while True:
        count, rows = postings.list_postings(
            viewer=by,
            programme=step.programme,
            kind=AccountKind.ARRIVED,
            as_of=step.on_date,
            place=step.place or None,
            subject=step.subject,
            offset=offset,
            limit=PAGE,
        )
        found += [row for row in rows if row.source == step.source and row.on_date == step.on_date]
        offset += PAGE
        if offset >= count or rows[-1].on_date < step.on_date:
            break
    same = {(row.fund_source, row.place, row.strength) for row in found} == {
        (step.fund_source, step.place, step.strength)
    }
    if not same or sum(row.amount.fen for row in found) != step.amount.fen:
        return None
    entry = postings.get_entry(viewer=by, uuid=found[0].entry)
    return EntryRef(entry.uuid, entry.source, entry.on_date, entry.recorded_at)
