# SPDX-License-Identifier: Apache-2.0
"""Values of sensors. Times are whole microseconds since 1970-01-01T00:00:00Z wherever they are integers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntFlag, StrEnum

from shanhai.kernel.actors import Actor

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HOUR = 3_600_000_000
MONTH_FORMAT = "%Y-%m"
# A token in the trail, and how a reference to a program begins that showed one.
TOKEN = "sensors.token"  # noqa: S105
TOKEN_REF = "token:"  # noqa: S105
# Over months that have moved to files: days and months of stations, time above a threshold, gaps, completeness.
QUESTIONS = ("days", "months", "above", "gaps", "completeness")
# What pages of datastreams hear of, by their ids.
STREAMS = "sensors.datastream"
# What the compact topics of devices begin with.
ROOT = "shanhai"


def instant_of(at: datetime) -> int:
    """The instant of a datetime with a zone."""
    return (at - EPOCH) // timedelta(microseconds=1)


def datetime_of(instant: int) -> datetime:
    """The datetime, in UTC."""
    return EPOCH + timedelta(microseconds=instant)


def topic_of(*, programme: str | None, station: str, device: str) -> str:
    """Where a device publishes readings of several metrics; that of one metric is a level below."""
    return f"{ROOT}/{programme or '-'}/{station}/{device}"


class StationKind(StrEnum):
    """What a station watches."""

    HAZARD = "hazard"
    WEATHER = "weather"
    GREENHOUSE = "greenhouse"
    ORCHARD = "orchard"
    COLD_ROOM = "cold_room"
    HERD = "herd"
    OTHER = "other"


class Happening(StrEnum):
    """What was done to a device."""

    INSTALLED = "installed"
    REPLACED = "replaced"
    CALIBRATED = "calibrated"
    MOVED = "moved"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    RETIRED = "retired"


class Quality(IntFlag):
    """What is to be said of an observation beside its raw value, which stays as it came. 0: nothing."""

    RANGE = 1  # outside what the sensor can measure or the site can have
    RATE = 2  # changed faster than allowed since the one before
    STUCK = 4  # the same value for longer than allowed
    GAP = 8  # the first after more than twice the expected interval without any
    DRIFT = 16  # dated in the future of its arrival: the device's clock is wrong
    LATE = 32  # came after a later one had come
    QUARANTINED = 64  # set apart by a person, with a reason


# These stay out of roll-ups, and out of what asks for good values only. A true jump is fast, too: RATE is no exclusion.
EXCLUDED = Quality.RANGE | Quality.QUARANTINED


@dataclass(frozen=True)
class Reader(Actor):
    """Who reads with the token of one datastream, and sees that one alone."""

    only: int = 0


@dataclass(frozen=True)
class Sender(Actor):
    """A device: it writes to its own datastreams, whatever its grants."""

    device: int = 0
