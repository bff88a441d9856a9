# SPDX-License-Identifier: Apache-2.0
"""Where a task stands on the board, and where it may go from there."""

from __future__ import annotations

from shanhai.planning.programmes.states import TASK_MOVES, Column, TaskState


def column_of(state: TaskState, progress_percent: int) -> Column:
    """The column of a task.

    >>> column_of(TaskState.OPEN, 0)
    <Column.WAITING: 'waiting'>
    """
    if state is TaskState.OPEN:
        return Column.AT_WORK if progress_percent else Column.WAITING
    return Column.DONE if state is TaskState.DONE else Column.DROPPED


def columns_ahead(state: TaskState, progress_percent: int, *, may_drop: bool) -> tuple[Column, ...]:
    """The other columns a task may be moved to, the next ones first: those whose state its own may turn into.

    Giving up is the office's (``may_drop``).
    """
    here = column_of(state, progress_percent)
    after = TASK_MOVES[state] | {state}
    ways = ((Column.AT_WORK, TaskState.OPEN), (Column.DONE, TaskState.DONE), (Column.WAITING, TaskState.OPEN))
    found = [column for column, new in ways if column is not here and new in after]
    if may_drop and here is not Column.DROPPED and TaskState.DROPPED in after:
        found.append(Column.DROPPED)
    return tuple(found)
