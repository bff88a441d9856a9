# SPDX-License-Identifier: Apache-2.0
"""Carrying an adjustment out through the services of projects, for good or only to see what it would do."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from shanhai.base.accounts.permissions import Permission
from shanhai.kernel.actors import Actor, Scope
from shanhai.kernel.clock import local_date
from shanhai.kernel.money import Money
from shanhai.kernel.states import require_move
from shanhai.planning.adjustments.access import carries_out, require
from shanhai.planning.adjustments.models import Adjustment
from shanhai.planning.adjustments.rules.effects import area_as_json
from shanhai.planning.adjustments.rules.fields import with_changes
from shanhai.planning.adjustments.selectors.adjustments import locked, still_true
from shanhai.planning.adjustments.selectors.current import changes_of, plan_of
from shanhai.planning.adjustments.selectors.shares import county_rows, plan_shares_of, shares_of, shares_table
from shanhai.planning.adjustments.services.recording import step
from shanhai.planning.adjustments.states import MOVES, Kind, State, Verdict
from shanhai.planning.adjustments.values import CONTENT, Change
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.programmes.plans.services.increases import raise_issued_plan
from shanhai.planning.projects.core.services import correct_project, revise_amounts, revise_content
from shanhai.planning.projects.dossier.services import stages
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.projects.states import Stage

# What carrying out needs; lent for a trial, of which nothing stays.
NEEDED = (
    Permission.PROGRAMME_VIEW,
    ProgrammePermission.MANAGE,
    ProjectPermission.VIEW,
    ProjectPermission.MANAGE,
    ProjectPermission.MOVE,
)


@transaction.atomic
def apply_adjustment(*, by: Actor, at: datetime, adjustment: UUID, seen: State | None = None) -> Adjustment:
    """Carry an approved adjustment out, once.

    Raises NotVisible, NotAllowed, Conflict, IllegalMove, and what the services
    of projects and of plans refuse.
    """
    found = locked(viewer=by, adjustment=adjustment, seen=seen)
    require(by, carries_out(found), found)
    require_move(MOVES, State(found.state), State.APPLIED)
    changes = still_true(adjustment=found)

    _carry_out(by, at, found, changes)
    return step(
        by=by, at=at, adjustment=found, to=State.APPLIED, verdict=Verdict.APPLIED, applied_by=by.ref, applied_at=at
    )


def weigh(*, by: Actor, at: datetime, adjustment: Adjustment) -> list[dict[str, Any]]:
    """The shares of the programme and of the counties concerned, before and after, in plain JSON values.

    The adjustment is carried out and taken back, so that what is shown is what will be, and what would be refused is
    refused now. Raises what ``apply_adjustment`` raises of the services of projects. Call it in a transaction.
    """
    changes = changes_of(adjustment)
    before = shares_table(adjustment=adjustment, at=at)
    of_plan = adjustment.kind == Kind.PLAN
    plan_before = plan_shares_of(adjustment=adjustment, row=before.total) if of_plan else {}
    with transaction.atomic():
        lent = replace(by, grants=dict.fromkeys((one.value for one in NEEDED), (Scope(),)))
        _carry_out(lent, at, adjustment, changes)
        after = shares_table(adjustment=adjustment, at=at)
        plan_after = plan_shares_of(adjustment=adjustment, row=after.total) if of_plan else {}
        transaction.set_rollback(True)
    if of_plan:
        return [area_as_json("", f"{adjustment.programme.name} {adjustment.year}", plan_before, plan_after)]
    concerned = {str(value) for one in changes if one.field == "place" for value in (one.old, one.new)}
    concerned |= {one.place.code for one in (adjustment.project, adjustment.other_project) if one is not None}
    areas = [area_as_json("", adjustment.programme.name, shares_of(row=before.total), shares_of(row=after.total))]
    for place in sorted(concerned):
        name, old, new = county_rows(place=place, before=before, after=after)
        areas.append(area_as_json(place, name, shares_of(row=old), shares_of(row=new)))
    return areas


def _carry_out(by: Actor, at: datetime, adjustment: Adjustment, changes: tuple[Change, ...]) -> None:
    kind, because = Kind(adjustment.kind), adjustment.reason
    if kind is Kind.PLAN:
        _raise_plan(by, at, adjustment, changes)
        return
    project = adjustment.its_project
    if kind in {Kind.AMOUNT, Kind.MOVE_MONEY}:
        amounts = {UUID(one.subject): Money(int(one.new or 0), project.currency) for one in changes}
        revise_amounts(by=by, at=at, amounts=amounts, because=because)
        return
    if kind is Kind.CANCEL:
        seen = Stage(project.stage)
        stages.move(by=by, at=at, project=project.uuid, to=Stage.CANCELLED, because=because, seen_stage=seen)
        return
    stated = [one for one in changes if one.field != CONTENT]
    if stated:
        facts = with_changes(project.facts, stated)
        correct_project(by=by, at=at, project=project.uuid, facts=facts, because=because)
    for one in changes:
        if one.field == CONTENT:
            old, new = str(one.old), str(one.new)
            revise_content(by=by, at=at, project=project.uuid, old=old, new=new, because=because)


def _raise_plan(by: Actor, at: datetime, adjustment: Adjustment, changes: tuple[Change, ...]) -> None:
    plan, currency = plan_of(adjustment), adjustment.programme.currency
    raise_issued_plan(
        by=by,
        at=at,
        plan=plan.uuid,
        amounts={
            plan.codes[one.subject]: (Money(int(one.old or 0), currency), Money(int(one.new or 0), currency))
            for one in changes
        },
        on_date=local_date(at),
        ground=str(adjustment.uuid),
        because=adjustment.reason,
    )
