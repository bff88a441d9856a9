# SPDX-License-Identifier: Apache-2.0
"""How much may go out: a line's allotments and payments never pass its plan, its arrived money, the investment."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from shanhai.kernel.errors import Refused
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.money import Money


class Outgoing(StrEnum):
    """What goes out of a line."""

    ALLOTTED = "allotted"
    PAID = "paid"


class Ceiling(StrEnum):
    """What it may not pass: what the line gives, what of that has arrived, what the project may cost in all."""

    AMOUNT = "amount"
    ARRIVED = "arrived"
    INVESTMENT = "investment"


class BeyondCeiling(Refused):
    """More would be allotted or paid than the line or the project has."""

    code = "projects.beyond_ceiling"


NAMES: dict[Outgoing, Message] = {
    Outgoing.ALLOTTED: message(gettext_noop("核拨")),
    Outgoing.PAID: message(gettext_noop("支付")),
}
REFUSALS: dict[Ceiling, str] = {
    Ceiling.AMOUNT: gettext_noop(
        "“%(project)s”这一笔的%(what)s合计 %(sum)s 元，超过安排的 %(most)s 元。"
        "请核对金额，或先提出资金调整；确需办理的，由指挥长写明原因后办理。"
    ),
    Ceiling.ARRIVED: gettext_noop(
        "“%(project)s”这一笔的%(what)s合计 %(sum)s 元，超过它已到位的 %(most)s 元。"
        "请先记到位，或核对金额；确需办理的，由指挥长写明原因后办理。"
    ),
    Ceiling.INVESTMENT: gettext_noop(
        "“%(project)s”的%(what)s合计 %(sum)s 元，超过总投资 %(most)s 元。"
        "请核对金额，或先提出概算调整；确需办理的，由指挥长写明原因后办理。"
    ),
}


@dataclass(frozen=True, slots=True)
class Outflow:
    """What has gone out of a line and of its project, beside what may, in fen."""

    what: Outgoing
    line: UUID
    project: str
    place: str
    gone: int
    amount: int
    arrived: int
    gone_of_project: int
    investment: int

    @property
    def passed(self) -> tuple[Ceiling, int, int] | None:
        """The first ceiling that is passed, with what has gone out and the most that may; None when all hold."""
        limits = (
            (Ceiling.AMOUNT, self.gone, self.amount),
            (Ceiling.ARRIVED, self.gone, self.arrived),
            (Ceiling.INVESTMENT, self.gone_of_project, self.investment),
        )
        return next((limit for limit in limits if limit[1] > limit[2]), None)

    def refusal(self) -> BeyondCeiling:
        """The sentence for what passes a ceiling, with the numbers."""
        assert self.passed is not None
        ceiling, gone, most = self.passed
        return BeyondCeiling(
            REFUSALS[ceiling],
            project=self.project,
            what=NAMES[self.what],
            sum=f"{Money(gone).yuan:,.2f}",
            most=f"{Money(most).yuan:,.2f}",
        )
