# SPDX-License-Identifier: Apache-2.0
"""Kinds of post, check, teaching and ending; what is said of a post and of what was taught."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID


class PostKind(StrEnum):
    """What kind of post it is; the two teams are team-style (组团式): all who are sent to one unit work as one."""

    CADRE = "cadre"
    TECHNICAL = "technical"
    MEDICAL_TEAM = "medical_team"
    SCHOOL_TEAM = "school_team"
    SHORT_TERM = "short_term"


class Check(StrEnum):
    """What is checked of somebody who is named."""

    PAPERS = "papers"
    FITNESS = "fitness"


class TeachingKind(StrEnum):
    """What somebody leaves behind: an apprentice (师带徒), a technique, the first case of its kind (首例)."""

    APPRENTICE = "apprentice"
    TECHNIQUE = "technique"
    FIRST = "first"


class Ending(StrEnum):
    """How a secondment ends: as planned, early, or by the one who comes instead."""

    PLANNED = "planned"
    EARLY = "early"
    RELIEVED = "relieved"


@dataclass(frozen=True, slots=True)
class PostFacts:
    """A post that a county wants filled: ``place`` is its GB/T 2260 code, ``receiver`` the uuid of the unit.

    ``until`` is the first day on which nobody is wanted there any more, ``altitude_m`` that of where one works.
    """

    title: str
    kind: PostKind
    place: str
    receiver: UUID
    since: date
    until: date
    full_time: bool = True
    needs: str = ""
    altitude_m: int | None = None


@dataclass(frozen=True, slots=True)
class TeachingFacts:
    """What somebody taught: ``title`` is the technique, the case, or what the apprentice learns.

    ``apprentice`` is the name of who learns, for an apprentice alone; ``until`` may be open.
    """

    kind: TeachingKind
    title: str
    since: date
    until: date | None = None
    apprentice: str = ""


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One secondment as a table states it; ``place``, ``receiver`` and ``sender`` are words as they stand there."""

    row: int
    name: str = ""
    title: str = ""
    kind: str = PostKind.CADRE.value
    place: str = ""
    receiver: str = ""
    sender: str = ""
    since: date | None = None
    until: date | None = None
    full_time: bool = True
    altitude_m: int | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """Days from ``since`` (inclusive) until ``until`` (exclusive)."""

    since: date
    until: date

    def meets(self, other: Span) -> bool:
        """Whether they have a day in common."""
        return max(self.since, other.since) < min(self.until, other.until)
