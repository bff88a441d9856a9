# SPDX-License-Identifier: Apache-2.0
"""The states of a warning, what may follow what, what may be done about it, and how it ends."""

from enum import StrEnum

from shanhai.kernel.states import Moves, complete_table


class WarningState(StrEnum):
    """A warning: raised and unanswered, answered by an action, closed."""

    OPEN = "open"
    ACTED = "acted"
    CLOSED = "closed"


# What was answered may be answered again: a plan, then what came of it.
MOVES: Moves[WarningState] = {
    WarningState.OPEN: frozenset({WarningState.ACTED, WarningState.CLOSED}),
    WarningState.ACTED: frozenset({WarningState.ACTED, WarningState.CLOSED}),
    WarningState.CLOSED: frozenset(),
}
complete_table(WarningState, MOVES)


class Action(StrEnum):
    """What somebody did about a warning: 已经办理, 说明情况, 定了计划, or (where the rule lets) 不再跟踪."""

    DONE = "done"
    EXPLAINED = "explained"
    PLANNED = "planned"
    DISMISSED = "dismissed"


class Ending(StrEnum):
    """How a warning was closed: what it warned of is no longer so, or somebody dismissed it."""

    FACT_GONE = "fact_gone"
    DISMISSED = "dismissed"


class Happened(StrEnum):
    """What a line of a warning's history records."""

    RAISED = "raised"
    RETOLD = "retold"
    ACTED = "acted"
    CLOSED = "closed"
    FACT_GONE = "fact_gone"


class Severity(StrEnum):
    """How grave a warning is, gravest first."""

    SERIOUS = "serious"
    CAUTION = "caution"
    NOTICE = "notice"
