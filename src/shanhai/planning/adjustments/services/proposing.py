# SPDX-License-Identifier: Apache-2.0
"""Asking for a change: a draft, its papers, sending it off, taking it back."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from typing import IO, Any
from uuid import UUID

from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, Conflict, Refused
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.states import require_move
from shanhai.planning.adjustments.access import require, require_proposer
from shanhai.planning.adjustments.models import SUBJECT, Adjustment, AdjustmentChange
from shanhai.planning.adjustments.permissions import AdjustmentPermission
from shanhai.planning.adjustments.rules.approval import NEEDS, Need
from shanhai.planning.adjustments.selectors.adjustments import locked, still_true
from shanhai.planning.adjustments.selectors.current import first_approved, rule_of
from shanhai.planning.adjustments.selectors.proposals import ask, ask_of_plan
from shanhai.planning.adjustments.services.deciding import step, weigh
from shanhai.planning.adjustments.states import MOVES, OF_PROJECT, WITH_PROPOSER, Kind, PaperKind, State
from shanhai.planning.adjustments.values import Wish
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.planning.projects.core.selectors.projects import get_project
from shanhai.registers.documents.selectors import list_proofs
from shanhai.registers.documents.services import attach_proof, store_document

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
    *, by: Actor, at: datetime, adjustment: UUID, because: str, seen: State | None = None
) -> Adjustment:
    """Take a request back before it is carried out; it stays readable.

    Raises NotVisible, NotAllowed, Conflict, IllegalMove, BadInput.
    """
    found = locked(viewer=by, adjustment=adjustment, seen=seen)
    require_proposer(by, found)

    return step(by=by, at=at, adjustment=found, to=State.WITHDRAWN, words=because)


def _write(by: Actor, at: datetime, adjustment: Adjustment, wish: Wish, reason: str) -> Adjustment:
    """Store what the wish comes to as things stand, in a new adjustment or in place of what was asked for before."""
    reason = reason.replace("\x00", "").strip()
    if not reason or len(reason) > MOST_REASON:
        raise BadInput(
            gettext_noop("请写明为什么要调整，最多 %(most)s 个字。"), "adjustments.reason_missing", most=MOST_REASON
        )
    if adjustment.project is None:
        programme, year = adjustment.programme.code, adjustment.year or 0
        asked = ask_of_plan(viewer=by, at=at, programme=programme, year=year, wish=wish)
    else:
        asked = ask(viewer=by, at=at, project=adjustment.project.uuid, kind=Kind(adjustment.kind), wish=wish)

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
