# SPDX-License-Identifier: Apache-2.0
"""What every step of an adjustment does last: the new state, what was said, and the trail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shanhai.base.audit import services as audit
from shanhai.kernel.actors import Actor
from shanhai.kernel.states import require_move
from shanhai.planning.adjustments.models import SUBJECT, Adjustment, Opinion
from shanhai.planning.adjustments.rules.approval import checked_words
from shanhai.planning.adjustments.states import MOVES, State, Verdict


def step(
    *, by: Actor, at: datetime, adjustment: Adjustment, to: State, verdict: Verdict, words: str = "", **changes: Any
) -> Adjustment:
    """Move the adjustment to ``to`` with the ``changes`` of its fields. Raises IllegalMove, BadInput."""
    old = State(adjustment.state)
    require_move(MOVES, old, to)
    words = checked_words(verdict, words)
    adjustment.state = to.value
    for name, value in changes.items():
        setattr(adjustment, name, value)
    adjustment.save(update_fields=["state", *changes])
    say(by=by, at=at, adjustment=adjustment, verdict=verdict, words=words, changes={"state": [old.value, to.value]})
    return adjustment


def say(
    *, by: Actor, at: datetime, adjustment: Adjustment, verdict: Verdict, words: str, changes: Mapping[str, Any]
) -> Opinion:
    """Keep what was done or said, and put it into the trail."""
    opinion = Opinion.objects.create(adjustment=adjustment, by=by.ref, verdict=verdict.value, words=words, at=at)
    record(by=by, at=at, adjustment=adjustment, act=verdict.value, changes=changes, because=words)
    return opinion


def record(
    *, by: Actor, at: datetime, adjustment: Adjustment, act: str, changes: Mapping[str, Any], because: str = ""
) -> None:
    """One row of the trail."""
    audit.record(
        by=by,
        at=at,
        action=f"adjustments.adjustment.{act}",
        subject_type=SUBJECT,
        subject_id=adjustment.uuid,
        programme=adjustment.programme.code,
        place=adjustment.places[0] or "",
        changes={"project": str(adjustment.project.uuid), **changes} if adjustment.project else changes,
        because=because,
    )
