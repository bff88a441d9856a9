# SPDX-License-Identifier: Apache-2.0
"""What people say of hazard sites, their points and their chains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from uuid import UUID

# The job that tries a version of thresholds on the past.
TRIAL = "hazards.trial"


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """What somebody says of a site, as it was typed.

    ``outline`` and ``route`` are GeoJSON, or pairs "lon,lat" one a line (or parted by semicolons), ``route`` may be "";
    they and the shelter are in the system ``crs`` (``registers.places.values.Crs``). ``place`` is a division's code or
    name, "" to be found by the outline. ``households`` and ``people`` are threatened; None is not known.
    """

    code: str
    name: str
    kind: str
    programme: str
    outline: str
    crs: str
    place: str = ""
    households: int | None = None
    people: int | None = None
    route: str = ""
    route_words: str = ""
    shelter: str = ""
    shelter_lon: str = ""
    shelter_lat: str = ""
    description: str = ""
    siren: str = ""


@dataclass(frozen=True, slots=True)
class PointFacts:
    """What somebody says of a monitoring point.

    "" for ``quantity`` and None for ``factor`` are suggested by what the datastream observes and by its unit; without
    ``lon`` and ``lat`` (WGS 84) it is where its station is.
    """

    name: str
    zone: str
    quantity: str = ""
    factor: float | None = None
    lon: float | None = None
    lat: float | None = None
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class LinkFacts:
    """Somebody of the chain and how they are called; between the quiet hours (local) blue and yellow wait."""

    role: str
    person: UUID
    channels: Sequence[str]
    quiet_from: time | None = None
    quiet_until: time | None = None


@dataclass(frozen=True, slots=True)
class SiteRow:
    """A site as a line of a sheet says it; "" and None are what it does not say."""

    row: int
    code: str = ""
    name: str = ""
    kind: str = ""
    division: str = ""
    outline: str = ""
    households: int | None = None
    people: int | None = None
    shelter: str = ""
    shelter_lon: str = ""
    shelter_lat: str = ""
    route: str = ""
    route_words: str = ""
    siren: str = ""
    description: str = ""
