# SPDX-License-Identifier: Apache-2.0
"""The stations of the demo, with some days of made-up signals: one has fallen silent, one does not move any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shanhai.field.sensors.mqtt.services.simulating import mark_simulated, simulate_past
from shanhai.field.sensors.stations.services.stations import register_station
from shanhai.field.sensors.stations.services.streams import publish_stream
from shanhai.field.sensors.stations.values import DeviceFacts, StationFacts, StreamFacts
from shanhai.field.sensors.values import StationKind
from shanhai.kernel.actors import Actor
from shanhai.operate.demo.accounts import acting

DAYS, SEED = 5, 1


@dataclass(frozen=True, slots=True)
class _Station:
    """``metrics`` with the least and greatest possible, None for those of the catalogue."""

    code: str
    name: str
    kind: StationKind
    programme: str
    place: str
    lon: float
    lat: float
    altitude: int
    model: str
    metrics: dict[str, tuple[float, float] | None]
    interval_s: int = 600


STATIONS = (
    _Station(
        "daocheng-3", "稻城县色拉乡后山滑坡", StationKind.HAZARD, "zj-ganzi", "513337", 100.2967, 29.0369, 3920,
        "普适型监测仪", dict.fromkeys(("disp", "crack", "rain")),
    ),
    _Station(
        "xiangcheng-apple", "乡城县苹果园", StationKind.ORCHARD, "zj-ganzi", "513336", 99.7985, 28.9312, 2860,
        "果园气象站", dict.fromkeys(("temp", "humidity", "soil-moist")),
    ),
    _Station(
        "kangding-cold", "康定市农产品冷库", StationKind.COLD_ROOM, "zj-ganzi", "513301", 101.9632, 30.0525, 2560,
        "温湿度记录仪", {"temp": (-25, -10), "humidity": None},
    ),
    _Station(
        "litang-weather", "理塘县气象站", StationKind.WEATHER, "zj-ganzi", "513334", 100.2698, 29.9961, 3950,
        "六要素气象站", dict.fromkeys(("temp", "pressure", "rain", "radiation")), 60,
    ),
    _Station(
        "seni-greenhouse", "色尼区 4500 米温室", StationKind.GREENHOUSE, "zj-nagqu", "540602", 92.0514, 31.4762, 4507,
        "温室控制器", dict.fromkeys(("temp", "humidity", "co2", "light")),
    ),
)  # fmt: skip
# Nothing for hours is a night or a dry day, no fault.
AT_REST = ("rain", "radiation", "light")
SILENT, STUCK, PUBLISHED = "kangding-cold", "soil-moist", ("litang-weather", "temp")
# What goes on sending beside the demo: the console is told.
SENDING = [
    "sensors", "simulate", "--seed", str(SEED), "--silence", "900", "--flat", STUCK,
    *(word for one in STATIONS if one.code != SILENT for word in ("--station", one.code)),
]  # fmt: skip


def load_sensors(*, by: Actor, at: datetime) -> None:
    """Register the stations, and take in what their devices would have sent until now."""
    engineer, begin = acting(username="engineer", at=at), at - timedelta(days=DAYS)
    for one in STATIONS:
        point = {"lon": str(one.lon), "lat": str(one.lat), "crs": "wgs84", "altitude": str(one.altitude)}
        station = register_station(
            by=engineer,
            at=begin,
            facts=StationFacts(one.code, one.name, one.kind, one.programme, one.place, **point),
            device=DeviceFacts("logger", name=one.model),
            streams=[_stream(key, limits, one.interval_s) for key, limits in one.metrics.items()],
            provenance="demo",
        )
        mine: dict[str, Any] = {"stations": [one.code], "by": engineer, "at": begin}
        moving, stuck = mark_simulated(**mine), mark_simulated(**mine, flat=[STUCK])
        long_ago = at - timedelta(hours=10)
        simulate_past(streams=moving, begin=begin, at=long_ago, seed=SEED, by=by)
        if one.code != SILENT:
            simulate_past(streams=stuck, begin=long_ago, at=at, seed=SEED, by=by)
        if one.code == PUBLISHED[0]:
            shown = station.datastreams.get(metric=PUBLISHED[1])
            publish_stream(by=engineer, at=at, stream=shown.pk, published=True)


def _stream(key: str, limits: tuple[float, float] | None, interval_s: int) -> StreamFacts:
    low, high = limits or (None, None)
    stuck_after = None if key in AT_REST else 36
    return StreamFacts(key, of=key, interval_s=interval_s, low=low, high=high, stuck_after=stuck_after)
