# SPDX-License-Identifier: Apache-2.0
"""What others say to a request: opinions, and the decision by whom the table of approvals names."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, Conflict
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.states import require_move
from shanhai.planning.adjustments.access import require_adviser, require_decider
from shanhai.planning.adjustments.models import Adjustment, Opinion
from shanhai.planning.adjustments.rules.approval import checked_words
from shanhai.planning.adjustments.rules.effects import broken_floors, effects_from_json
from shanhai.planning.adjustments.selectors.adjustments import locked, still_true
from shanhai.planning.adjustments.services.recording import say, step
from shanhai.planning.adjustments.states import MOVES, OPINIONS, State, Verdict


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

    return say(by=by, at=at, adjustment=found, verdict=verdict, words=checked_words(verdict, words), changes={})


@transaction.atomic
def approve_adjustment(
    *, by: Actor, at: datetime, adjustment: UUID, words: str = "", seen: State | None = None
) -> Adjustment:
    """Approve the request; one that takes a share below its floor only with a word why.

    Raises NotVisible, NotAllowed, Conflict, IllegalMove, BadInput.
    """
    found = locked(viewer=by, adjustment=adjustment, seen=seen)
    _require_deciding(by, found, State.APPROVED)
    still_true(adjustment=found)
    if broken_floors(effects_from_json(found.effect, found.programme.currency)) and not words.strip():
        raise BadInput(gettext_noop("这样调整后占比会低于要求。同意的话，请写明理由。"), "adjustments.words_missing")

    return step(
        by=by,
        at=at,
        adjustment=found,
        to=State.APPROVED,
        verdict=Verdict.APPROVED,
        words=words,
        decided_by=by.ref,
        decided_at=at,
    )


@transaction.atomic
def refuse_adjustment(
    *, by: Actor, at: datetime, adjustment: UUID, words: str, seen: State | None = None
) -> Adjustment:
    """Refuse the request for good. Raises as approving does, but for the project having moved."""
    found = locked(viewer=by, adjustment=adjustment, seen=seen)
    _require_deciding(by, found, State.REFUSED)

    return step(
        by=by,
        at=at,
        adjustment=found,
        to=State.REFUSED,
        verdict=Verdict.REFUSED,
        words=words,
        decided_by=by.ref,
        decided_at=at,
    )


@transaction.atomic
def return_adjustment(
    *, by: Actor, at: datetime, adjustment: UUID, words: str, seen: State | None = None
) -> Adjustment:
    """Send the request back to be changed; also an approved one, when the project has moved before it was carried out.

    Raises as refusing does.
    """
    found = locked(viewer=by, adjustment=adjustment, seen=seen)
    _require_deciding(by, found, State.RETURNED)

    return step(
        by=by,
        at=at,
        adjustment=found,
        to=State.RETURNED,
        verdict=Verdict.RETURNED,
        words=words,
        decided_by="",
        decided_at=None,
    )


def _require_deciding(by: Actor, adjustment: Adjustment, to: State) -> None:
    # A draft that was never submitted knows no approver yet: the table of moves refuses it first.
    require_move(MOVES, State(adjustment.state), to)
    require_decider(by, adjustment)
