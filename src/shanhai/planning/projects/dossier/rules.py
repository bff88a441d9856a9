# SPDX-License-Identifier: Apache-2.0
"""The gates before each stage, and the days by which final accounts and assets are due.

The table of gates is data. ``law`` names the article where a national rule asks for it; without one the requirement is
practice, and every programme may see it otherwise, so the office may waive it. What the law asks for only the commander
waives. Sources: 政府投资条例 (2019) articles 20, 22, 25. Final accounts: three months after completion; put off by
at most two months, or six for a large project (财建〔2016〕503号). Hand-over: three months after acceptance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from shanhai.kernel.clock import months_later
from shanhai.kernel.errors import BadInput, Faults
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.projects.rules import MAX_FEN
from shanhai.planning.projects.states import MOVES, STARTED, Delivery, PaperKind, Size, Stage
from shanhai.registers.ledger.permissions import FundPermission

SETTLE_MONTHS = 3
TRANSFER_MONTHS = 3
EXTENSION_MONTHS = {Size.SMALL: 2, Size.LARGE: 6}
NEAR_MONTHS = 1


def check_contract(
    *, number: str, contractor: str, amount: Money, currency: str, signed_on: date, awarded_on: date | None, today: date
) -> None:
    """Raise BadInput, with all that cannot be so about a contract."""
    faults = Faults()
    for field, text in (("number", number), ("contractor", contractor)):
        with faults.of(field):
            if not text:
                raise BadInput(gettext_noop("合同要有编号和承包单位。请补上。"), "projects.contract_not_accepted")
    with faults.of("amount"):
        if not 0 < amount.fen <= MAX_FEN or amount.currency != currency:
            raise BadInput(
                gettext_noop("合同金额 %(amount)s 不能这样记。请核对金额和单位。"),
                "projects.contract_not_accepted",
                amount=amount,
            )
    with faults.of("signed_on"):
        if signed_on > today or (awarded_on is not None and signed_on < awarded_on):
            raise BadInput(
                gettext_noop("合同签订日 %(day)s 不对：不能晚于今天，也不能早于中标日。"),
                "projects.contract_not_accepted",
                day=signed_on,
            )
    faults.tell()


def settlement_due(completed_on: date) -> date:
    """The day by which the final accounts are due."""
    return months_later(completed_on, SETTLE_MONTHS)


def latest_extension(due_on: date, size: Size) -> date:
    """The latest day to which the final accounts may be put off."""
    return months_later(due_on, EXTENSION_MONTHS[size])


def transfer_due(accepted_on: date) -> date:
    """The day by which what was built is due to be handed over."""
    return months_later(accepted_on, TRANSFER_MONTHS)


def near_end(on: date) -> date:
    """The latest planned finish that is near on a day, so that what comes ``at_the_end`` waits."""
    return months_later(on, NEAR_MONTHS)


@dataclass(frozen=True, slots=True)
class GateFacts:
    """What the gates look at: the kind of project, and the keys of what is met and of what has been waived."""

    delivery: Delivery
    capital: bool
    met: frozenset[str] = frozenset()
    waived: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing a gate asks for; ``holds`` answers whether it is asked of such a project.

    ``supplier`` is the permission of those who can supply it. ``at_the_end`` is what comes by itself as the work goes
    on: it waits for nobody before the planned finish, where one is known, is near (``near_end``).
    """

    key: str
    before: Stage
    asks: Message
    supplier: str = ProjectPermission.MOVE
    law: Message | None = None
    paper: PaperKind | None = None
    deliveries: frozenset[Delivery] = frozenset(Delivery)
    only_capital: bool = False
    at_the_end: bool = False

    def holds(self, facts: GateFacts) -> bool:
        """Whether it is asked of a project like this."""
        return facts.delivery in self.deliveries and (facts.capital or not self.only_capital)

    @property
    def waiver(self) -> str:
        """The permission to let it go: what a law asks for is waived by fewer than what is practice."""
        return ProjectPermission.WAIVE_GATE if self.law else ProjectPermission.MANAGE


@dataclass(frozen=True, slots=True)
class Asked:
    """A requirement as it stands for one project: met, waived, or open."""

    requirement: Requirement
    met: bool
    waived: bool

    @property
    def open(self) -> bool:
        """Whether it keeps the gate shut."""
        return not self.met and not self.waived


