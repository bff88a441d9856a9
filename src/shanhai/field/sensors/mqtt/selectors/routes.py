# SPDX-License-Identifier: Apache-2.0
"""Which datastream a metric of a device is, remembered for a few seconds: a message must not cost a question."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

from shanhai.field.sensors.models import Datastream, Device

K = TypeVar("K", str, int)

# What somebody changes counts after so many seconds.
REMEMBERED = 5.0
_AT_ONCE = 500
_NUMERIC = ("OM_Measurement", "OM_CountObservation")


@dataclass(slots=True)
class Route:
    """A device, in which programme it is ("-" for none), and its datastreams: id, and whether it takes numbers only."""

    device: int
    programme: str
    metrics: dict[str, tuple[int, bool]] = field(default_factory=dict)


class Routes:
    """The devices that were asked for, by station and code; of strange ones nothing is remembered."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], Route] = {}
        self._since = 0.0
        self._renewed: set[tuple[str, str]] = set()

    def bring(self, names: Collection[tuple[str, str]], /) -> None:
        """Read those that are not known yet, all of them anew after a while."""
        if time.monotonic() - self._since > REMEMBERED:
            self._known.clear()
            self._since = time.monotonic()
        self._renewed.clear()
        if unknown := {one for one in names if one not in self._known}:
            self._known.update(_read(unknown))

    def get(self, station: str, code: str) -> Route | None:
        """The route of a device that was brought; None where there is no such device."""
        return self._known.get((station, code))

    def renewed(self, station: str, code: str) -> Route | None:
        """The route as it is now, for a metric that may be new; read once until others are brought."""
        if (station, code) not in self._renewed:
            self._renewed.add((station, code))
            self._known.update(_read({(station, code)}))
        return self.get(station, code)


def _read(names: Collection[tuple[str, str]]) -> dict[tuple[str, str], Route]:
    found: dict[tuple[str, str], Route] = {}
    devices = Device.objects.values_list("thing__code", "code", "pk", "thing__programme__code")
    for stations in _chunks({station for station, _ in names}):
        for station, code, pk, programme in devices.filter(thing__code__in=stations):
            if (str(station), code) in names:
                found[str(station), code] = Route(pk, programme or "-")
    by_device = {one.device: one for one in found.values()}
    streams = Datastream.objects.exclude(metric="").values_list("device_id", "metric", "pk", "observation_type")
    for devices_ in _chunks(by_device):
        for device, metric, pk, kind in streams.filter(device__in=devices_):
            by_device[device].metrics[metric] = (pk, kind.endswith(_NUMERIC))
    return found


def _chunks(values: Collection[K]) -> Iterator[list[K]]:
    left = iter(values)
    while some := list(islice(left, _AT_ONCE)):
        yield some
