# SPDX-License-Identifier: Apache-2.0
"""Builders of adjustments: keywords, sensible defaults, nothing random."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from shanhai.kernel.actors import Actor
from shanhai.planning.adjustments.models import Adjustment
from shanhai.planning.adjustments.services import (
    add_paper,
    apply_adjustment,
    decide_adjustment,
    propose_adjustment,
    propose_plan_adjustment,
    submit_adjustment,
    withdraw_adjustment,
)
from shanhai.planning.adjustments.states import Kind, PaperKind, State
from shanhai.planning.adjustments.values import Wish
from shanhai.planning.programmes.models import PlanAmount
from shanhai.planning.programmes.money.selectors import plan_totals
from shanhai.planning.projects.models import AllocationLine, Project
from shanhai.planning.projects.tests.builders import a_line, a_programme, a_project, some_money
from tests.cast import AT, DEPUTY, OFFICE, actor

approve_adjustment = partial(decide_adjustment, to=State.APPROVED)
refuse_adjustment = partial(decide_adjustment, to=State.REFUSED)
return_adjustment = partial(decide_adjustment, to=State.RETURNED)

ORIGINAL = actor("original_approver")
LATER = Wish(values={"planned_finish_on": "2027-06-30", "cross_year": True})


def an_adjustment(
    *, project: Project, kind: Kind = Kind.PERIOD, state: State = State.DRAFT, by: Actor = OFFICE, **kw: Any
) -> Adjustment:
    """An adjustment of a project, of its period to June 2027 unless told otherwise, led to ``state``."""
    wish = kw.pop("wish", LATER)
    reason = kw.pop("reason", "冬季不能施工")
    found = propose_adjustment(by=by, at=AT, project=project.uuid, kind=kind, wish=wish, reason=reason, **kw)
    return led_to(found, state, by=by)


def led_to(adjustment: Adjustment, state: State, *, by: Actor = OFFICE) -> Adjustment:
    """A draft led on to ``state`` by those who may."""
    here = {"at": AT, "adjustment": adjustment.uuid}
    if state is State.WITHDRAWN:
        withdraw_adjustment(by=by, words="不改了", **here)
    elif state is not State.DRAFT:
        decider = DEPUTY if submit_adjustment(by=by, **here).approver == "commander" else ORIGINAL
        if state is State.RETURNED:
            return_adjustment(by=decider, words="请补图纸", **here)
        elif state is State.REFUSED:
            refuse_adjustment(by=decider, words="不同意", **here)
        elif state in {State.APPROVED, State.APPLIED}:
            approve_adjustment(by=decider, words="同意", **here)
            if state is State.APPLIED:
                apply_adjustment(by=OFFICE, **here)
    return Adjustment.objects.get(pk=adjustment.pk)


def a_paper(adjustment: Adjustment, *, kind: PaperKind = PaperKind.REAPPROVAL, by: Actor = OFFICE) -> None:
    """A paper of an adjustment."""
    file = io.BytesIO("文号,日期\n甘发改 1 号,2026-11-01\n".encode())
    add_paper(by=by, at=AT, adjustment=adjustment.uuid, file=file, name="重新审批.csv", kind=kind)


def moving(giving: AllocationLine, getting: AllocationLine, yuan: int) -> Wish:
    """A wish to move ``yuan`` from one line to another."""
    return Wish(line=giving.uuid, to_line=getting.uuid, moved_fen=yuan * 100)


def a_raise(
    yuan: int = 10_500, *, state: State = State.DRAFT, by: Actor = OFFICE, source: str = "province", **kw: Any
) -> Adjustment:
    """An adjustment of the plan of 2026 to ``yuan`` from the province, led to ``state``."""
    wish = {source: yuan * 100} | {code: also * 100 for code, also in kw.pop("values", {}).items()}
    values: dict[str, Any] = {"programme": "zj-ganzi", "year": 2026, "reason": "省里追加", **kw}
    return led_to(propose_plan_adjustment(by=by, at=AT, wish=Wish(wish), **values), state, by=by)


def planned(year: int = 2026) -> dict[str, int]:
    """What the plan of a year takes from each fund source, in yuan."""
    rows = PlanAmount.objects.filter(plan__year=year).select_related("fund_source")
    return {one.fund_source.code: one.amount_fen // 100 for one in rows}


def a_plan_in_use() -> None:
    """A plan of 10,000 yuan of the province's money for 2026, issued; 6,000 arranged, 4,000 arrived."""
    a_programme()
    some_money("arrive", a_line(project=a_project(stage="under_way"), yuan=6000), 4000)


def issued() -> Decimal:
    """What is issued in yuan."""
    return plan_totals(viewer=OFFICE, programme="zj-ganzi", as_of=date(2026, 11, 22)).issued.yuan
