# SPDX-License-Identifier: Apache-2.0
"""How a table that reports only where a project stands now agrees with the stages it must have gone through."""

from __future__ import annotations

from shanhai.planning.projects.states import MOVES, STARTED, Stage

# Moves to these say why; a suspension that nobody explains looks like a delay, a cancellation like a loss.
NEED_REASON = frozenset({Stage.SUSPENDED, Stage.CANCELLED})


def steps_between(old: Stage, new: Stage) -> tuple[Stage, ...] | None:
    """The moves that lead from ``old`` to ``new``, shortest way, never through a suspension; None when none do.

    Empty when both are the same.
    """
    ways: dict[Stage, tuple[Stage, ...]] = {old: ()}
    frontier = [old]
    while frontier and new not in ways:
        following: list[Stage] = []
        for stage in frontier:
            for after in sorted(MOVES[stage]):
                if after not in ways and (after == new or after not in NEED_REASON):
                    ways[after] = (*ways[stage], after)
                    following.append(after)
        frontier = following
    return ways.get(new)


def may_hold_money(stage: Stage, paid: int) -> bool:
    """Whether a project at ``stage`` may have been paid: nothing is paid out before work has begun."""
    return paid == 0 or stage in STARTED or stage is Stage.CANCELLED
