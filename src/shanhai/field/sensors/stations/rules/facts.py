# SPDX-License-Identifier: Apache-2.0
"""What can be said of a station, a device and a datastream: each fault beside the field that has it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from math import isfinite

from shanhai.field.sensors.stations.values import (
    ALIKE,
    PHENOMENA,
    UCUM,
    DeviceFacts,
    Phenomenon,
    StationFacts,
    StreamFacts,
)
from shanhai.field.sensors.values import StationKind
from shanhai.kernel.errors import BadInput, Faults
from shanhai.kernel.messages import Message, gettext_noop
from shanhai.registers.places.rules.geometry import declared_crs, to_wgs84

# Longitude and latitude in WGS 84, and the metres above sea level where they are told.
Point = tuple[float, ...]
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
ALTITUDES = (-200, 9000)
# A device that is expected less often than once in ten days is not expected; the database keeps as many seconds.
INTERVALS = (1, 864_000)
MOST = 2_147_483_647
# How devices call the time beside their readings (``mqtt.rules.payloads``).
TIME = "t"


def checked_code(text: str, field: str = "code") -> str:
    """A code that can be part of a topic. Raises BadInput."""
    code = text.strip().lower()
    if not _CODE.fullmatch(code):
        wrong = gettext_noop("“%(text)s”不能写进主题。请用小写字母、数字和连字符，最多 40 个，例如 daocheng-3。")
        raise BadInput(wrong, "sensors.code_not_usable", field=field, text=text.strip()[:40])
    if field == "metric" and code == TIME:
        wrong = gettext_noop("“%(code)s”在设备发来的内容里是时间，不能作指标代号。请换一个，例如 temp。")
        raise BadInput(wrong, "sensors.metric_is_time", field=field, code=code)
    return code


def checked_name(text: str, field: str = "name") -> str:
    """A name that can be stored. Raises BadInput."""
    name = " ".join(text.replace("\x00", " ").split())
    if not name or len(name) > 100:
        raise BadInput(gettext_noop("名称不能空着，最多 100 个字。"), "sensors.name_not_usable", field=field)
    return name


def checked_station(facts: StationFacts) -> tuple[StationFacts, Point | None]:
    """The facts as they are stored, and lon, lat in WGS 84 with the metres above sea level where these are told.

    Raises BadInput with all faults.
    """
    faults, code, name, point = Faults(), "", "", None
    with faults.of("code"):
        code = checked_code(facts.code)
    with faults.of("name"):
        name = checked_name(facts.name)
    with faults.of("kind"):
        checked_kind(facts.kind)
    with faults.of("lon"):
        point = checked_point(facts)
    faults.tell()
    return replace(facts, code=code, name=name, description=facts.description.replace("\x00", "").strip()), point


def checked_kind(text: str) -> StationKind:
    """The kind of that name. Raises BadInput."""
    try:
        return StationKind(text)
    except ValueError:
        wrong = gettext_noop("“%(text)s”不是监测站的类别。")
        raise BadInput(wrong, "sensors.kind_unknown", field="kind", text=text[:40]) from None


def checked_point(facts: StationFacts) -> Point | None:
    """Where it is, in WGS 84, with the altitude where it is told; None where nothing is. Raises BadInput."""
    if not (facts.lon or facts.lat):
        if facts.altitude:
            alone = gettext_noop("有海拔，没有经纬度。请一起填，或者都空着。")
            raise BadInput(alone, "sensors.point_incomplete", field="altitude")
        return None
    faults, lon, lat = Faults(), 0.0, 0.0
    altitude: tuple[float, ...] = ()
    with faults.of("lon"):
        lon = _degrees(facts.lon)
    with faults.of("lat"):
        lat = _degrees(facts.lat)
    with faults.of("crs"):
        crs = declared_crs(facts.crs)
    with faults.of("altitude"):
        altitude = _altitude(facts.altitude)
    faults.tell()
    with faults.of("lon"):
        lon, lat = to_wgs84(lon, lat, crs)
    faults.tell()
    # Seven decimals are a centimetre: no fix is better.
    return round(lon, 7), round(lat, 7), *altitude


def _degrees(text: str) -> float:
    try:
        found = float(text.strip())
    except ValueError:
        found = float("nan")
    if not isfinite(found):
        wrong = gettext_noop("“%(text)s”不是十进制度数。请填小数，例如 101.9572。")
        raise BadInput(wrong, "sensors.degrees_not_usable", text=text[:40])
    return found


def _altitude(text: str) -> tuple[float, ...]:
    if not text.strip():
        return ()
    try:
        metres = float(text)
    except ValueError:
        metres = float("nan")
    if not ALTITUDES[0] <= metres <= ALTITUDES[1]:
        wrong = gettext_noop("“%(text)s”不是可能的海拔。请填米数，例如 4500，不写单位。")
        raise BadInput(wrong, "sensors.altitude_not_possible", text=text[:40])
    return (round(metres, 1),)


def checked_device(facts: DeviceFacts) -> DeviceFacts:
    """The facts as they are stored. Raises BadInput with all faults."""
    faults, code = Faults(), ""
    with faults.of("code"):
        code = checked_code(facts.code)
    for field in ("name", "model", "serial"):
        with faults.of(field):
            if len(getattr(facts, field)) > 100:
                raise BadInput(gettext_noop("最多 100 个字。"), "sensors.name_not_usable")
    with faults.of("most_per_hour"):
        _between(facts.most_per_hour, (1, MOST))
    faults.tell()
    return replace(facts, code=code)


def completed_stream(facts: StreamFacts) -> StreamFacts:
    """The facts with what the catalogue says where they do not; its metric is as it was given.

    Raises BadInput with all faults.
    """
    faults = Faults()
    known = PHENOMENA.get(facts.of)
    with faults.of("of"):
        if facts.of and known is None:
            raise BadInput(gettext_noop("目录里没有“%(text)s”。"), "sensors.property_unknown", text=facts.of[:40])
    name = facts.name.strip() or (known.name if known else "")
    with faults.of("name"):
        name = checked_name(name)
    with faults.of("unit"):
        if len(facts.unit) > 40:
            raise BadInput(gettext_noop("单位最多 40 个字。"), "sensors.unit_not_usable")
        if known and facts.unit.strip():
            _check_unit(facts.unit.strip(), known)
    faults.tell()
    low, high = facts.low, facts.high
    if known and low is None and high is None and facts.unit.strip() in ("", known.unit, UCUM[known.unit][0]):
        low, high = known.low, known.high
    facts = replace(
        facts,
        name=name,
        unit=facts.unit.strip() or (known.unit if known else ""),
        definition=facts.definition.strip() or (known.definition if known else ""),
        low=low,
        high=high,
    )
    check_limits(facts)
    return facts


def _check_unit(unit: str, known: Phenomenon) -> None:
    """Raise BadInput for a unit in which nobody measures this."""
    codes = next((some for some in ALIKE if known.unit in some), (known.unit,))
    symbols = [UCUM[code][0] for code in codes]
    if unit not in (*codes, *symbols):
        wrong = gettext_noop("%(name)s不用“%(unit)s”，用 %(units)s。另有所指的，请不选目录里的项目，自己起名称。")
        raise BadInput(wrong, "sensors.unit_of_another", name=Message(known.name), unit=unit[:40], units=tuple(symbols))


def check_limits(facts: StreamFacts) -> None:
    """Raise BadInput, with all faults, for limits that nothing could be judged by."""
    faults = Faults()
    with faults.of("interval_s"):
        _between(facts.interval_s, INTERVALS)
    with faults.of("stuck_after"):
        _between(facts.stuck_after, (2, MOST))
    with faults.of("most_per_s"):
        if facts.most_per_s is not None and not 0 < facts.most_per_s < float("inf"):
            raise BadInput(gettext_noop("请填大于 0 的数，或者空着。"), "sensors.limit_not_possible")
    for field in ("low", "high"):
        value = getattr(facts, field)
        with faults.of(field):
            if value is not None and not isfinite(value):
                raise BadInput(gettext_noop("请填一个数，或者空着。"), "sensors.limit_not_possible")
    with faults.of("low"):
        if facts.low is not None and facts.high is not None and facts.low >= facts.high:
            raise BadInput(gettext_noop("下限要小于上限。"), "sensors.limits_reversed")
    faults.tell()


def _between(value: int | None, bounds: tuple[int, int]) -> None:
    if value is not None and not bounds[0] <= value <= bounds[1]:
        wrong = gettext_noop("请填 %(low)s 到 %(high)s 之间的整数，或者空着。")
        raise BadInput(wrong, "sensors.limit_not_possible", low=bounds[0], high=bounds[1])


def point_of(drawn: object) -> Point | None:
    """The point of a GeoJSON geometry; None for another geometry, and for what is none."""
    if not isinstance(drawn, dict) or drawn.get("type") != "Point":
        return None
    numbers = drawn.get("coordinates")
    return tuple(numbers) if isinstance(numbers, list) and len(numbers) > 1 else None


def symbol_of(unit: object) -> str:
    """How people write a unitOfMeasurement; "" for several (of a MultiDatastream) and for none."""
    return str(unit.get("symbol") or "") if isinstance(unit, dict) else ""


def unit_of(text: str) -> dict[str, str]:
    """unitOfMeasurement for a unit by its code in UCUM or as people write it; one that is not known stays as it is."""
    for code, (symbol, name) in UCUM.items():
        if text in (code, symbol):
            return {"name": name, "symbol": symbol, "definition": f"http://unitsofmeasure.org/ucum.html#{code}"}
    return {"name": text, "symbol": text, "definition": ""}


def check_day(on: date, today: date) -> None:
    """Raise BadInput for a day that has not come or on which nobody can have done anything."""
    if on > today:
        raise BadInput(
            gettext_noop("%(day)s 还没有到。请填今天或以前的日期。"), "sensors.day_ahead", field="on", day=on
        )
    if on.year < 2000:
        raise BadInput(gettext_noop("%(day)s 太早了。请检查年份。"), "sensors.day_too_early", field="on", day=on)
