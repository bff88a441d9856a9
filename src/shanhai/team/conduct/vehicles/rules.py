# SPDX-License-Identifier: Apache-2.0
"""What is unlikely about a drive. Values in, values out: nothing is refused for being unlikely."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from shanhai.team.conduct.values import Doubt

# Below this nobody can say anything of fuel: tanks are filled, not emptied.
LEAST_KM = 50
_HOUR = timedelta(hours=1)
# Round trips that end as late as this are not called late.
GRACE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Drive:
    """A drive: kilometres, litres, the usual litres per 100 km, and the straight line there in km, None if unknown."""

    km: int
    fuel: Decimal
    litres: Decimal
    straight_km: Decimal | None
    out_at: datetime
    back_at: datetime
    until: datetime
    overnight: str


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How much is likely: fuel in percent about the usual; the road in percent of the straight line there and back;
    kilometres an hour.
    """

    fuel_percent: int
    road_percent: int
    km_an_hour: int


def doubts(drive: Drive, tolerance: Tolerance) -> Iterator[Doubt]:
    """What is unlikely, in the order of ``Doubt``. All arithmetic is exact."""
    if drive.km >= LEAST_KM and drive.fuel:
        usual = drive.litres * drive.km / 100
        if drive.fuel * 100 > usual * (100 + tolerance.fuel_percent):
            yield Doubt.MUCH_FUEL
        # Fuel may have been taken on another drive: only where some was taken on this one.
        if drive.fuel * 100 < usual * max(100 - tolerance.fuel_percent, 0):
            yield Doubt.LITTLE_FUEL
    if drive.straight_km:
        there_and_back = drive.straight_km * 2
        if drive.km < there_and_back:
            yield Doubt.FEW_KM
        if drive.km * 100 > there_and_back * tolerance.road_percent:
            yield Doubt.MANY_KM
    if drive.km * _HOUR > (drive.back_at - drive.out_at) * tolerance.km_an_hour:
        yield Doubt.FAST
    if drive.overnight:
        yield Doubt.ELSEWHERE
    if drive.back_at > drive.until + GRACE:
        yield Doubt.LATE
