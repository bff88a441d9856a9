# SPDX-License-Identifier: Apache-2.0
"""Values of hazards. Instants that are integers are microseconds since 1970-01-01T00:00:00Z, as in sensors."""

from __future__ import annotations

import hashlib
from enum import IntEnum, StrEnum

# What pages hear of, by scopes: "programme/place", each empty for all.
NEWS = "hazards"


def mark_of(*shown: object) -> str:
    """Another mark for whatever else is shown: who has seen it is not sent it again."""
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


class SiteKind(StrEnum):
    """What may come down."""

    LANDSLIDE = "landslide"
    DEBRIS_FLOW = "debris_flow"
    ROCKFALL = "rockfall"


class Zone(StrEnum):
    """Where on the slope, or in the gully, a point is."""

    CROWN = "crown"
    MIDDLE = "middle"
    TOE = "toe"
    SOURCE = "source"
    CHANNEL = "channel"
    FAN = "fan"
    OUTSIDE = "outside"


class Quantity(StrEnum):
    """What a point observes, in the unit that criteria count in."""

    DISPLACEMENT = "displacement"  # mm, accumulated
    CRACK = "crack"  # mm, opening
    TILT = "tilt"  # degrees
    ACCELERATION = "acceleration"  # mg
    RAIN = "rain"  # mm in the interval that ends at the reading
    SOIL_MOISTURE = "soil_moisture"  # % of volume


class Level(IntEnum):
    """How urgent: GB colours IV to I. NONE was measured and lies below every threshold."""

    NONE = 0
    BLUE = 1
    YELLOW = 2
    ORANGE = 3
    RED = 4


class Lack(StrEnum):
    """Why there is no level: none of these is ever shown as well."""

    WARM_UP = "warm_up"
    NO_DATA = "no_data"
    INVALID = "invalid"
    NOT_APPLICABLE = "not_applicable"


class Channel(StrEnum):
    """How somebody is told."""

    APP = "app"
    MAIL = "mail"
    SMS = "sms"
    VOICE = "voice"
    SIREN = "siren"


class ChainRole(StrEnum):
    """The place of somebody in the responsible chain."""

    MONITOR = "monitor"
    VILLAGE = "village"
    TOWNSHIP = "township"
    COUNTY = "county"
    DUTY = "duty"
    EXPERT = "expert"
