# SPDX-License-Identifier: Apache-2.0
"""Carrying an adjustment out through the services of projects, for good or only to see what it would do."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from shanhai.base.accounts.permissions import Permission
from shanhai.kernel.actors import Actor, system
from shanhai.kernel.clock import local_date
from shanhai.kernel.money import Money
from shanhai.kernel.shares import Share
from shanhai.kernel.states import require_move
from shanhai.planning.adjustments.models import Adjustment
from shanhai.planning.adjustments.permissions import require
from shanhai.planning.adjustments.rules.effects import area_as_json
from shanhai.planning.adjustments.rules.fields import CONTENT, with_changes
from shanhai.planning.adjustments.selectors.current import changes_of
from shanhai.planning.adjustments.services.recording import locked, step, still_true
from shanhai.planning.adjustments.states import MOVES, Kind, State, Verdict
from shanhai.planning.adjustments.values import Change
from shanhai.planning.projects.selectors.portfolio import CountyRow, CountyTable, county_table
from shanhai.planning.projects.services import revisions, stages
from shanhai.planning.projects.states import Stage

# What a trial is carried out by; nothing of it stays.
TRIAL = system(
    "adjustments",
    tuple(
        permission.value
        for permission in (
            Permission.PROGRAMME_VIEW,
            Permission.PROJECT_VIEW,
            Permission.PROJECT_MANAGE,
            Permission.PROJECT_MOVE,
        )
    ),
)


@transaction.atomic
def apply_adjustment(*, by: Actor, at: datetime, adjustment: UUID, seen: State | None = None) -> Adjustment:
    """Carry an approved adjustment out, once.

    Raises AdjustmentNotVisible, NotAllowed, MovedMeanwhile, IllegalMove, ProjectMovedMeanwhile, and what the services
    of projects refuse (CountyPaid, PlanClosed, AmountBelowAllotted, PlanOverdrawn …).
    """
    found = locked(by=by, adjustment=adjustment, seen=seen)
    require(by, Permission.PROJECT_MANAGE, found)
    require_move(MOVES, State(found.state), State.APPLIED)
    changes = still_true(found)

    _carry_out(by, at, found, changes)
    return step(
        by=by, at=at, adjustment=found, to=State.APPLIED, verdict=Verdict.APPLIED, applied_by=by.ref, applied_at=at
    )


def weigh(*, at: datetime, adjustment: Adjustment) -> list[dict[str, Any]]:
    """The shares of the programme and of the counties concerned, before and after, in plain JSON values.

    The adjustment is carried out and taken back, so that what is shown is what will be, and what would be refused is
    refused now. Raises what ``apply_adjustment`` raises of the services of projects. Call it in a transaction.
    """
    changes = changes_of(adjustment)
    before = _shares(at, adjustment)
    with transaction.atomic():
        _carry_out(TRIAL, at, adjustment, changes)
        after = _shares(at, adjustment)
        transaction.set_rollback(True)
    concerned = {str(value) for one in changes if one.field == "place" for value in (one.old, one.new)}
    concerned |= {one.place.code for one in (adjustment.project, adjustment.other_project) if one is not None}
    areas = [area_as_json("", adjustment.programme.name, shares_of(before.total), shares_of(after.total))]
    for place in sorted(concerned):
        name, old, new = _county(place, before, after)
        areas.append(area_as_json(place, name, shares_of(old), shares_of(new)))
    return areas


def shares_of(row: CountyRow) -> dict[str, Share]:
    """The shares an adjustment is weighed by, by the keys of ``rules.effects.MEASURES``."""
    livelihood, grassroots = row.livelihood_shares, row.grassroots_shares
    bases = ("plan", "arrived", "paid")
    return {
        "completion": row.completion_rate,
        "investment": row.investment_completion_rate,
        "arrival": Share(row.amount("arrived"), row.amount("plan"), livelihood["plan"].base),
        **{f"livelihood.{base}": livelihood[base] for base in bases},
        **{f"grassroots.{base}": grassroots[base] for base in bases},
    }


def _carry_out(by: Actor, at: datetime, adjustment: Adjustment, changes: tuple[Change, ...]) -> None:
    project, kind, because = adjustment.project, Kind(adjustment.kind), adjustment.reason
    if kind in {Kind.AMOUNT, Kind.MOVE_MONEY}:
        amounts = {UUID(one.subject): Money(int(one.new or 0), project.currency) for one in changes}
        revisions.revise_amounts(by=by, at=at, amounts=amounts, because=because)
        return
    if kind is Kind.CANCEL:
        seen = Stage(project.stage)
        stages.move(by=by, at=at, project=project.uuid, to=Stage.CANCELLED, because=because, seen_stage=seen)
        return
    stated = [one for one in changes if one.field != CONTENT]
    if stated:
        facts = with_changes(project.facts, stated)
        revisions.revise_facts(by=by, at=at, project=project.uuid, facts=facts, because=because)
    for one in changes:
        if one.field == CONTENT:
            old, new = str(one.old), str(one.new)
            revisions.revise_content(by=by, at=at, project=project.uuid, old=old, new=new, because=because)


def _shares(at: datetime, adjustment: Adjustment) -> CountyTable:
    return county_table(viewer=TRIAL, programme=adjustment.programme.code, as_of=local_date(at), year=adjustment.year)


def _county(place: str, before: CountyTable, after: CountyTable) -> tuple[str, CountyRow, CountyRow]:
    def row(table: CountyTable) -> CountyRow | None:
        return next((one for one in table.rows if one.place == place), None)

    nothing = Money(0, before.total.currency)
    empty = CountyRow(planned_investment=nothing, completed_investment=nothing, currency=before.total.currency)
    old, new = row(before), row(after)
    return (old or new or empty).name, old or empty, new or empty
