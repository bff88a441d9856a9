# SPDX-License-Identifier: Apache-2.0
"""The states of a yearly plan and of a task, and what may follow what."""

from enum import StrEnum

from shanhai.kernel.states import Moves, complete_table


class PlanState(StrEnum):
    """A yearly plan: being written, 下达 (its money is in the ledger), and closed at the end of the year."""

    DRAFT = "draft"
    ISSUED = "issued"
    CLOSED = "closed"


PLAN_MOVES: Moves[PlanState] = {
    PlanState.DRAFT: frozenset({PlanState.ISSUED}),
    PlanState.ISSUED: frozenset({PlanState.CLOSED}),
    PlanState.CLOSED: frozenset(),
}
complete_table(PlanState, PLAN_MOVES)


class TaskState(StrEnum):
    """A task of an action: at work, done, given up, or carried over (结转) into the next year's campaign.

    A task that was called done too early is opened again; one that was carried over goes on as another task.
    """

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"
    CARRIED = "carried"


TASK_MOVES: Moves[TaskState] = {
    TaskState.OPEN: frozenset({TaskState.DONE, TaskState.DROPPED, TaskState.CARRIED}),
    TaskState.DONE: frozenset({TaskState.OPEN}),
    TaskState.DROPPED: frozenset({TaskState.OPEN}),
    TaskState.CARRIED: frozenset(),
}
complete_table(TaskState, TASK_MOVES)

# Tasks that count no longer for the progress of their action.
GIVEN_UP = (TaskState.DROPPED, TaskState.CARRIED)


class Column(StrEnum):
    """Where a task stands on the board: not begun, at work, done, given up or carried over."""

    WAITING = "waiting"
    AT_WORK = "at_work"
    DONE = "done"
    DROPPED = "dropped"
