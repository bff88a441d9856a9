# SPDX-License-Identifier: Apache-2.0
"""The table of ceilings: what may not be more than what, at which grain, and the sentences that say so.

An act says what it has made larger and what smaller; the rows that this can break are asked of what then stands. What
is beyond a ceiling by history is no fault of an act that does not add to it, and is named by warnings.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from shanhai.kernel.errors import Refused
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.planning.projects.values import AMOUNTS


class Grain(StrEnum):
    """Of what a ceiling is asked: an allocation line, or all that a project has."""

    LINE = "line"
    PROJECT = "project"


class Ceiling(NamedTuple):
    """``more`` may not be more than ``most``, both of ``AMOUNTS``; nothing is asked where one of them is not known."""

    more: str
    most: str
    grain: Grain

    @property
    def key(self) -> str:
        """The row of the table, as warnings name it."""
        return f"{self.grain.value}.{self.more}.{self.most}"


LINE, PROJECT = Grain.LINE, Grain.PROJECT
# In the order in which they are said. What lines take of a plan is kept by ``core.services.keep_plans``.
CEILINGS = (
    Ceiling("allotted", "amount", LINE),
    Ceiling("allotted", "arrived", LINE),
    Ceiling("paid", "amount", LINE),
    Ceiling("paid", "arrived", LINE),
    Ceiling("paid", "allotted", LINE),
    Ceiling("allotted", "investment", PROJECT),
    Ceiling("allotted", "arrived", PROJECT),
    Ceiling("paid", "investment", PROJECT),
    Ceiling("paid", "approved", PROJECT),
    Ceiling("contracts", "investment", PROJECT),
    Ceiling("contracts", "funding", PROJECT),
    Ceiling("approved", "investment", PROJECT),
    Ceiling("assets", "approved", PROJECT),
    Ceiling("assets", "investment", PROJECT),
)
# Of these warnings have rules of their own, as they have of lines; of an estimate only where it is known.
WARNED_OF = frozenset(
    Ceiling(more, most, PROJECT)
    for more, most in (
        ("allotted", "arrived"),
        ("allotted", "investment"),
        ("paid", "investment"),
        ("contracts", "investment"),
    )
)
# What to do first where more than this is asked for.
FIRST: Mapping[str, Message] = {
    "amount": message(gettext_noop("请核对金额，或先提出资金调整")),
    "arrived": message(gettext_noop("请先记到位，或核对金额")),
    "allotted": message(gettext_noop("请先核拨，或核对金额")),
    "approved": message(gettext_noop("请核对金额，或先核对决算的批复")),
    "funding": message(gettext_noop("请核对金额，或先安排资金、补登其他资金")),
    "investment": message(gettext_noop("请核对金额，或先提出概算调整")),
}
BEYOND = {
    LINE: gettext_noop(
        "“%(project)s”这一笔的%(what)s合计 %(sum)s 元，超过%(of)s的 %(most)s 元。"
        "%(first)s；确需办理的，由指挥长写明原因后办理。"
    ),
    PROJECT: gettext_noop(
        "“%(project)s”的%(what)s合计 %(sum)s 元，超过%(of)s的 %(most)s 元。"
        "%(first)s；确需办理的，由指挥长写明原因后办理。"
    ),
}
BELOW = {
    LINE: gettext_noop(
        "“%(project)s”这一笔的%(what)s合计 %(sum)s 元，%(of)s不能减到 %(most)s 元。请少减一些，或先冲正、更正%(what)s。"
    ),
    PROJECT: gettext_noop(
        "“%(project)s”的%(what)s合计 %(sum)s 元，%(of)s不能减到 %(most)s 元。请少减一些，或先冲正、更正%(what)s。"
    ),
}


TOLD = gettext_noop("%(what)s %(sum)s 元，超过%(of)s的 %(most)s 元")


class Excess(NamedTuple):
    """A ceiling that is passed: by the line or project ``uuid``, a ``sum`` where ``most`` may be, in fen."""

    ceiling: Ceiling
    uuid: UUID
    project: UUID
    name: str
    programme: str
    place: str
    sum: int
    most: int

    def said(self, text: str) -> Message:
        """One of the sentences of its grain, with its numbers."""
        more, most, _ = self.ceiling
        return message(
            text, project=self.name, what=AMOUNTS[more], of=AMOUNTS[most], first=FIRST[most], sum=_yuan(self.sum),
            most=_yuan(self.most),
        )  # fmt: skip

    def objection(self, grown: Collection[str]) -> Message:
        """What is said to who made one of ``grown`` larger, or else something smaller."""
        return self.said((BEYOND if self.ceiling.more in grown else BELOW)[self.ceiling.grain])

    def refusal(self, grown: Collection[str]) -> Refused:
        """The objection as an error: what was grown may be overridden, with a reason."""
        said = self.objection(grown)
        code = "projects.beyond_ceiling" if self.ceiling.more in grown else "projects.ceiling_too_low"
        return Refused(said.text, code, **said.params)


def asked_of(*, grown: Collection[str] = (), fallen: Collection[str] = ()) -> tuple[Ceiling, ...]:
    """The rows that an act can break which has made ``grown`` larger and ``fallen`` smaller."""
    return tuple(one for one in CEILINGS if one.more in grown or one.most in fallen)


def passed(ceilings: Collection[Ceiling], facts: Mapping[str, int | None]) -> Iterator[Ceiling]:
    """Those of ``ceilings`` that ``facts``, in fen, are beyond."""
    for one in ceilings:
        more, most = facts.get(one.more), facts.get(one.most)
        if more is not None and most is not None and more > most:
            yield one


def _yuan(fen: int) -> str:
    return f"{Money(fen).yuan:,.2f}"
