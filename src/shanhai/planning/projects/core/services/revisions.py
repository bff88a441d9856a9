# SPDX-License-Identifier: Apache-2.0
"""Carrying out an approved adjustment: the content of a project in words, the amounts of its lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import Refused
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.money import Money
from shanhai.planning.programmes.plans.selectors import get_yearly_plan, hold_plans
from shanhai.planning.projects.core.rules import require_open
from shanhai.planning.projects.core.selectors.projects import get_line, locked_project
from shanhai.planning.projects.core.services.projects import FactsNotAccepted
from shanhai.planning.projects.core.services.recording import record_change
from shanhai.planning.projects.models import AllocationLine, Project
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.projects.rules import amount_faults
from shanhai.planning.projects.states import Stage


@transaction.atomic
def revise_content(*, by: Actor, at: datetime, project: UUID, old: str, new: str, because: str) -> Project:
    """Put the approved change of what is to be built, in words, into the trail. Raises NotVisible, NotAllowed."""
    found = locked_project(by=by, project=project, permission=ProjectPermission.MANAGE)
    changes = {"content": [old, new]}
    record_change(
        by=by, at=at, project=found, action="projects.project.content_revised", changes=changes, because=because
    )
    return found


@transaction.atomic
def revise_amounts(
    *, by: Actor, at: datetime, amounts: Mapping[UUID, Money], because: str
) -> tuple[AllocationLine, ...]:
    """Give the lines new amounts, all or none; what one source gives in a plan may grow up to what the plan has.

    Raises NotVisible, NotAllowed, FactsNotAccepted, Refused.
    """
    plans: dict[str, set[int]] = defaultdict(set)
    for programme, year in AllocationLine.objects.filter(uuid__in=amounts).values_list(
        "project__programme__code", "yearly_plan__year"
    ):
        plans[programme].add(year)
    for programme, years in sorted(plans.items()):
        hold_plans(programme=programme, years=years)
    # In one order, so that two who move money between the same projects do not wait for each other.
    lines = [get_line(viewer=by, uuid=uuid, lock=True) for uuid in sorted(amounts)]
    for line in lines:
        place = line.project.place.code
        by.require(ProjectPermission.MANAGE, programme=line.project.programme.code, place=place)
        _check(line, amounts[line.uuid])
    old = {line.pk: line.amount_fen for line in lines}
    for line in lines:
        line.amount_fen = amounts[line.uuid].fen
        line.save(update_fields=["amount_fen"])
    _check_plans(by, lines, old)
    for line in lines:
        changes = {"line": str(line.uuid), "amount_fen": [old[line.pk], line.amount_fen]}
        record_change(
            by=by, at=at, project=line.project, action="projects.line.revised", changes=changes, because=because
        )
    return tuple(lines)


def _check(line: AllocationLine, amount: Money) -> None:
    for fault in amount_faults("amount", amount, line.project.currency):
        raise FactsNotAccepted(fault)
    if line.project.stage == Stage.CANCELLED:
        raise Refused(gettext_noop("项目已取消，不能再安排资金。请换一个项目。"), "projects.project_cancelled")
    require_open(state=line.yearly_plan.state, year=line.yearly_plan.year)
    if amount.fen < line.allotted_fen:
        raise Refused(
            gettext_noop("“%(project)s”已核拨 %(allotted)s，安排不能减到 %(amount)s。请少减一些，或先冲正核拨。"),
            "projects.amount_below_allotted",
            project=line.project.name,
            allotted=Money(line.allotted_fen, line.project.currency),
            amount=amount,
        )


def _check_plans(by: Actor, lines: Iterable[AllocationLine], old: Mapping[int, int]) -> None:
    """Refuse what gives more of a source than its plan has; what was too much before may still shrink or move."""
    growth: dict[tuple[int, int], int] = {}
    sample: dict[tuple[int, int], AllocationLine] = {}
    for line in lines:
        key = (line.yearly_plan_id, line.fund_source_id)
        growth[key] = growth.get(key, 0) + line.amount_fen - old[line.pk]
        sample[key] = line
    for key, grown in growth.items():
        left = _left(by, sample[key])
        if grown > 0 and left < 0:
            raise Refused(
                gettext_noop("%(year)s 年计划里“%(source)s”只剩 %(left)s 没有安排。请少增一些，或从别的项目调剂。"),
                "projects.plan_overdrawn",
                year=str(sample[key].yearly_plan.year),
                source=sample[key].fund_source.name,
                left=Money(max(left + grown, 0), sample[key].project.currency),
            )


def _left(by: Actor, line: AllocationLine) -> int:
    """What the line's plan has of its source beyond the reserve and what lines take; negative when they take more.

    A cancelled project takes what it has been paid. A plan that is issued line by line has nothing beyond its lines.
    """
    plan = get_yearly_plan(viewer=by, programme=line.project.programme.code, year=line.yearly_plan.year)
    has = sum(one.amount_fen - one.reserve_fen for one in plan.amounts.all() if one.fund_source == line.fund_source)
    same = AllocationLine.objects.filter(yearly_plan=line.yearly_plan, fund_source=line.fund_source)
    cancelled = same.filter(project__stage=Stage.CANCELLED).aggregate(sum=Sum("paid_fen", default=0))["sum"]
    counted = same.counted().aggregate(sum=Sum("amount_fen", default=0))["sum"]
    left: int = has - counted - cancelled
    return left
