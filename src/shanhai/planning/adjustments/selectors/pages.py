# SPDX-License-Identifier: Apache-2.0
"""Everything the page of one adjustment shows."""

from __future__ import annotations

from uuid import UUID

from shanhai.kernel.actors import Actor
from shanhai.planning.adjustments.access import carries_out, holds, may_advise, may_decide
from shanhai.planning.adjustments.models import Adjustment
from shanhai.planning.adjustments.permissions import AdjustmentPermission
from shanhai.planning.adjustments.rules.effects import effects_from_json
from shanhai.planning.adjustments.selectors.adjustments import get_adjustment, row_of
from shanhai.planning.adjustments.selectors.current import changes_of, first_approved, is_stale, rule_of
from shanhai.planning.adjustments.states import MOVES, OPEN, WITH_PROPOSER, State, Verdict
from shanhai.planning.adjustments.values import AdjustmentPage, Effect, OpinionRow, Rights
from shanhai.planning.projects.permissions import ProjectPermission


def adjustment_page(*, viewer: Actor, uuid: UUID) -> AdjustmentPage:
    """The adjustment, what it changes and does, what was said, and what the viewer may do. At most seven queries.

    The shares of a place are shown to who sees all projects there. Raises NotVisible.
    """
    found = get_adjustment(viewer=viewer, uuid=uuid)
    changes, first = changes_of(found), first_approved(found)
    other = found.other_project
    effects = effects_from_json(found.effect, found.programme.currency)
    return AdjustmentPage(
        row=row_of(found),
        programme=found.programme.code,
        currency=found.programme.currency,
        other_project=other.uuid if other else None,
        other_name=other.name if other else "",
        extra_source=found.extra_source,
        rule=found.rule or rule_of(found, changes, first).key,
        changes=changes,
        first=tuple(
            (change, fen)
            for change in changes
            if (fen := first.get((change.subject, change.field))) is not None and fen != change.old
        ),
        effects=tuple(effect for effect in effects if _sees(viewer, found, effect)),
        opinions=tuple(
            OpinionRow(Verdict(row.verdict), row.by, row.words, row.at) for row in found.opinions.order_by("-at", "-pk")
        ),
        stale=State(found.state) in OPEN and is_stale(found, changes, first),
        rights=rights_of(viewer, found),
    )


def rights_of(viewer: Actor, adjustment: Adjustment) -> Rights:
    """What the viewer may do to the adjustment as it stands."""
    state = State(adjustment.state)
    own = adjustment.proposed_by == viewer.ref and holds(viewer, AdjustmentPermission.PROPOSE, adjustment)
    decides = may_decide(viewer, adjustment)
    return Rights(
        edit=own and state in WITH_PROPOSER,
        withdraw=own and State.WITHDRAWN in MOVES[state],
        decide=decides and state is State.SUBMITTED,
        send_back=decides and State.RETURNED in MOVES[state],
        advise=state is State.SUBMITTED and may_advise(viewer, adjustment),
        apply=state is State.APPROVED and holds(viewer, carries_out(adjustment), adjustment),
    )


def _sees(viewer: Actor, adjustment: Adjustment, effect: Effect) -> bool:
    return viewer.may(ProjectPermission.VIEW, programme=adjustment.programme.code, place=effect.place or None)
