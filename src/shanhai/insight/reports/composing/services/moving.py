# SPDX-License-Identifier: Apache-2.0
"""One step of a bulletin on its way, with its row of history and its act in the trail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from shanhai.base.audit import services as audit
from shanhai.insight.reports.models import Bulletin, BulletinMove
from shanhai.insight.reports.states import BULLETIN_MOVES, BulletinState
from shanhai.kernel.actors import Actor
from shanhai.kernel.states import require_move


def locked_bulletin(*, by: Actor, at: datetime, bulletin: UUID, permission: str, to: BulletinState) -> Bulletin:
    """The bulletin with its row held, for who holds ``permission``, when it may move on ``to`` a state.

    Raises NotVisible, NotAllowed, IllegalMove.
    """
    found = Bulletin.objects.one(by, bulletin, lock=True)
    by.require(permission, programme=found.programme.code)
    require_move(BULLETIN_MOVES, BulletinState(found.state), to)
    return found


def move(
    *,
    by: Actor,
    at: datetime,
    bulletin: Bulletin,
    to: BulletinState,
    because: str = "",
    changes: Mapping[str, Any] | None = None,
) -> None:
    """Store a bulletin at its new state with the step it took."""
    old = bulletin.state
    bulletin.state, bulletin.moved_at = to, at
    bulletin.save()
    BulletinMove.objects.create(bulletin=bulletin, old=old, new=to, at=at, by=by.ref, because=because)
    act, facts = f"bulletin.{to.value}", {"state": [old, to.value], **(changes or {})}
    audit.record(by=by, at=at, action=act, on=bulletin.subject(), changes=facts, because=because)
