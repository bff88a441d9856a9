# SPDX-License-Identifier: Apache-2.0
"""Yearly plans, from draft through the ledger to closed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import ProtectedError

from shanhai.base.audit import services as audit
from shanhai.base.formats import named
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, Conflict, Refused
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.money import Money, total
from shanhai.kernel.states import require_move
from shanhai.planning.programmes.core import rules as fields
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.models import (
    PlanAmount,
    PlanChange,
    PlanMove,
    Programme,
    YearlyPlan,
)
from shanhai.planning.programmes.money import services as chain
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.programmes.states import PLAN_MOVES, PlanState
from shanhai.planning.programmes.values import SourceAmount, Step, StepKind, plan_guards
from shanhai.registers.ledger.permissions import FundPermission
from shanhai.registers.ledger.selectors.postings import find_entries, get_entry
from shanhai.registers.ledger.services.writing import FundsInsufficient
from shanhai.registers.ledger.values import AccountKind, Source

# What an entry that issues the rest of a lowered amount anew is made from.
LOWERED = "programmes.plan_lowered"
BECAUSE = message(gettext_noop("理由"))
NOT_RAISED = {
    PlanState.CLOSED: gettext_noop("%(year)s 年的计划已经关闭，不能再调整。请用以后年度的计划。"),
    PlanState.DRAFT: gettext_noop("%(year)s 年的计划还没有下达，不用调整。请在计划页直接改金额。"),
}
NOT_BY_SOURCE = gettext_noop("%(year)s 年的计划按项目逐笔下达，没有总额可以调整。请调整项目的援助资金。")


@transaction.atomic
def make_yearly_plan(
    *, by: Actor, at: datetime, programme: str, year: int, amounts: Iterable[SourceAmount] = ()
) -> YearlyPlan:
    """Write the draft of a year's plan with what it takes from each fund source.

    A plan without amounts is issued project by project (a step of ``chain`` with a subject). Raises BadInput,
    Conflict.
    """
    found = programmes.managed_programme(viewer=by, code=programme)

    fields.check_year(year, found.starts_on, found.ends_on)
    if found.yearly_plans.filter(year=year).exists():
        raise Conflict(
            gettext_noop("%(year)s 年的计划已经有了。请打开它修改。"), "programmes.year_already_planned", year=str(year)
        )
    lines = _checked_lines(found, amounts)

    plan = YearlyPlan.objects.create(programme=found, year=year)
    _write_lines(plan, lines)
    facts = {"year": year, "amounts": {code: line.amount.fen for code, line in lines.items()}}
    audit.record(by=by, at=at, action="programmes.plan.made", on=plan.subject(), changes=facts)
    return plan


@transaction.atomic
def change_plan_amounts(*, by: Actor, at: datetime, plan: UUID, amounts: Iterable[SourceAmount]) -> YearlyPlan:
    """Replace the amounts of a draft.

    Raises Refused, also for less than is given to projects, and what ``make_yearly_plan`` raises for amounts.
    """
    found = YearlyPlan.objects.managed(by, plan)

    if found.state != PlanState.DRAFT:
        raise Refused(
            gettext_noop("%(year)s 年的计划已经下达，不能再改。请作计划调整。"),
            "programmes.plan_not_a_draft",
            year=str(found.year),
        )
    stored = list(found.amounts.select_related("fund_source"))
    old = {line.fund_source.code: line.amount_fen for line in stored}
    rooms = {line.fund_source.code: line.amount_fen - line.reserve_fen for line in stored}
    lines = _checked_lines(found.programme, amounts)

    found.amounts.all().delete()
    _write_lines(found, lines)
    less = [
        code
        for code, room in rooms.items()
        if code not in lines or (lines[code].amount - lines[code].reserve).fen < room
    ]
    for guard in plan_guards:
        guard.keep(by=by, at=at, programme=found.programme.code, year=found.year, sources=less)
    facts = {"amounts": [old, {code: line.amount.fen for code, line in lines.items()}]}
    audit.record(by=by, at=at, action="programmes.plan.amounts_changed", on=found.subject(), changes=facts)
    return found


@transaction.atomic
def issue_yearly_plan(
    *, by: Actor, at: datetime, plan: UUID, issued_on: date, because: str = "", confirmed: Money | None = None
) -> YearlyPlan:
    """Issue (下达) a draft: its amounts go into the ledger as issued, and its reserve on into the reserve account.

    ``confirmed`` is the sum that somebody has looked at. Raises IllegalMove unless it is a draft, Conflict
    when it adds up to something else, NotVisible for a plan that the actor may not see.
    """
    found = YearlyPlan.objects.managed(by, plan)

    require_move(PLAN_MOVES, PlanState(found.state), PlanState.ISSUED)
    fields.check_day(issued_on, found.programme.starts_on, clock.local_date(at))
    lines = list(found.amounts.select_related("fund_source").order_by("pk"))
    stands = total((line.amount for line in lines), found.programme.currency)
    if confirmed is not None and confirmed.fen != stands.fen:
        raise Conflict(
            gettext_noop("您核对的合计是 %(seen)s 元，现在是 %(now)s 元。请看过新的金额再下达。"),
            "programmes.plan_amounts_changed",
            seen=f"{confirmed.yuan:,.2f}",
            now=f"{stands.yuan:,.2f}",
        )

    for line in lines:
        code = line.fund_source.code
        source = Source("programmes.plan", f"{found.uuid}:{code}")
        _take_step(by, at, found, StepKind.ISSUE, code, line.amount, issued_on, source, reserve=line.reserve)
    found.issued_on = issued_on
    _move(found, PlanState.ISSUED, by=by, at=at, because=because)
    return found


@transaction.atomic
def take_back_plans(*, by: Actor, at: datetime, plans: Collection[UUID], because: str) -> None:
    """Delete those of ``plans`` that are drafts without amounts and that nothing refers to; others stay.

    Raises NotAllowed.
    """
    empty = YearlyPlan.objects.filter(uuid__in=plans, state=PlanState.DRAFT, amounts=None).order_by("pk")
    for plan in empty.select_related("programme").select_for_update(of=("self",)):
        by.require(ProgrammePermission.MANAGE, programme=plan.programme.code)
        on, facts = plan.subject(), {"year": plan.year}
        with suppress(ProtectedError), transaction.atomic():
            plan.delete()
            action = "programmes.plan.taken_back"
            audit.record(by=by, at=at, action=action, on=on, changes=facts, because=because)


@transaction.atomic
def close_yearly_plan(*, by: Actor, at: datetime, plan: UUID, because: str = "") -> YearlyPlan:
    """Close an issued plan; its money stays where it is. Raises IllegalMove unless it is issued."""
    found = YearlyPlan.objects.managed(by, plan)

    require_move(PLAN_MOVES, PlanState(found.state), PlanState.CLOSED)

    _move(found, PlanState.CLOSED, by=by, at=at, because=because)
    return found


@transaction.atomic
def release_plan_reserve(
    *,
    by: Actor,
    at: datetime,
    plan: UUID,
    fund_source: str,
    amount: Money,
    on_date: date,
    because: str,
    seen: Money | None = None,
) -> YearlyPlan:
    """Release (动用) some of what an issued plan keeps in reserve of a source: it may then be arranged and arrive.

    ``seen`` is the reserve that was looked at. Raises NotVisible, NotAllowed, BadInput, Conflict, and Refused for more
    than the plan keeps.
    """
    found = YearlyPlan.objects.managed(by, plan)
    line = found.amounts.filter(fund_source__code=fund_source).select_related("fund_source").first()
    if found.state != PlanState.ISSUED or line is None or not line.reserve_fen:
        raise Refused(
            gettext_noop("这份计划没有可以动用的预备费。请核对资金来源和计划走到了哪一步。"), "programmes.no_reserve"
        )
    because = because.strip()
    if not because:
        raise BadInput(gettext_noop("请写明为什么动用预备费，用到哪里。"), "programmes.reason_missing")
    fields.check_day(on_date, found.programme.starts_on, clock.local_date(at))
    fields.check_amount(amount, found.programme.currency)
    stands = line.reserve
    if seen is not None and seen != stands:
        raise Conflict(
            gettext_noop("预备费在您看过以后变过了。请核对现在的金额再动用。"), "programmes.reserve_moved_meanwhile"
        )
    if amount.fen > stands.fen:
        raise Refused(
            gettext_noop("要动用预备费 %(asked)s，但这份计划只留有 %(stands)s。请核对金额。"),
            "programmes.release_over_reserve",
            asked=amount,
            stands=stands,
        )

    # What is left only falls, so each release begins at another sum.
    taken_from = Source("programmes.reserve_released", f"{found.uuid}:{fund_source}:{stands.fen}")
    _take_step(by, at, found, StepKind.RELEASE, fund_source, amount, on_date, taken_from, memo=because[:400])
    line.reserve_fen -= amount.fen
    line.save(update_fields=["reserve_fen"])
    found.reserve_fen -= amount.fen
    found.save(update_fields=["reserve_fen"])
    PlanChange.objects.create(line=line, on=on_date, reserve_fen=-amount.fen)
    facts = {"reserve": {fund_source: [stands.fen, line.reserve_fen]}}
    audit.record(
        by=by, at=at, action="programmes.plan.reserve_released", on=found.subject(), changes=facts, because=because
    )
    return found


@transaction.atomic
def adjust_issued_plan(
    *,
    by: Actor,
    at: datetime,
    plan: UUID,
    amounts: Mapping[str, tuple[Money, Money]],
    on_date: date,
    ground: str,
    because: str,
    earlier: Sequence[str] = (),
) -> YearlyPlan:
    """Change what an issued plan takes from its fund sources: by code, the amount that stands and the new one.

    What comes on top is issued on ``on_date``, all of it to projects, none to the reserve; what is less is taken back
    from what was issued, in the year of its issue, down to nothing. ``ground`` names what the change rests on,
    ``earlier`` those before it. Raises NotVisible, NotAllowed, Conflict, BadInput, and Refused, also below what lines
    take with the reserve that is left, or has arrived.
    """
    stored = YearlyPlan.objects.managed(by, plan)

    lines = {line.fund_source.code: line for line in stored.amounts.select_related("fund_source")}
    fields.check_day(on_date, stored.programme.starts_on, clock.local_date(at))
    _check_change(stored, lines, amounts)

    lowered = [code for code, (old, new) in sorted(amounts.items()) if new < old]
    for code, (old, new) in sorted(amounts.items()):
        source = programmes.get_fund_source(viewer=by, programme=stored.programme.code, code=code)
        line = lines.get(code) or PlanAmount(plan=stored, fund_source=source)
        line.amount_fen = new.fen
        line.save()
        if new > old:
            PlanChange.objects.create(line=line, on=on_date, amount_fen=(new - old).fen)
            raised = Source("programmes.plan_raised", f"{ground}:{code}")
            _take_step(by, at, stored, StepKind.ISSUE, code, new - old, on_date, raised)
        elif new < old:
            _take_back_issued(by, at, line, old - new, on_date, [ground, *earlier], because)
    for guard in plan_guards if lowered else ():
        guard.keep(by=by, at=at, programme=stored.programme.code, year=stored.year, sources=lowered)
    audit.record(
        by=by,
        at=at,
        action="programmes.plan.lowered" if lowered else "programmes.plan.raised",
        on=stored.subject(),
        changes={"amounts": {code: [old.fen, new.fen] for code, (old, new) in sorted(amounts.items())}},
        because=because,
    )
    return stored


def _take_back_issued(
    by: Actor, at: datetime, line: PlanAmount, amount: Money, on: date, grounds: Sequence[str], because: str
) -> None:
    """Reverse what was issued of a source, the newest first, and issue anew what of the last entry is to stand.

    Money of a year is that of its entries' days: each is reversed in the year in which it was issued. What was put into
    reserve with an entry is put there again: released or not, the reserve is as before.
    """
    plan, code = line.plan, line.fund_source.code
    programme, left = plan.programme.code, amount
    reader = by.lent(FundPermission.VIEW, programme=programme, place=None)
    made = [Source(kind, f"{one}:{code}") for one in grounds for kind in ("programmes.plan_raised", LOWERED)]
    sources = [*made, Source("programmes.plan", f"{plan.uuid}:{code}")]
    found = [one for one in find_entries(viewer=reader, sources=sources) if one.source in sources]
    nothing = Money.zero(plan.programme.currency)
    for entry in (get_entry(viewer=reader, uuid=one.uuid) for one in found):
        sums = {row.to_kind: row.amount for row in entry.postings}
        part = min(sums.get(AccountKind.ISSUED, nothing), left)
        if entry.reversed_by is not None or not part:
            continue
        day, source = min(on, date(entry.on_date.year, 12, 31)), Source(LOWERED, f"{grounds[0]}:{code}")
        rest, reserve = sums[AccountKind.ISSUED] - part, sums.get(AccountKind.RESERVE)
        step = Step(StepKind.ISSUE, programme, code, rest, day, source, reserve=reserve)
        how: Mapping[str, Any] = {"because": because, "under": ProgrammePermission.MANAGE}
        try:
            chain.take_step_again(by=reader, at=at, entry=entry.uuid, step=step, **how)
        except FundsInsufficient as short:
            told = short.message.params
            missing = told["missing"] if "missing" in told else told["asked"] - told["available"]
            raise Refused(
                gettext_noop(
                    "“%(source)s”下达的钱有一部分已经到位，或当年还留作预备费，计划最多减到 %(least)s。"
                    "请少减一些，或先冲正多记的到位。"
                ),
                "programmes.issued_has_arrived",
                source=named(line.fund_source),
                least=line.amount + missing,
            ) from short
        PlanChange.objects.create(line=line, on=day, amount_fen=-part.fen)
        left -= part


def _checked_lines(programme: Programme, amounts: Iterable[SourceAmount]) -> dict[str, SourceAmount]:
    known = {source.code: named(source) for source in programme.fund_sources.all()}
    lines: dict[str, SourceAmount] = {}
    for line in amounts:
        fields.check_amount(line.amount, programme.currency)
        fields.check_amount(line.reserve, programme.currency, zero=True)
        if line.fund_source not in known:
            raise BadInput(
                gettext_noop("没有登记资金来源“%(code)s”。请先登记这个来源。"),
                "programmes.fund_source_unknown",
                code=line.fund_source[:60],
            )
        if line.fund_source in lines:
            raise Conflict(
                gettext_noop("资金来源“%(source)s”出现了两次。请合并成一行。"),
                "programmes.fund_source_named_twice",
                source=known[line.fund_source],
            )
        fields.check_reserve(line.amount, line.reserve, known[line.fund_source])
        lines[line.fund_source] = line
    return lines


def _write_lines(plan: YearlyPlan, lines: dict[str, SourceAmount]) -> None:
    sources = {source.code: source for source in plan.programme.fund_sources.all()}
    PlanAmount.objects.bulk_create(
        PlanAmount(plan=plan, fund_source=sources[code], amount_fen=line.amount.fen, reserve_fen=line.reserve.fen)
        for code, line in lines.items()
    )
    plan.reserve_fen = sum(line.reserve.fen for line in lines.values())
    plan.save(update_fields=["reserve_fen"])


def _move(plan: YearlyPlan, new: PlanState, *, by: Actor, at: datetime, because: str) -> None:
    because = fields.checked_text(because, BECAUSE, 2000, optional=True)
    old = PlanState(plan.state)
    plan.state = new
    plan.save(update_fields=["state", "issued_on"])
    PlanMove.objects.create(plan=plan, old=old, new=new, at=at, by=by.ref, because=because)
    facts = {"state": [old.value, new.value]}
    audit.record(by=by, at=at, action=f"programmes.plan.{new}", on=plan.subject(), changes=facts, because=because)


def _check_change(
    plan: YearlyPlan, lines: Mapping[str, PlanAmount], amounts: Mapping[str, tuple[Money, Money]]
) -> None:
    year = str(plan.year)
    if plan.state != PlanState.ISSUED or not lines:
        text = NOT_RAISED.get(PlanState(plan.state), NOT_BY_SOURCE)
        raise Refused(text, "programmes.plan_not_raisable", year=year)
    for code, (old, new) in amounts.items():
        fields.check_amount(new, plan.programme.currency, zero=code in lines)
        standing = Money(lines[code].amount_fen if code in lines else 0, plan.programme.currency)
        if standing != old:
            raise Conflict(
                gettext_noop("%(year)s 年计划的金额在提出调整以后变过了。请按现在的金额重新填写。"),
                "programmes.plan_moved_meanwhile",
                year=year,
            )
        if code in lines and new < lines[code].reserve:
            raise Refused(
                gettext_noop("“%(source)s”还留有预备费 %(reserve)s，计划最多减到这个数。要再减，请先动用预备费。"),
                "programmes.below_reserve",
                source=named(lines[code].fund_source),
                reserve=lines[code].reserve,
            )


def _take_step(
    by: Actor,
    at: datetime,
    plan: YearlyPlan,
    kind: StepKind,
    code: str,
    amount: Money,
    on: date,
    source: Source,
    **kept: Any,
) -> None:
    step = Step(kind, plan.programme.code, code, amount, on, source, **kept)
    chain.take_step(by=by, at=at, step=step, under=ProgrammePermission.MANAGE)
