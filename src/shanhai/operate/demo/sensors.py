# SPDX-License-Identifier: Apache-2.0
"""The stations of the demo, with some days of made-up signals: one has fallen silent, one does not move any more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from shanhai.field.sensors.stations.services.stations import register_station
from shanhai.field.sensors.stations.services.streams import publish_stream
from shanhai.field.sensors.stations.values import DeviceFacts, StationFacts, StreamFacts
from shanhai.field.sensors.store.services.taking import take_in
from shanhai.field.sensors.store.values import Floats, Readings
from shanhai.field.sensors.values import StationKind
from shanhai.kernel.actors import Actor
from shanhai.operate.demo.accounts import acting

INTERVAL_S, DAYS = 600, 5
# Signals by the day of each reading, counted from the first: time of the day, slow drift, noise.
Signal = Callable[[Floats, np.random.Generator], Floats]


def _daily(mean: float, swing: float, noise: float) -> Signal:
    """Warmest at three in the afternoon."""
    return lambda days, dice: mean + swing * np.sin((days - 0.375) * 2 * np.pi) + dice.normal(0, noise, len(days))


def _creeping(start: float, a_day: float, noise: float) -> Signal:
    return lambda days, dice: start + a_day * days + dice.normal(0, noise, len(days))


def _showers(days: Floats, dice: np.random.Generator) -> Floats:
    rain: Floats = np.where(dice.random(len(days)) < 0.04, dice.gamma(1.2, 0.8, len(days)), 0.0)
    return rain


def _sunlight(most: float) -> Signal:
    return lambda days, dice: (
        np.clip(most * np.sin((days - 0.25) * 2 * np.pi), 0, None) * dice.uniform(0.6, 1, len(days))
    )


@dataclass(frozen=True, slots=True)
class _Station:
    code: str
    name: str
    kind: StationKind
    programme: str
    place: str
    lon: float
    lat: float
    altitude: int
    model: str
    signals: dict[str, Signal]


STATIONS = (
    _Station(
        "daocheng-3", "稻城县色拉乡后山滑坡", StationKind.HAZARD, "zj-ganzi", "513337", 100.2967, 29.0369, 3920,
        "普适型监测仪",
        {"disp": _creeping(12, 0.35, 0.15), "crack": _creeping(38, 0.12, 0.05), "rain": _showers},
    ),
    _Station(
        "xiangcheng-apple", "乡城县苹果园", StationKind.ORCHARD, "zj-ganzi", "513336", 99.7985, 28.9312, 2860,
        "果园气象站",
        {"temp": _daily(9, 8, 0.4), "humidity": _daily(52, -18, 2), "soil-moist": _creeping(31, -0.6, 0.0)},
    ),
    _Station(
        "kangding-cold", "康定市农产品冷库", StationKind.COLD_ROOM, "zj-ganzi", "513301", 101.9632, 30.0525, 2560,
        "温湿度记录仪", {"temp": _daily(-18, 0.6, 0.3), "humidity": _daily(78, 2, 1)},
    ),
    _Station(
        "litang-weather", "理塘县气象站", StationKind.WEATHER, "zj-ganzi", "513334", 100.2698, 29.9961, 3950,
        "六要素气象站",
        {"temp": _daily(2, 9, 0.5), "pressure": _creeping(628, 0.2, 0.3), "rain": _showers,
         "radiation": _sunlight(900)},
    ),
    _Station(
        "seni-greenhouse", "色尼区 4500 米温室", StationKind.GREENHOUSE, "zj-nagqu", "540602", 92.0514, 31.4762, 4507,
        "温室控制器",
        {"temp": _daily(17, 7, 0.4), "humidity": _daily(64, -12, 2), "co2": _daily(620, -180, 15),
         "light": _sunlight(52_000)},
    ),
)  # fmt: skip
# Nothing for hours is a night or a dry day, no fault.
AT_REST = ("rain", "radiation", "light")
SILENT, STUCK, PUBLISHED = "kangding-cold", ("xiangcheng-apple", "soil-moist"), ("litang-weather", "temp")


def load_sensors(*, by: Actor, at: datetime) -> None:
    """Register the stations, and take in what their devices would have sent until now."""
    engineer, dice = acting(username="engineer", at=at), np.random.default_rng(2026)
    for one in STATIONS:
        point = {"lon": str(one.lon), "lat": str(one.lat), "crs": "wgs84", "altitude": str(one.altitude)}
        station = register_station(
            by=engineer,
            at=at - timedelta(days=DAYS),
            facts=StationFacts(one.code, one.name, one.kind, one.programme, one.place, **point),
            device=DeviceFacts("logger", model=one.model),
            streams=[
                StreamFacts(key, of=key, interval_s=INTERVAL_S, stuck_after=None if key in AT_REST else 36)
                for key in one.signals
            ],
            provenance="demo",
        )
        until = at - timedelta(hours=9) if one.code == SILENT else at
        begin, end = (one.timestamp() for one in (at - timedelta(days=DAYS), until))
        seconds = np.arange(int(begin), int(end), INTERVAL_S, dtype=np.int64)
        # Local days: the sun is at its highest over the plateau two hours after noon of the clock.
        days = (seconds / 86_400 + 6 / 24) % 1 + (seconds - seconds[0]) // 86_400
        streams = {stream.metric: stream.pk for stream in station.datastreams.all()}
        signals = []
        for metric, signal in one.signals.items():
            values = np.round(signal(days, dice), 2)
            if (one.code, metric) == STUCK:
                values[-60:] = values[-60]
            signals.append(values)
        of = np.repeat([streams[metric] for metric in one.signals], len(seconds))
        readings = Readings(of, np.tile(seconds * 1_000_000, len(signals)), np.concatenate(signals))
        take_in(readings=readings, by=by, at=until)
        if one.code == PUBLISHED[0]:
            publish_stream(by=engineer, at=at, stream=streams[PUBLISHED[1]], published=True)
