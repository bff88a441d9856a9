# SPDX-License-Identifier: Apache-2.0
"""What every step of an adjustment does first and last: lock and compare with what was seen, then opinion and trail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from shanhai.base.audit import services as audit
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, Conflict
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.states import require_move
from shanhai.planning.adjustments.models import SUBJECT, Adjustment, Opinion
from shanhai.planning.adjustments.selectors.adjustments import get_adjustment
from shanhai.planning.adjustments.selectors.current import READER, changes_of, is_stale
from shanhai.planning.adjustments.states import MOVES, NEED_WORDS, State, Verdict
from shanhai.planning.adjustments.values import Change
from shanhai.planning.projects.selectors.projects import get_project

MOST_WORDS = 1000


class MovedMeanwhile(Conflict):
    """Somebody else took a step with the adjustment after the page was opened."""

    code = "adjustments.moved_meanwhile"


class ProjectMovedMeanwhile(Conflict):
    """What the adjustment is based on is no longer so."""

    code = "adjustments.project_moved_meanwhile"


class WordsMissing(BadInput):
    """A return, a refusal, a doubt or a withdrawal without a word why, or far too many words."""

    code = "adjustments.words_missing"


def locked(*, by: Actor, adjustment: UUID, seen: State | None) -> Adjustment:
    """The adjustment with its row locked. Raises AdjustmentNotVisible, MovedMeanwhile when it is not as ``seen``."""
    found = get_adjustment(viewer=by, uuid=adjustment, lock=True)
    if seen is not None and found.state != seen.value:
        raise MovedMeanwhile(gettext_noop("您看过以后，别人已经处理了这份调整。请刷新后再看能做什么。"))
    return found


def still_true(adjustment: Adjustment) -> tuple[Change, ...]:
    """The changes, with the projects locked and everything still as it was. Raises ProjectMovedMeanwhile."""
    for project in sorted(
        {adjustment.project.uuid, *([adjustment.other_project.uuid] if adjustment.other_project else [])}
    ):
        found = get_project(viewer=READER, uuid=project, lock=True)
        if project == adjustment.project.uuid:
            adjustment.project = found
        else:
            adjustment.other_project = found
    changes = changes_of(adjustment)
    if is_stale(adjustment, changes):
        raise ProjectMovedMeanwhile(
            gettext_noop("项目在提出调整以后变过了，原来的依据已经不对。请退回提出的人，按现在的情况重新填写。")
        )
    return changes


def step(
    *, by: Actor, at: datetime, adjustment: Adjustment, to: State, verdict: Verdict, words: str = "", **changes: Any
) -> Adjustment:
    """Move the adjustment to ``to`` with the ``changes`` of its fields. Raises IllegalMove, WordsMissing."""
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
    record(by, at, adjustment, verdict.value, changes, words)
    return opinion


def record(
    by: Actor, at: datetime, adjustment: Adjustment, act: str, changes: Mapping[str, Any], because: str = ""
) -> None:
    """One row of the trail."""
    audit.record(
        by=by,
        at=at,
        action=f"adjustments.adjustment.{act}",
        subject_type=SUBJECT,
        subject_id=adjustment.uuid,
        programme=adjustment.programme.code,
        place=adjustment.project.place.code,
        changes={"project": str(adjustment.project.uuid), **changes},
        because=because,
    )


def checked_words(verdict: Verdict, words: str) -> str:
    """The words without spaces around. Raises WordsMissing."""
    words = words.replace("\x00", "").strip()
    if verdict in NEED_WORDS and not words:
        raise WordsMissing(gettext_noop("请写明理由，让提出的人知道怎么办。"))
    if len(words) > MOST_WORDS:
        raise WordsMissing(gettext_noop("最多 %(most)s 个字。请缩短，详细的放进材料。"), most=MOST_WORDS)
    return words
