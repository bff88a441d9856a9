# SPDX-License-Identifier: Apache-2.0
"""Head-room of the two 80 % shares, and what they would be if money moved. Nothing is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from shanhai.base.database.selectors import holding
from shanhai.kernel.actors import Actor, system
from shanhai.kernel.errors import BadInput, NotVisible
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.money import Money
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.projects.core.selectors import funds_as_of
from shanhai.planning.projects.models import AllocationLine
from shanhai.planning.projects.models import AllocationLineQuerySet as Lines
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.projects.shares.rules import money as rules
from shanhai.planning.projects.shares.rules.money import BASES, HeadRoom, LineMoney
from shanhai.planning.projects.shares.selectors.portfolio import (
    COLUMNS,
    county_table,
    lines_in,
    sums_from,
    tagged,
)
from shanhai.planning.projects.states import Level
from shanhai.planning.projects.values import Funds
from shanhai.registers.ledger.permissions import FundPermission

# The rule holds for the whole programme, whatever part of it the one who allots may see.
READER = system("projects", (ProjectPermission.VIEW.value,))


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Each share on each base before and after; ``moved`` says by base how much of the amount moves."""

    rows: tuple[tuple[HeadRoom, HeadRoom], ...]
    moved: Mapping[str, Money]


def may_ask(*, viewer: Actor, programme: str) -> bool:
    """Whether the viewer works with the programme's money or plan, and so may try what moving money would do."""
    return any(viewer.may(one, programme=programme) for one in (FundPermission.POST, ProgrammePermission.MANAGE))


def head_rooms(
    *, viewer: Actor, programme: str, as_of: date, place: str | None = None, year: int | None = None
) -> tuple[HeadRoom, ...]:
    """Both shares on the planned, arrived and paid money of what the viewer may see, as ``county_table`` adds it up.

    Raises NotVisible.
    """
    total = county_table(viewer=viewer, programme=programme, as_of=as_of, place=place, year=year).total
    return rules.head_rooms(total.sums, total.currency)


def list_movable(
    *,
    viewer: Actor,
    programme: str,
    place: str | None = None,
    year: int | None = None,
    text: str = "",
    limit: int = 200,
) -> tuple[int, list[AllocationLine]]:
    """How many lines match, and the first of them by project code; ``text`` is part of a code, a name or initials."""
    found = lines_in(viewer=viewer, programme=programme, place=place, year=year)
    found = found.filter(
        holding(text, "project__name", "project__code", "project__former_codes", initials="project__initials")
    )
    count = found.count()
    return count, list(_ordered(found)[:limit])


def what_if(
    *,
    viewer: Actor,
    programme: str,
    as_of: date,
    fen: int,
    source: UUID,
    target: UUID | LineMoney,
    place: str | None = None,
    year: int | None = None,
) -> WhatIf:
    """What both shares would be if ``fen`` of the plan went from one line to another, or to a new one with these tags.

    Raises NotAllowed, NotVisible, BadInput, Refused.
    """
    if not may_ask(viewer=viewer, programme=programme):
        viewer.require(ProgrammePermission.MANAGE, programme=programme)
    if source == target:
        raise BadInput(gettext_noop("转出和转入是同一笔。请选两笔不同的资金安排。"), "projects.nothing_moves")
    lines = lines_in(viewer=viewer, programme=programme, as_of=as_of, place=place, year=year)
    giver = _one(lines, source, as_of)
    taker = target if isinstance(target, LineMoney) else _one(lines, target, as_of)
    total = county_table(viewer=viewer, programme=programme, as_of=as_of, place=place, year=year).total
    before = rules.head_rooms(total.sums, total.currency)
    after = rules.head_rooms(rules.after_moving(total.sums, giver, taker, fen), total.currency)
    moved = {base: Money(part, total.currency) for base, part in rules.moving(giver, fen).items()}
    return WhatIf(tuple(zip(before, after, strict=True)), moved)


def broken_by_allotting(line: AllocationLine) -> HeadRoom | None:
    """The share that the allotments of the line's programme, this line's among them, leave without reach of its floor.

    One query over the programme's lines, whoever asks.
    """
    programme = line.project.programme
    sums = tagged("arrived", "arrived_fen") | tagged("allotted", "allotted_fen")
    found = lines_in(viewer=READER, programme=programme.code).aggregate(**sums)
    arrived, allotted = (sums_from(found, key) for key in ("arrived", "allotted"))
    return rules.broken_by(money_of(line), arrived, allotted, programme.currency)


def money_of(line: AllocationLine) -> LineMoney:
    """The line's money on each base, and its tags."""
    return LineMoney(
        line.livelihood_percent,
        Level(line.beneficiary_level),
        **{base: getattr(line, COLUMNS[base]) for base in BASES},
    )


def _one(lines: Lines, uuid: UUID, as_of: date) -> LineMoney:
    found: Any = _ordered(lines.then(as_of).filter(uuid=uuid)).first()
    if found is None:
        raise NotVisible(
            gettext_noop("没有找到这一笔资金安排，或者您的岗位看不到它。请从项目页进入。"), "projects.not_visible"
        )
    programme, now = found.project.programme, Funds(found.arrived_fen, found.allotted_fen, found.paid_fen)
    funds = funds_as_of([found], programme.code, programme.currency, as_of).get(found.pk, now)
    level = Level(found.beneficiary_level_then)
    return LineMoney(found.livelihood_percent_then, level, found.amount_fen_then, funds.arrived, funds.paid)


def _ordered(lines: Lines) -> Lines:
    found = lines.select_related("project__programme", "project__place", "yearly_plan", "fund_source")
    return found.order_by("project__code", "yearly_plan__year", "pk")
