# SPDX-License-Identifier: Apache-2.0
"""Acting on a warning: saying what was done, what is planned, or that it need not be followed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, Conflict, Refused
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.states import require_move
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.warnings.models import EarlyWarning, WarningMove
from shanhai.planning.warnings.rules.catalogue import CATALOGUE
from shanhai.planning.warnings.selectors.warnings import lock_warning
from shanhai.planning.warnings.states import MOVES, Action, Ending, Happened, WarningState

MOST_WORDS = 500


@transaction.atomic
def act(
    *, by: Actor, at: datetime, warning: UUID, action: Action, words: str, seen_acts: int | None = None
) -> EarlyWarning:
    """Record what was done about a warning. It stays acted on until its fact is gone; a dismissal closes it at once.

    Whoever holds the rule's permission there may act; only who manages the programme may dismiss, and only where the
    rule says so. ``seen_acts`` is how many actions the person had seen: when there are more, nothing happens. Raises
    NotVisible, NotAllowed, Conflict, IllegalMove, BadInput, Refused.
    """
    found = lock_warning(viewer=by, uuid=warning)
    rule, programme = CATALOGUE[found.rule], found.programme.code
    needed = ProgrammePermission.MANAGE if action is Action.DISMISSED else rule.acts
    by.require(needed, programme=programme, place=found.place or None)

    if seen_acts is not None and seen_acts != found.acts:
        raise Conflict(
            gettext_noop("您看过以后，别人已经处理了这条预警。请刷新后再看还要不要办。"), "warnings.acted_meanwhile"
        )
    old, new = found.state, WarningState.CLOSED if action is Action.DISMISSED else WarningState.ACTED
    require_move(MOVES, WarningState(old), new)
    words = words.replace("\x00", "").strip()
    if not words or len(words) > MOST_WORDS:
        raise BadInput(
            gettext_noop("请写一句办了什么、打算怎么办，不超过 %(most)s 个字。"),
            "warnings.words_missing",
            most=MOST_WORDS,
        )
    if action is Action.DISMISSED and not rule.by_words:
        raise Refused(
            gettext_noop("这条预警不能用说明关闭，事实改变以后它会自己关闭。请先办理。"), "warnings.closes_by_itself"
        )

    found.state, found.acts, found.action, found.words = new.value, found.acts + 1, action.value, words
    found.acted_at, found.acted_by = at, by.ref
    happened = Happened.ACTED
    if new is WarningState.CLOSED:
        happened, found.closed_at, found.ending = Happened.CLOSED, at, Ending.DISMISSED.value
    found.save()
    told = {"action": action.value, "words": words}
    WarningMove.objects.create(warning=found, happened=happened.value, old=old, new=new.value, at=at, by=by.ref, **told)
    audit.record(
        by=by,
        at=at,
        action="warnings.acted",
        subject_type="warnings.earlywarning",
        subject_id=found.uuid,
        programme=programme,
        place=found.place,
        changes={"state": [old, new.value], "rule": found.rule, "subject": str(found.subject), "action": action.value},
        because=words,
    )
    return found
