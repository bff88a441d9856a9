# SPDX-License-Identifier: Apache-2.0
"""Which items a refresh adds, settles and opens again, and file names. Values in, values out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shanhai.planning.handovers.states import ItemState
from shanhai.planning.handovers.values import Cause

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


def safe_name(text: str) -> str:
    """A part of a path that every system can unpack: nothing that leads elsewhere, at most eighty characters."""
    return re.sub(r'[\x00-\x1f/\\\\:*?"<>|]+', "_", text).strip(" .")[:80] or "_"
