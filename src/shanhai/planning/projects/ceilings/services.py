# SPDX-License-Identifier: Apache-2.0
"""Keeping to the ceilings: asked after every act that can break one, of what then stands."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from shanhai.base.audit import services as audit
from shanhai.kernel.actors import Actor
from shanhai.kernel.subjects import Subject
from shanhai.planning.projects.ceilings.rules import Excess, Grain, asked_of
from shanhai.planning.projects.ceilings.selectors import excesses
from shanhai.registers.ledger.permissions import FundPermission


def keep_ceilings(
    *,
    by: Actor,
    at: datetime,
    lines: Collection[UUID] = (),
    projects: Collection[UUID] = (),
    grown: Collection[str] = (),
    fallen: Collection[str] = (),
    because: str = "",
    facts: Mapping[str, Any] | None = None,
) -> tuple[Excess, ...]:
    """Refuse what passes a ceiling, once what has ``grown`` or ``fallen`` of these lines and projects is stored.

    Two queries for 500 of them. Raises Refused; with ``because`` whoever holds fund.override goes beyond with what
    has grown, and the trail keeps the numbers, with ``facts`` of the act. Answers what was let through.
    """
    because, told, passed = because.strip(), set[tuple[str, UUID]](), []
    for one in excesses(ceilings=asked_of(grown=grown, fallen=fallen), lines=lines, projects=projects):
        more, most, grain = one.ceiling
        overridable = bool(because) and more in grown
        if not overridable or not by.may(FundPermission.OVERRIDE, programme=one.programme, place=one.place):
            raise one.refusal(grown)
        passed.append(one)
        # A line tells of its first ceiling, a project where none of its lines does.
        if (more, one.uuid) in told:
            continue
        told |= {(more, one.uuid), (more, one.project)}
        kind = "projects.line" if grain is Grain.LINE else "projects.project"
        audit.record(
            by=by,
            at=at,
            action="projects.line.beyond_ceiling" if grain is Grain.LINE else "projects.project.beyond_ceiling",
            on=Subject(kind, one.uuid, one.programme, one.place),
            changes={"what": more, "ceiling": most, "sum_fen": one.sum, "most_fen": one.most, **(facts or {})},
            because=because,
        )
    return tuple(passed)
