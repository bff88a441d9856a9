# SPDX-License-Identifier: Apache-2.0
"""Which way the money goes in each step of the chain."""

from __future__ import annotations

from shanhai.kernel.money import Money
from shanhai.planning.programmes.values import Step, StepKind
from shanhai.registers.ledger.values import AccountKind, NewEntry, NewPosting

ROUTES: dict[StepKind, tuple[AccountKind, AccountKind]] = {
    StepKind.ISSUE: (AccountKind.COMMITMENT, AccountKind.ISSUED),
    StepKind.ARRIVE: (AccountKind.ISSUED, AccountKind.ARRIVED),
    StepKind.ALLOT: (AccountKind.ARRIVED, AccountKind.ALLOTTED),
    StepKind.PAY: (AccountKind.ALLOTTED, AccountKind.PAID),
    StepKind.RETURN: (AccountKind.ALLOTTED, AccountKind.SURPLUS),
    StepKind.RELEASE: (AccountKind.RESERVE, AccountKind.ISSUED),
}
OVER_PLAN_MEMO = "超计划到位"


def entry_for(step: Step) -> NewEntry:
    """The one ledger entry of ``step``.

    Issuing with a reserve puts that part on into the reserve account. What arrives over the plan comes straight from
    the supporter and leaves the issued plan as it is, so that the arrival rate shows more than a hundred percent; the
    memo says so.
    """
    parts = [(*ROUTES[step.kind], step.amount)]
    memo = step.memo
    if step.reserve:
        parts.append((AccountKind.ISSUED, AccountKind.RESERVE, step.reserve))
    if step.over_plan:
        parts = [
            (AccountKind.ISSUED, AccountKind.ARRIVED, step.amount - step.over_plan),
            (AccountKind.COMMITMENT, AccountKind.ARRIVED, step.over_plan),
        ]
        memo = f"{memo} {OVER_PLAN_MEMO}".strip()
    return NewEntry(
        source=step.source,
        programme=step.programme,
        fund_source=step.fund_source,
        on_date=step.on_date,
        postings=tuple(_posting(step, *part) for part in parts if part[2]),
        memo=memo,
        strength=step.strength,
    )


def _posting(step: Step, source: AccountKind, target: AccountKind, amount: Money) -> NewPosting:
    return NewPosting(source, target, amount, subject=step.subject, place=step.place)
