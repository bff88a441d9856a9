# SPDX-License-Identifier: Apache-2.0
"""Asking for a change, deciding it by whom the table of approvals names, and carrying it out.

It is carried out through the services of projects and of plans, for good or only to see what it would do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import IO, Any
from uuid import UUID

from django.db import transaction

from shanhai.base.accounts.permissions import Permission
from shanhai.base.audit import services as audit
from shanhai.kernel.actors import Actor, Scope
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import BadInput, Conflict, Refused
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.money import Money
from shanhai.kernel.states import require_move
from shanhai.planning.adjustments.access import carries_out, require, require_adviser, require_decider, require_proposer
from shanhai.planning.adjustments.models import SUBJECT, Adjustment, AdjustmentChange, Opinion
from shanhai.planning.adjustments.permissions import AdjustmentPermission
from shanhai.planning.adjustments.rules import NEEDS, Need, checked_words, with_changes
from shanhai.planning.adjustments.selectors.adjustments import locked, still_true
from shanhai.planning.adjustments.selectors.current import (
    ask,
    changes_of,
    earlier_grounds,
    first_approved,
    plan_of,
    rule_of,
    shares_by_place,
)
from shanhai.planning.adjustments.states import (
    DECISIONS,
    MOVES,
    OF_PROJECT,
    OPINIONS,
    WITH_PROPOSER,
    Kind,
    PaperKind,
    State,
    Verdict,
)
from shanhai.planning.adjustments.values import CONTENT, Change, Wish, area_as_json, broken_floors, effects_from_json
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.programmes.plans.services.plans import adjust_issued_plan
from shanhai.planning.projects.core.selectors import get_project
from shanhai.planning.projects.core.services import correct_project, revise_amounts, revise_content
from shanhai.planning.projects.dossier.services.cancelling import cancel
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.projects.states import Stage
from shanhai.registers.documents.selectors import list_proofs
from shanhai.registers.documents.services import attach_proof, store_document

# What carrying out needs; lent for a trial, of which nothing stays.
NEEDED = (
    Permission.PROGRAMME_VIEW,
    ProgrammePermission.MANAGE,
    ProjectPermission.VIEW,
    ProjectPermission.MANAGE,
)


@transaction.atomic
def give_opinion(
    *, by: Actor, at: datetime, adjustment: UUID, verdict: Verdict, words: str = "", seen: State | None = None
) -> Opinion:
    """Say for the record what one thinks of a submitted request; it moves nothing.

    Raises NotVisible, NotAllowed, BadInput, Conflict.
    """
    found = locked(viewer=by, adjustment=adjustment, seen=seen)
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
            text = gettext_noop("这样调整后占比会低于要求。同意的话，请写明理由。")
            raise BadInput(text, "adjustments.words_missing", field="words")

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
    places = {str(value) for one in changes if one.field == "place" for value in (one.old, one.new)}
    places |= {place for place in adjustment.places if place is not None}
    before = shares_by_place(adjustment=adjustment, places=places, at=at)
    with transaction.atomic():
        lent = replace(by, grants=dict.fromkeys((one.value for one in NEEDED), (Scope(),)))
        _carry_out(lent, at, adjustment, changes, weighing=True)
        after = shares_by_place(adjustment=adjustment, places=places, at=at)
        transaction.set_rollback(True)
    return [area_as_json(place, shares, after[place]) for place, shares in before.items()]


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


def _carry_out(
    by: Actor, at: datetime, adjustment: Adjustment, changes: tuple[Change, ...], *, weighing: bool = False
) -> None:
    kind, because = Kind(adjustment.kind), adjustment.reason
    if kind is Kind.PLAN:
        _adjust_plan(by, at, adjustment, changes)
        return
    project = adjustment.its_project
    if kind in {Kind.AMOUNT, Kind.MOVE_MONEY}:
        amounts = {UUID(one.subject): Money(int(one.new or 0), project.currency) for one in changes}
        revise_amounts(by=by, at=at, amounts=amounts, because=because)
        return
    if kind is Kind.CANCEL:
        seen = Stage(project.stage)
        cancel(by=by, at=at, project=project.uuid, because=because, seen_stage=seen, weighing=weighing)
        return
    stated = [one for one in changes if one.field != CONTENT]
    if stated:
        facts = with_changes(project.facts, stated)
        correct_project(by=by, at=at, project=project.uuid, facts=facts, because=because)
    for one in changes:
        if one.field == CONTENT:
            old, new = str(one.old), str(one.new)
            revise_content(by=by, at=at, project=project.uuid, old=old, new=new, because=because)


def _adjust_plan(by: Actor, at: datetime, adjustment: Adjustment, changes: tuple[Change, ...]) -> None:
    plan, currency = plan_of(adjustment), adjustment.programme.currency
    adjust_issued_plan(
        by=by,
        at=at,
        plan=plan.uuid,
        amounts={
            plan.sources[one.subject].code: (Money(int(one.old or 0), currency), Money(int(one.new or 0), currency))
            for one in changes
        },
        on_date=local_date(at),
        ground=str(adjustment.uuid),
        because=adjustment.reason,
        earlier=earlier_grounds(adjustment),
    )


MOST_REASON = 2000


@transaction.atomic
def propose_adjustment(
    *, by: Actor, at: datetime, project: UUID, kind: Kind, wish: Wish, reason: str, provenance: str = ""
) -> Adjustment:
    """Draw up a request for one project; its effect is computed, nothing else changes yet.

    Raises NotVisible, NotAllowed, BadInput, Refused, and what carrying it out would raise.
    """
    found = get_project(viewer=by, uuid=project)
    by.require(AdjustmentPermission.PROPOSE, programme=found.programme.code, place=found.place.code)

    if kind not in OF_PROJECT:
        raise BadInput(gettext_noop("年度计划的调整不从项目提出。请从调整页进入。"), "adjustments.kind_not_of_project")
    adjustment = Adjustment(programme=found.programme, project=found, kind=kind.value, provenance=provenance)
    return _write(by, at, adjustment, wish, reason)


@transaction.atomic
def propose_plan_adjustment(
    *, by: Actor, at: datetime, programme: str, year: int, wish: Wish, reason: str, provenance: str = ""
) -> Adjustment:
    """Draw up a request to raise an issued yearly plan: ``wish.values`` are the new amounts by fund source, in fen.

    Raises NotVisible, NotAllowed, BadInput, Refused,
    and what carrying it out would raise.
    """
    by.require(AdjustmentPermission.PROPOSE, programme=programme)

    found = get_programme(viewer=by, code=programme)
    adjustment = Adjustment(programme=found, kind=Kind.PLAN.value, year=year, provenance=provenance)
    return _write(by, at, adjustment, wish, reason)


@transaction.atomic
def revise_adjustment(
    *, by: Actor, at: datetime, adjustment: UUID, wish: Wish, reason: str, seen: State | None = None
) -> Adjustment:
    """Change a draft or a returned request; what it is based on is read anew.

    Raises NotVisible, NotAllowed, Conflict, and as proposing does.
    """
    found = _with_proposer(by, adjustment, seen)

    return _write(by, at, found, wish, reason)


@transaction.atomic
def add_paper(*, by: Actor, at: datetime, adjustment: UUID, file: IO[bytes], name: str, kind: PaperKind) -> Adjustment:
    """Add a paper to a draft or a returned request. Raises as ``revise_adjustment`` and as storing a document does."""
    found = _with_proposer(by, adjustment, None)

    programme, place = found.programme.code, found.places[0] or ""
    document = store_document(by=by, at=at, file=file, name=name, programme=programme, place=place)
    attach_proof(
        by=by,
        at=at,
        document=document,
        subject_type=SUBJECT,
        subject_id=found.uuid,
        label=name,
        kind=kind.value,
        programme=programme,
        place=place,
    )
    return found


@transaction.atomic
def submit_adjustment(*, by: Actor, at: datetime, adjustment: UUID, seen: State | None = None) -> Adjustment:
    """Send the request off to whom the table of approvals names; its effect is computed anew.

    Raises NotVisible, NotAllowed, Conflict, IllegalMove, Refused, and what carrying it out would raise.
    """
    found = locked(viewer=by, adjustment=adjustment, seen=seen)
    require_proposer(by, found)
    require_move(MOVES, State(found.state), State.SUBMITTED)

    # Which line of the table holds is looked up anew: it may be another one than when it was returned.
    found.rule = ""
    changes = still_true(adjustment=found)
    rule = rule_of(found, changes, first_approved(found))
    for need in rule.needs:
        if not _is_met(by, found, need):
            raise Refused(NEEDS[need].text, "adjustments.need_open")

    fields: dict[str, Any] = {
        "rule": rule.key,
        "approver": rule.approver.value,
        "effect": weigh(by=by, at=at, adjustment=found),
        "submitted_at": at,
    }
    return step(by=by, at=at, adjustment=found, to=State.SUBMITTED, **fields)


@transaction.atomic
def withdraw_adjustment(
    *, by: Actor, at: datetime, adjustment: UUID, words: str, seen: State | None = None
) -> Adjustment:
    """Take a request back before it is carried out; it stays readable.

    Raises NotVisible, NotAllowed, Conflict, IllegalMove, BadInput.
    """
    found = locked(viewer=by, adjustment=adjustment, seen=seen)
    require_proposer(by, found)

    return step(by=by, at=at, adjustment=found, to=State.WITHDRAWN, words=words)


def _write(by: Actor, at: datetime, adjustment: Adjustment, wish: Wish, reason: str) -> Adjustment:
    """Store what the wish comes to as things stand, in a new adjustment or in place of what was asked for before."""
    reason = reason.replace("\x00", "").strip()
    if not reason or len(reason) > MOST_REASON:
        text = gettext_noop("请写明为什么要调整，最多 %(most)s 个字。")
        raise BadInput(text, "adjustments.reason_missing", field="reason", most=MOST_REASON)
    asked = ask(viewer=by, at=at, adjustment=adjustment, wish=wish)

    act = "proposed" if adjustment.pk is None else "revised"
    if act == "proposed":
        adjustment.proposed_by, adjustment.proposed_at = by.ref, at
    else:
        adjustment.changes.all().delete()
    adjustment.other_project, adjustment.year = asked.other, asked.year
    adjustment.reason, adjustment.extra_source = reason, wish.extra_source.replace("\x00", "").strip()[:200]
    require(by, AdjustmentPermission.PROPOSE, adjustment)
    adjustment.save()
    AdjustmentChange.objects.bulk_create(
        AdjustmentChange(adjustment=adjustment, position=position, **asdict(replace(one, name=one.name[:300])))
        for position, one in enumerate(asked.changes)
    )
    adjustment.effect = weigh(by=by, at=at, adjustment=adjustment)
    adjustment.save(update_fields=["effect"])
    changes = {
        one.field if not one.subject else f"{one.field}:{one.subject}": [one.old, one.new] for one in asked.changes
    }
    facts = {**adjustment.in_trail, "kind": adjustment.kind, **changes}
    action = f"adjustments.adjustment.{act}"
    audit.record(by=by, at=at, action=action, on=adjustment.subject(), changes=facts, because=reason)
    return adjustment


def _is_met(by: Actor, adjustment: Adjustment, need: Need) -> bool:
    if need is Need.EXTRA_SOURCE:
        return bool(adjustment.extra_source)
    proofs = list_proofs(viewer=by, subject_type=SUBJECT, subject_id=adjustment.uuid)
    return any(proof.kind == PaperKind.REAPPROVAL.value for proof in proofs)


def _with_proposer(by: Actor, adjustment: UUID, seen: State | None) -> Adjustment:
    found = locked(viewer=by, adjustment=adjustment, seen=seen)
    require_proposer(by, found)
    if State(found.state) not in WITH_PROPOSER:
        raise Conflict(
            gettext_noop("这份调整已经报出，现在不能改。退回以后可以改了再报。"), "adjustments.not_with_proposer"
        )
    return found
