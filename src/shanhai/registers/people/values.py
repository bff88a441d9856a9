# SPDX-License-Identifier: Apache-2.0
"""What somebody says of a person, and how long it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import months_later
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.registry import PersonalData

KEPT_YEARS = 3


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What is kept of a person in a duty, and nothing else: see README.md for what is not.

    ``organisation`` and ``user`` are uuids; ``place`` a GB/T 2260 code or ""; ``valid_from`` the first day.
    """

    name: str
    duty: str
    programme: str
    valid_from: date
    place: str = ""
    organisation: UUID | None = None
    user: UUID | None = None
    work_phone: str = ""


def ended_before(today: date, years: int = KEPT_YEARS) -> date:
    """The day up to which a posting must have ended to be erased ``today``: so many years earlier."""
    return months_later(today, -12 * years)


_AS_LONG = message(gettext_noop("与人员登记同时抹去。"))


@dataclass(frozen=True)
class Pointer(PersonalData):
    """What names a person by reference alone: once the register has erased them, the reference says nothing."""

    key: str
    purpose: Message
    fields: tuple[str, ...] = ("person",)
    keep_until: Message = _AS_LONG

    def erase(self, *, by: Actor, at: datetime) -> int:
        """Nothing is left to erase beside the register."""
        return 0
