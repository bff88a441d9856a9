# SPDX-License-Identifier: Apache-2.0
"""What becomes of a request: opinions, the decision by whom the table of approvals names, carrying it out.

It is carried out through the services of projects and of plans, for good or only to see what it would do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from shanhai.base.accounts.permissions import Permission
from shanhai.base.audit import services as audit
from shanhai.kernel.actors import Actor, Scope
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import BadInput, Conflict
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.money import Money
from shanhai.kernel.states import require_move
from shanhai.planning.adjustments.access import carries_out, require, require_adviser, require_decider
from shanhai.planning.adjustments.models import Adjustment, Opinion
from shanhai.planning.adjustments.rules.approval import checked_words
from shanhai.planning.adjustments.rules.effects import area_as_json, broken_floors, effects_from_json
from shanhai.planning.adjustments.rules.fields import with_changes
from shanhai.planning.adjustments.selectors.adjustments import locked, still_true
from shanhai.planning.adjustments.selectors.current import (
    changes_of,
    county_rows,
    plan_of,
    plan_shares_of,
    shares_of,
    shares_table,
)
from shanhai.planning.adjustments.states import DECISIONS, MOVES, OPINIONS, Kind, State, Verdict
from shanhai.planning.adjustments.values import CONTENT, Change
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.programmes.plans.services import raise_issued_plan
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
def give_opinion(*, by: Actor, at: datetime, adjustment: UUID, verdict: Verdict, words: str = "") -> Opinion:
    """Say for the record what one thinks of a submitted request; it moves nothing.

    Raises NotVisible, NotAllowed, BadInput, Conflict.
    """
    found = locked(viewer=by, adjustment=adjustment, seen=None)
    require_adviser(by, found)
    if verdict not in OPINIONS:
        raise BadInput(gettext_noop("意见只能是“同意”或“有不同意见”。请重新选择。"), "adjustments.not_an_opinion")
    if found.state != State.SUBMITTED:
        raise Conflict(gettext_noop("这份调整现在不在审批中，不能再提意见。"), "adjustments.not_open_for_opinions")

    return _say(by, at, found, verdict, checked_words(verdict, words), {})


@transaction.atomic
def decide_adjustment(
    *, by: Actor, at: datetime, adjustment: UUID, to: State, words: str = "", seen: State | None = None
) -> Adjustment:
    """Approve the request, refuse it for good, or return it to be changed; also an approved one can be returned.

    One that takes a share below its floor is approved only with a word why. Raises NotVisible, NotAllowed, Conflict,
    IllegalMove, BadInput.
    """
    found = locked(viewer=by, adjustment=adjustment, seen=seen)
    # A draft that was never submitted knows no approver yet: the table of moves refuses it first.
    require_move(DECISIONS, State(found.state), to)
    require_decider(by, found)
    if to is State.APPROVED:
        still_true(adjustment=found)
        if broken_floors(effects_from_json(found.effect, found.programme.currency)) and not words.strip():
            raise BadInput(
                gettext_noop("这样调整后占比会低于要求。同意的话，请写明理由。"), "adjustments.words_missing"
            )

    decided_by, decided_at = ("", None) if to is State.RETURNED else (by.ref, at)
    return step(by=by, at=at, adjustment=found, to=to, words=words, decided_by=decided_by, decided_at=decided_at)


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
    return step(by=by, at=at, adjustment=found, to=State.APPLIED, applied_by=by.ref, applied_at=at)


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


def step(*, by: Actor, at: datetime, adjustment: Adjustment, to: State, words: str = "", **fields: Any) -> Adjustment:
    """Move the adjustment to ``to``, set its ``fields``, keep what was said. Raises IllegalMove, BadInput."""
    old = State(adjustment.state)
    require_move(MOVES, old, to)
    words = checked_words(Verdict(to.value), words)
    for name, value in {"state": to.value, **fields}.items():
        setattr(adjustment, name, value)
    adjustment.save(update_fields=["state", *fields])
    _say(by, at, adjustment, Verdict(to.value), words, {"state": [old.value, to.value]})
    return adjustment


def _say(
    by: Actor, at: datetime, adjustment: Adjustment, verdict: Verdict, words: str, changes: Mapping[str, Any]
) -> Opinion:
    opinion = Opinion.objects.create(adjustment=adjustment, by=by.ref, verdict=verdict.value, words=words, at=at)
    act, changes = f"adjustments.adjustment.{verdict.value}", {**adjustment.in_trail, **changes}
    audit.record(by=by, at=at, action=act, on=adjustment.subject(), changes=changes, because=words)
    return opinion


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
