# SPDX-License-Identifier: Apache-2.0
"""How days of leave are counted, who approves, and what is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID


class Counts(StrEnum):
    """Which days of a leave count: those on which one works, or all."""

    WORKDAYS = "workdays"
    ALL_DAYS = "all_days"


class Level(StrEnum):
    """Who approves, from the lowest level up: the lead of the group, the office, the commander."""

    LEAD = "lead"
    OFFICE = "office"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Counted:
    """The days that a leave takes, by year; ``provisional`` where the calendar of a year is not published yet."""

    by_year: Mapping[int, int] = field(default_factory=dict)
    provisional: bool = False

    @property
    def days(self) -> int:
        """In all."""
        return sum(self.by_year.values())


@dataclass(frozen=True, slots=True)
class LevelRule:
    """``level`` approves a leave of at least ``from_days`` days, and one of any length that touches ``months``."""

    level: Level
    from_days: int
    months: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class LeaveFacts:
    """What is asked for: from ``since`` (first day away) until ``until`` (first day back).

    ``kind`` and ``stand_in`` are uuids, of a kind of leave and of somebody else's secondment; ``altitude_m`` is that
    of ``where``, None where nobody knows. ``reason`` names no illness.
    """

    kind: UUID
    since: date
    until: date
    where: str
    stand_in: UUID | None = None
    reason: str = ""
    altitude_m: int | None = None
