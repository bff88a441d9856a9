# SPDX-License-Identifier: Apache-2.0
"""State moves: a table of what may follow what, and the one check against it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from shanhai.kernel.errors import Conflict
from shanhai.kernel.messages import gettext_noop

S = TypeVar("S", bound=StrEnum)
Moves = Mapping[S, frozenset[S]]


class IllegalMove(Conflict):
    """The table does not list this move; often somebody else has moved it meanwhile."""

    code = "states.illegal_move"


def require_move(moves: Moves[S], old: S, new: S) -> None:
    """Raise IllegalMove unless ``moves`` lists ``new`` after ``old``; their words stand in the ``Area`` of the app."""
    if new not in moves[old]:
        raise IllegalMove(gettext_noop("现在是“%(old)s”，不能变为“%(new)s”。请刷新后再看能做什么。"), old=old, new=new)


def complete_table(states: type[S], moves: Moves[S]) -> None:
    """Raise ValueError unless every state has a row; called where the table is written, so that none is forgotten."""
    missing = set(states) - set(moves)
    if missing:
        raise ValueError(f"the table of moves lacks {sorted(missing)}")
