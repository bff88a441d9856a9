# SPDX-License-Identifier: Apache-2.0
"""What somebody says of a person, and how long it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

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


def ended_before(today: date) -> date:
    """The day up to which a posting must have ended to be erased ``today``: three years earlier."""
    try:
        return today.replace(year=today.year - KEPT_YEARS)
    except ValueError:
        return today.replace(year=today.year - KEPT_YEARS, day=28)
