# SPDX-License-Identifier: Apache-2.0
"""Where a task stands on the board, and the weeks of a campaign."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

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


_LEAST_WIDTH = 0.5
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Bar:
    """From ``x`` on, ``width`` long, both in percent of the calendar."""

    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days from ``first`` to ``last``, both included."""

    first: date
    last: date

    def at(self, day: date) -> float:
        """Where the day begins, in percent; 0 and 100 for days before and after."""
        days = (self.last - self.first).days + 1
        return round(min(max((day - self.first).days / days * 100, 0.0), 100.0), 2)

    def bar(self, starts_on: date | None, due_on: date | None) -> Bar | None:
        """From the first day (the calendar's, where none is known) to the due day, included; None without one.

        >>> Calendar(date(2026, 1, 1), date(2026, 12, 31)).bar(date(2026, 1, 1), date(2026, 12, 31))
        Bar(x=0.0, width=100.0)
        """
        if due_on is None:
            return None
        x = self.at(starts_on or self.first)
        return Bar(min(x, 100 - _LEAST_WIDTH), max(round(self.at(due_on + _DAY) - x, 2), _LEAST_WIDTH))

    @property
    def months(self) -> tuple[tuple[float, int], ...]:
        """Where each month begins, and its number."""
        found, day = [], self.first.replace(day=1)
        while day <= self.last:
            if day >= self.first:
                found.append((self.at(day), day.month))
            day = (day + timedelta(days=32)).replace(day=1)
        return tuple(found)
