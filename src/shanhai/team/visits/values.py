# SPDX-License-Identifier: Apache-2.0
"""What people say about delegations, their itineraries, receptions and costs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

MOST_TITLE, MOST_NAME, MOST_WORDS, MOST_SOURCE, MOST_TEXT = 100, 60, 500, 200, 8000

# The four of the articles (communication, industry, staff selection, project management), each with its rhythm.
MECHANISMS = (
    ("沟通协商", "Communication", 6),
    ("产业协作", "Industry", 6),
    ("干部人才选派", "Staff selection", 12),
    ("项目管理", "Project management", 3),
)


class Direction(StrEnum):
    """Somebody comes to us, or we go to them."""

    INCOMING = "incoming"
    OUTGOING = "outgoing"


class Side(StrEnum):
    """Of the delegation itself, or of who receives it."""

    GUEST = "guest"
    HOST = "host"


class Category(StrEnum):
    """What money was spent on."""

    MEALS = "meals"
    LODGING = "lodging"
    TRANSPORT = "transport"
    VENUE = "venue"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class DelegationFacts:
    """A delegation from ``since`` until ``until`` (the day after its last one); organisations are uuids.

    ``letter_number`` and ``letter_on`` are those of the letter by which it was announced; "" and None before it came.
    """

    title: str
    direction: Direction
    guest: UUID
    host: UUID
    since: date
    until: date
    purpose: str
    letter_number: str = ""
    letter_on: date | None = None


@dataclass(frozen=True, slots=True)
class StopFacts:
    """A stop of an itinerary; ``place`` is a GB/T 2260 code or "", ``project`` the uuid of a project or None."""

    since: datetime
    until: datetime
    what: str
    where: str
    place: str = ""
    project: UUID | None = None


@dataclass(frozen=True, slots=True)
class CostFacts:
    """What was spent: ``people`` are all for whom, ``companions`` those of the hosts among them at a meal.

    ``because`` says why it is more than the standard; "" otherwise.
    """

    category: Category
    amount_fen: int
    people: int
    receipt: str
    companions: int = 0
    because: str = ""


@dataclass(frozen=True, slots=True)
class AgreementFacts:
    """What was agreed: ``owner`` is the uuid of the user who answers for it until ``due_on``."""

    words: str
    owner: UUID
    due_on: date
