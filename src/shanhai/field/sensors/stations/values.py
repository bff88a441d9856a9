# SPDX-License-Identifier: Apache-2.0
"""What people say of stations, devices and datastreams, and the properties that are commonly observed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from shanhai.field.sensors.states import Health
from shanhai.kernel.messages import gettext_noop

# Units as people write them, by their codes in UCUM, with their names. The empty one is a number without unit.
UCUM = {
    "Cel": ("°C", "degree Celsius"),
    "%": ("%", "percent"),
    "hPa": ("hPa", "hectopascal"),
    "kPa": ("kPa", "kilopascal"),
    "m/s": ("m/s", "metre per second"),
    "deg": ("°", "degree of plane angle"),
    "mm": ("mm", "millimetre"),
    "cm": ("cm", "centimetre"),
    "m": ("m", "metre"),
    "lx": ("lx", "lux"),
    "W/m2": ("W/m²", "watt per square metre"),
    "[ppm]": ("ppm", "parts per million"),
    "V": ("V", "volt"),
}
# Those that say the same in another size.
ALIKE = (("mm", "cm", "m"), ("hPa", "kPa"))


@dataclass(frozen=True, slots=True)
class Phenomenon:
    """A property that is commonly observed: what it is called, the address that says what is meant, its unit in UCUM.

    Between ``low`` and ``high`` lies what can be, anywhere on the plateau; a station may have closer limits.
    """

    name: str
    definition: str
    unit: str
    low: float
    high: float


# A charge of the battery in per cent needs no datastream: the device tells it beside its readings.
_CF = "http://vocab.nerc.ac.uk/standard_name/"
_SOIL_WATER, _SUN = "volume_fraction_of_condensed_water_in_soil", "surface_downwelling_shortwave_flux_in_air"
_QUDT = "http://qudt.org/vocab/quantitykind/"
# By the metric that is proposed for it.
PHENOMENA: dict[str, Phenomenon] = {
    "temp": Phenomenon(gettext_noop("气温"), f"{_CF}air_temperature/", "Cel", -50, 60),
    "humidity": Phenomenon(gettext_noop("空气湿度"), f"{_CF}relative_humidity/", "%", 0, 100),
    "pressure": Phenomenon(gettext_noop("气压"), f"{_CF}air_pressure/", "hPa", 300, 1100),
    "wind": Phenomenon(gettext_noop("风速"), f"{_CF}wind_speed/", "m/s", 0, 75),
    "wind-dir": Phenomenon(gettext_noop("风向"), f"{_CF}wind_from_direction/", "deg", 0, 360),
    "rain": Phenomenon(gettext_noop("雨量"), f"{_CF}thickness_of_rainfall_amount/", "mm", 0, 500),
    "snow": Phenomenon(gettext_noop("积雪深度"), f"{_CF}surface_snow_thickness/", "mm", 0, 5000),
    "soil-moist": Phenomenon(gettext_noop("土壤湿度"), f"{_CF}{_SOIL_WATER}/", "%", 0, 100),
    "soil-temp": Phenomenon(gettext_noop("土壤温度"), f"{_CF}soil_temperature/", "Cel", -40, 60),
    "light": Phenomenon(gettext_noop("光照"), f"{_QUDT}Illuminance", "lx", 0, 200_000),
    "radiation": Phenomenon(gettext_noop("太阳辐射"), f"{_CF}{_SUN}/", "W/m2", 0, 1600),
    "co2": Phenomenon(gettext_noop("二氧化碳"), f"{_CF}mole_fraction_of_carbon_dioxide_in_air/", "[ppm]", 0, 10_000),
    "disp": Phenomenon(gettext_noop("位移"), f"{_QUDT}Displacement", "mm", -10_000, 10_000),
    "tilt": Phenomenon(gettext_noop("倾角"), f"{_QUDT}Inclination", "deg", -90, 90),
    "crack": Phenomenon(gettext_noop("裂缝宽度"), f"{_QUDT}Width", "mm", 0, 5000),
    "water": Phenomenon(gettext_noop("水位"), f"{_CF}water_surface_height_above_reference_datum/", "m", -200, 200),
    "pore": Phenomenon(gettext_noop("孔隙水压力"), f"{_QUDT}Pressure", "kPa", -100, 5000),
    "voltage": Phenomenon(gettext_noop("电压"), f"{_QUDT}Voltage", "V", 0, 60),
}  # fmt: skip


# The device of a station that nobody has called otherwise.
LOGGER = "logger"


@dataclass(frozen=True, slots=True)
class StationFacts:
    """What somebody says of a station; ``place`` is a division's code or name, or "" to be found by the coordinates.

    ``lon`` and ``lat`` are decimal degrees of the system ``crs`` (``registers.places.values.Crs``), all three or none.
    """

    code: str
    name: str
    kind: str
    programme: str
    place: str = ""
    lon: str = ""
    lat: str = ""
    crs: str = ""
    altitude: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """What somebody says of a device; ``most_per_hour`` observations it may send, None for any number."""

    code: str
    name: str = ""
    model: str = ""
    serial: str = ""
    most_per_hour: int | None = None


@dataclass(frozen=True, slots=True)
class StreamFacts:
    """What somebody says of a datastream; how it is judged stands at ``models.Datastream``, None is not judged.

    ``of`` is a key of the catalogue, which gives name, definition, unit and range where they are not said.
    """

    metric: str
    of: str = ""
    name: str = ""
    unit: str = ""
    definition: str = ""
    interval_s: int | None = None
    low: float | None = None
    high: float | None = None
    most_per_s: float | None = None
    stuck_after: int | None = None


@dataclass(frozen=True, slots=True)
class StationRow:
    """A datastream of a device of a station, as a line of a sheet says it; "" and None are what it does not say."""

    row: int
    code: str = ""
    name: str = ""
    kind: str = ""
    division: str = ""
    lon: str = ""
    lat: str = ""
    altitude: str = ""
    device: str = ""
    serial: str = ""
    metric: str = ""
    property: str = ""
    unit: str = ""
    interval: int | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How something is, and since when (microseconds; None where that is not known)."""

    health: Health
    since: int | None = None


class Span(StrEnum):
    """How far back a chart looks: raw, hours, days."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