def _article(number: str) -> Message:
    return message(gettext_noop("政府投资条例第%(number)s条"), number=number)


def _paper(kind: PaperKind, before: Stage, asks: str, **more: Any) -> Requirement:
    return Requirement(f"{before.value}.{kind.value}", before, message(asks), paper=kind, **more)


# What a row of a table can bring itself.
ARRIVALS, PROGRESS = "under_way.funds", "completed.progress"
CHEQUE, TURNKEY = frozenset({Delivery.CHEQUE}), frozenset({Delivery.TURNKEY})

REQUIREMENTS: tuple[Requirement, ...] = (
    _paper(
        PaperKind.APPROVAL, Stage.TENDERING, gettext_noop("立项（或可研）批复。请在“材料”里上传。"), only_capital=True
    ),
    _paper(
        PaperKind.ENTRUSTMENT,
        Stage.TENDERING,
        gettext_noop("与建设单位签的委托（拨款）协议。请在“材料”里上传。"),
        deliveries=CHEQUE,
    ),
    _paper(PaperKind.AWARD, Stage.READY, gettext_noop("中标（成交）通知书。请在“材料”里上传。"), only_capital=True),
    Requirement(
        "ready.contract",
        Stage.READY,
        message(gettext_noop("签好的合同。请在“合同”里登记。")),
        only_capital=True,
    ),
    _paper(
        PaperKind.START_PERMIT,
        Stage.UNDER_WAY,
        gettext_noop("施工许可或开工报告。请在“材料”里上传。"),
        law=_article("20"),
        only_capital=True,
    ),
    Requirement(
        ARRIVALS,
        Stage.UNDER_WAY,
        message(gettext_noop("资金已经到位（不得由施工单位垫资）。请由财务记到位。")),
        FundPermission.POST,
        law=_article("22"),
    ),
    Requirement(
        PROGRESS,
        Stage.COMPLETED,
        message(gettext_noop("形象进度到 100%。请在“进度”里登记。")),
        at_the_end=True,
    ),
    _paper(
        PaperKind.ACCEPTANCE, Stage.ACCEPTED, gettext_noop("签好的验收报告。请在“材料”里上传。"), law=_article("25")
    ),
    Requirement(
        "settled.accounts",
        Stage.SETTLED,
        message(gettext_noop("批复的竣工财务决算。请在“决算”里登记。")),
        ProjectPermission.MANAGE,
        law=message(gettext_noop("财建〔2016〕503号")),
        only_capital=True,
    ),
    _paper(PaperKind.FINAL_ACCOUNT, Stage.SETTLED, gettext_noop("决算或结报材料。请在“材料”里上传。")),
    Requirement(
        "settled.surplus",
        Stage.SETTLED,
        message(gettext_noop("结余资金已经交回。请由财务在“决算”里登记。")),
        FundPermission.POST,
        law=_article("25"),
    ),
    Requirement(
        "handed_over.assets",
        Stage.HANDED_OVER,
        message(gettext_noop("资产移交登记，写明接收管护单位。请在“移交”里登记。")),
        ProjectPermission.MANAGE,
        deliveries=TURNKEY,
        only_capital=True,
    ),
    _paper(PaperKind.TRANSFER_LIST, Stage.HANDED_OVER, gettext_noop("签好的移交清单。请在“材料”里上传。")),
)

# Where a project goes on to, unless it stops or is given up.
ONWARD: Mapping[Stage, Stage] = {
    old: next(iter(MOVES[old] - {Stage.SUSPENDED, Stage.CANCELLED})) for old in Stage if MOVES[old]
}
BY_KEY = {requirement.key: requirement for requirement in REQUIREMENTS}


def gate(to: Stage, facts: GateFacts, *, old: Stage) -> tuple[Asked, ...]:
    """Everything asked of the project before ``to``. A restart after a stop passes freely: it has passed already."""
    if old is Stage.SUSPENDED:
        return ()
    return tuple(
        Asked(requirement, requirement.key in facts.met, requirement.key in facts.waived)
        for requirement in REQUIREMENTS
        if requirement.before is to and requirement.holds(facts)
    )


def may_hold_money(stage: Stage, paid: int) -> bool:
    """Whether a project at ``stage`` may have been paid: nothing is paid out before work has begun."""
    return paid == 0 or stage in STARTED or stage is Stage.CANCELLED
