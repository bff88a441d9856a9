# SPDX-License-Identifier: Apache-2.0
"""What people say about leave, vehicles, integrity and health; the limits that a programme may set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

MOST_NAME, MOST_PLACE, MOST_REASON, MOST_SOURCE, MOST_WORDS = 60, 100, 200, 200, 1000


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
    of ``where``, ``to_place`` its GB/T 2260 code, each left out where nobody knows. ``reason`` names no illness.
    """

    kind: UUID
    since: date
    until: date
    where: str
    stand_in: UUID | None = None
    reason: str = ""
    altitude_m: int | None = None
    to_place: str = ""


@dataclass(frozen=True, slots=True)
class VehicleFacts:
    """A vehicle; ``place`` is the GB/T 2260 code of the county where it stands, ``litres`` are per 100 km."""

    plate: str
    name: str
    seats: int
    litres: Decimal
    place: str
    odometer_km: int = 0


@dataclass(frozen=True, slots=True)
class UseFacts:
    """What a vehicle is asked for; ``to_place`` is a GB/T 2260 code or "" for elsewhere.

    ``because`` says why it is asked for later than the notice that is wanted; "" otherwise.
    """

    since: datetime
    until: datetime
    destination: str
    purpose: str
    people: int
    to_place: str = ""
    because: str = ""


class Doubt(StrEnum):
    """What is unlikely about a drive: more or less fuel than usual, fewer or more kilometres than the way there and
    back, kilometres that nobody drives in the time, a night elsewhere, back later than was said.
    """

    MUCH_FUEL = "much_fuel"
    LITTLE_FUEL = "little_fuel"
    FEW_KM = "few_km"
    MANY_KM = "many_km"
    FAST = "fast"
    ELSEWHERE = "elsewhere"
    LATE = "late"


class CaseKind(StrEnum):
    """What kind of incident: a matter of integrity, an injury, a traffic accident, property, another one."""

    INTEGRITY = "integrity"
    INJURY = "injury"
    TRAFFIC = "traffic"
    PROPERTY = "property"
    OTHER = "other"


class MatterKind(StrEnum):
    """What somebody has to declare. Our own list, marked 示例: the rule of the programme is not public."""

    NOTHING = "nothing"
    FAMILY = "family"
    ABROAD = "abroad"
    ASSETS = "assets"
    BUSINESS = "business"
    PROCEEDINGS = "proceedings"
    OTHER = "other"


class Sealed(StrEnum):
    """What lies under seal, so that it is known who opened it: a declaration, somebody's health."""

    DECLARATION = "declaration"
    HEALTH = "health"


class ListKind(StrEnum):
    """The four lists and the one table of health."""

    ENTRY = "entry"
    CHRONIC = "chronic"
    ALTITUDE = "altitude"
    EMERGENCY = "emergency"
    MONTHLY = "monthly"


class ItemType(StrEnum):
    """How an item of a template is answered: a number, words, yes or no, a day."""

    NUMBER = "number"
    TEXT = "text"
    YES_NO = "yes_no"
    DAY = "day"


class LimitKey(StrEnum):
    """The limits of conduct that a programme may set for itself."""

    NOTICE_HOURS = "notice_hours"
    FUEL_PERCENT = "fuel_percent"
    ROAD_PERCENT = "road_percent"
    KM_AN_HOUR = "km_an_hour"
    AWAY_DAYS = "away_days"
    LETTERS_BY_MONTH = "letters_by_month"
    MATTERS_BY_MONTH = "matters_by_month"
    CASE_DAYS = "case_days"
    TABLE_BY_DAY = "table_by_day"


# What holds until a programme says otherwise, the least and the most that it may say. Samples of ours, but for the
# notice: half a day, as public rules of vehicle use have it.
LIMITS: Mapping[LimitKey, tuple[int, int, int]] = {
    LimitKey.NOTICE_HOURS: (12, 0, 240),
    LimitKey.FUEL_PERCENT: (40, 5, 500),
    LimitKey.ROAD_PERCENT: (250, 100, 2000),
    LimitKey.KM_AN_HOUR: (100, 20, 150),
    LimitKey.AWAY_DAYS: (10, 1, 31),
    LimitKey.LETTERS_BY_MONTH: (3, 1, 12),
    LimitKey.MATTERS_BY_MONTH: (3, 1, 12),
    LimitKey.CASE_DAYS: (30, 1, 365),
    LimitKey.TABLE_BY_DAY: (10, 1, 28),
}
