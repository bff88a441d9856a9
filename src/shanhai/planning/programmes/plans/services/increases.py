# SPDX-License-Identifier: Apache-2.0
"""Raising the amounts of an issued plan: what comes on top is issued (下达) into the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import Conflict, NotVisible, Refused
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.money import Money
from shanhai.planning.programmes.core.rules import fields
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.models import PlanAmount, YearlyPlan
from shanhai.planning.programmes.money.services import chain
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.programmes.states import PlanState
from shanhai.registers.ledger.values import Source


@transaction.atomic
def raise_issued_plan(
    *,
    by: Actor,
    at: datetime,
    plan: UUID,
    amounts: Mapping[str, tuple[Money, Money]],
    on_date: date,
    ground: str,
    because: str,
) -> YearlyPlan:
    """Raise what an issued plan takes from its fund sources: by code, the amount that stands and the new one.

    What comes on top is issued on ``on_date``, all of it to projects, none to the reserve; ``ground`` names what the
    raise rests on. Raises NotVisible, NotAllowed, Refused, Conflict, BadInput.
    """
    found = YearlyPlan.objects.visible_to(by).select_related("programme").select_for_update(of=("self",))
    stored = found.filter(uuid=plan).first()
    if stored is None:
        raise NotVisible(gettext_noop("没有找到这份年度计划。请从计划页重新进入。"))
    by.require(ProgrammePermission.MANAGE, programme=stored.programme.code)

    lines = {line.fund_source.code: line for line in stored.amounts.select_related("fund_source")}
    _check(stored, lines, amounts)

    for code, (_, new) in sorted(amounts.items()):
        _raise(by, at, stored, lines.get(code), code, new, on_date, ground)
    audit.record(
        by=by,
        at=at,
        action="programmes.plan.raised",
        subject_type="programmes.yearly_plan",
        subject_id=stored.uuid,
        programme=stored.programme.code,
        changes={"amounts": {code: [old.fen, new.fen] for code, (old, new) in sorted(amounts.items())}},
        because=because,
    )
    return stored


def _check(plan: YearlyPlan, lines: Mapping[str, PlanAmount], amounts: Mapping[str, tuple[Money, Money]]) -> None:
    year = str(plan.year)
    if plan.state == PlanState.CLOSED:
        raise Refused(
            gettext_noop("%(year)s 年的计划已经关闭，不能再调整。请用以后年度的计划。"),
            "programmes.plan_not_raisable",
            year=year,
        )
    if plan.state == PlanState.DRAFT:
        raise Refused(
            gettext_noop("%(year)s 年的计划还没有下达，不用调整。请在计划页直接改金额。"),
            "programmes.plan_not_raisable",
            year=year,
        )
    if not lines:
        raise Refused(
            gettext_noop("%(year)s 年的计划按项目逐笔下达，没有总额可以调整。请调整项目的援助资金。"),
            "programmes.plan_not_raisable",
            year=year,
        )
    for code, (old, new) in amounts.items():
        fields.check_amount(new, plan.programme.currency)
        standing = Money(lines[code].amount_fen if code in lines else 0, plan.programme.currency)
        if standing != old:
            raise Conflict(
                gettext_noop("%(year)s 年计划的金额在提出调整以后变过了。请按现在的金额重新填写。"),
                "programmes.plan_moved_meanwhile",
                year=year,
            )
        if new < old:
            raise Refused(
                gettext_noop("“%(source)s”已经下达 %(old)s，账上不能减到 %(new)s。多出的请在以后年度少下达。"),
                "programmes.issued_money_stays",
                source=code,
                old=old,
                new=new,
            )


def _raise(
    by: Actor, at: datetime, plan: YearlyPlan, line: PlanAmount | None, code: str, new: Money, on: date, ground: str
) -> None:
    source = programmes.get_fund_source(viewer=by, programme=plan.programme.code, code=code)
    if line is None:
        line = PlanAmount(plan=plan, fund_source=source, amount_fen=0)
    added = Money(new.fen - line.amount_fen, plan.programme.currency)
    line.amount_fen = new.fen
    line.save()
    if added.fen:
        chain.issue_plan(
            by=by,
            at=at,
            under=ProgrammePermission.MANAGE,
            programme=plan.programme.code,
            fund_source=code,
            amount=added,
            on_date=on,
            source=Source("programmes.plan_raised", f"{ground}:{code}"),
        )
