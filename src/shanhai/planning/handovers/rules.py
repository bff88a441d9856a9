# SPDX-License-Identifier: Apache-2.0
"""Which items a refresh adds, settles and opens again, and which reasons count. Values in, values out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop
from shanhai.planning.handovers.states import ItemState
from shanhai.planning.handovers.values import Cause

MOST = 500
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Changes:
    """What a refresh has to do. ``told_anew`` are open items of which the cause now says something else."""

    added: tuple[Cause, ...]
    gone: tuple[Key, ...]
    back: tuple[Cause, ...]
    told_anew: tuple[Cause, ...]


def changes_between(items: Mapping[Key, tuple[ItemState, Cause]], causes: Iterable[Cause]) -> Changes:
    """Compare the items that are stored with what is open now. What was waived stays as it is, whatever is open."""
    now = {cause.key: cause for cause in causes}
    states = {key: state for key, (state, _) in items.items()}
    return Changes(
        added=tuple(cause for key, cause in now.items() if key not in states),
        gone=tuple(key for key, state in states.items() if state is ItemState.OPEN and key not in now),
        back=tuple(cause for key, cause in now.items() if states.get(key) is ItemState.SETTLED),
        told_anew=tuple(
            cause for key, cause in now.items() if states.get(key) is ItemState.OPEN and items[key][1] != cause
        ),
    )


def checked_reason(because: str) -> str:
    """The reason without spaces around it and signs that cannot be stored. Raises BadInput."""
    reason = because.replace("\x00", "").strip()
    if not reason:
        raise BadInput(gettext_noop("请写明为什么可以不办就离任，交给谁接着办。"), "handovers.reason_missing")
    if len(reason) > MOST:
        raise BadInput(
            gettext_noop("理由有 %(count)s 个字，最多 %(most)s 个。"),
            "handovers.reason_too_long",
            count=len(reason),
            most=MOST,
        )
    return reason
