# SPDX-License-Identifier: Apache-2.0
"""All numbers by which a site is judged.

Rates are in the unit of the quantity a day (mm/d, °/d), times in hours, rain in mm. Where a number has no published
source that we have read, its comment says so: it is for the site's own set of thresholds to say better.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from operator import attrgetter
from typing import Any

from shanhai.kernel.messages import gettext_noop
from shanhai.operations.hazards.criteria.values.conclusions import Criterion
from shanhai.operations.hazards.criteria.values.reading import an_object, plain, read_into, wrong
from shanhai.operations.hazards.values import Quantity, SiteKind, Zone


def _by(keys: type[StrEnum], numbers: Mapping[Any, float], least: float = 0, high: float = 10) -> Any:
    return field(default_factory=lambda: {**numbers}, metadata={"keys": keys, "least": least, "high": high})


def _set(default: float | None, low: float, high: float) -> Any:
    return field(default=default, metadata={"low": low, "high": high})


@dataclass(frozen=True, slots=True)
class Reference:
    """How fast a point moves while nothing happens: mean and standard deviation of its rate, as the engine measures it.

    Of acceleration the same, where they are known. Not ``approved`` by a person, it judges nothing.
    """

    rate: float = _set(0.0, 0, 1e6)
    spread: float = _set(0.0, 0, 1e6)
    acceleration: float | None = _set(None, 0, 1e6)
    acceleration_spread: float | None = _set(None, 0, 1e6)
    approved: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True)
class Rates:
    """How a rate is read from readings: the slope over ``window_hours``, and over ``fast_hours`` where what moved in
    them is more than ``significance`` times the noise of the point. V0 is never below ``floor``, which has
    no source: so little movement comes and goes on slopes that stay.
    """

    window_hours: float = _set(24, 1, 24 * 90)
    fast_hours: float = _set(3, 0.5, 24 * 30)
    significance: float = _set(8, 1, 100)
    floor: float = _set(5, 0, 1e6)
    floor_tilt: float = _set(0.05, 0, 360)


@dataclass(frozen=True, slots=True)
class Angle:
    """Improved tangent angle, in degrees. ``blue`` ± ``tolerance`` is uniform creep, above it yellow.

    ``against_mean``: of the mean rate itself as published, which on step-like slopes gives many false reds; else of V0.
    """

    blue: float = _set(45, 1, 89)
    tolerance: float = _set(5, 0, 30)
    orange: float = _set(80, 1, 89.9)
    red: float = _set(85, 1, 89.9)
    against_mean: bool = False


@dataclass(frozen=True, slots=True)
class Multiples:
    """V0 = max(``mean_factor``·v̄, v̄ + ``spread_factor``·σ), and levels at multiples of it; of acceleration, too."""

    mean_factor: float = _set(1.5, 1, 100)
    spread_factor: float = _set(2, 0, 100)
    yellow: float = _set(1, 0.1, 1000)
    orange: float = _set(5, 0.1, 1000)
    red: float = _set(10, 0.1, 1000)


@dataclass(frozen=True, slots=True)
class Absolute:
    """Rates that are dangerous anywhere, in mm/h; ``orange`` only where the movement speeds up, else yellow.

    What moved less than ``least_mm`` within the window is not judged.
    """

    orange_mm_h: float = _set(2.5, 0.001, 1e5)
    red_mm_h: float = _set(18, 0.001, 1e5)
    least_mm: float = _set(10, 0, 1e4)


@dataclass(frozen=True, slots=True)
class InverseVelocity:
    """Levels by the early end of the interval in which 1/v reaches 0, in hours from now. The hours have no source."""

    points: float = _set(10, 4, 48)
    yellow_hours: float = _set(168, 1, 2000)
    orange_hours: float = _set(72, 1, 2000)
    red_hours: float = _set(24, 1, 2000)


@dataclass(frozen=True, slots=True)
class Rain:
    """I = ``alpha``·D^-``beta`` (mm/h, h) between ``shortest`` and ``longest``; effective antecedent rain; quantiles.

    ``blue_share`` of any of them is blue. ``counter_mm``: readings are a counter that begins anew after so much.
    """

    alpha: float = _set(14.82, 0.01, 1000)
    beta: float = _set(0.39, 0, 5)
    shortest_hours: float = _set(1, 1, 72)
    longest_hours: float = _set(72, 1, 72)
    k: float = _set(0.84, 0, 1)
    days: float = _set(10, 1, 30)
    antecedent_mm: float | None = _set(24, 0, 5000)
    with_day_mm: float | None = _set(32, 0, 5000)
    day_mm: float | None = _set(37, 0, 5000)
    one_day_2_years_mm: float | None = _set(None, 0, 5000)
    three_days_2_years_mm: float | None = _set(None, 0, 5000)
    blue_share: float = _set(0.75, 0.1, 1)
    most_mm_h: float = _set(400, 10, 2000)
    counter_mm: float | None = _set(None, 1, 1e7)


@dataclass(frozen=True, slots=True)
class Tilt:
    """Tilt as movement of a node ``segment_m`` long: moved within the window, and rates in mm/d."""

    segment_m: float = _set(1, 0.01, 100)
    orange_mm: float = _set(50, 0.1, 1e5)
    orange_mm_d: float = _set(32, 0.1, 1e5)
    red_mm_d: float = _set(500, 0.1, 1e5)


@dataclass(frozen=True, slots=True)
class Shake:
    """Change of an axis, or of the magnitude, from its own mean, in mg: no published level. Health: the possible."""

    magnitude: bool = False
    most_mg: float = _set(1100, 1, 1e5)
    magnitude_share: float = _set(0.08, 0.001, 1)
    yellow_mg: float | None = _set(None, 0.1, 1e5)
    orange_mg: float | None = _set(None, 0.1, 1e5)


@dataclass(frozen=True, slots=True)
class Soil:
    """Soil moisture in % of volume: no published level, so none until the site says."""

    blue: float | None = _set(None, 0, 100)
    yellow: float | None = _set(None, 0, 100)


@dataclass(frozen=True, slots=True)
class Readings:
    """What a reading may be. A change above ``jump`` and ``jump_noise`` times the noise of the point is believed when
    the next one agrees; so is one after ``ahead_days`` of nothing. Where a value of at least ``fault`` is involved it
    may be a reset, another unit or sign. ``stuck_hours`` of one value are no measurement. No number has a source.
    """

    jump: float = _set(1.5, 0.001, 1e6)
    jump_tilt: float = _set(0.2, 0.0001, 360)
    jump_noise: float = _set(6, 1, 1000)
    fault: float = _set(10, 0.01, 1e6)
    fault_tilt: float = _set(1, 0.001, 360)
    ahead_days: float = _set(60, 1, 3650)
    stuck_hours: float = _set(72, 1, 24 * 365)
    stuck_readings: float = _set(24, 3, 1e5)
    step_hours: float = _set(24, 0, 1000)


@dataclass(frozen=True, slots=True)
class ByLevel:
    """A number for each level."""

    blue: float = _set(0, 0, 1e5)
    yellow: float = _set(0, 0, 1e5)
    orange: float = _set(0, 0, 1e5)
    red: float = _set(0, 0, 1e5)

    def of(self, level: int) -> float:
        """That of a level above none."""
        return (self.blue, self.yellow, self.orange, self.red)[level - 1]


_LESS = {Criterion.ACCELERATION: 0.5, Criterion.INVERSE_VELOCITY: 0.5, Criterion.READING: 0.0}


@dataclass(frozen=True, slots=True)
class Combination:
    """How conclusions become a judgement. A level stands at a point when the weights of the criteria that reach it are
    ``criteria_needed`` (red: two that agree); at the site when the weights of points (device × zone × point) are
    ``points_needed`` and ``neighbours`` others move, too; after ``persistence_minutes`` and ``persistence_readings``,
    until it was below for ``hold_hours``. ``coverage`` is the least share of weights that must answer before anything
    is called quiet.
    """

    quantities: Mapping[str, float] = _by(Quantity, dict.fromkeys(Quantity, 1.0))
    zones: Mapping[str, float] = _by(Zone, {**dict.fromkeys(Zone, 1.0), Zone.OUTSIDE: 0.5})
    criteria: Mapping[str, float] = _by(Criterion, {**dict.fromkeys(Criterion, 1.0), **_LESS})
    criteria_needed: ByLevel = ByLevel(1, 1, 1, 2)
    points_needed: float = _set(1, 0.01, 100)
    neighbours: ByLevel = ByLevel(0, 0, 0, 1)
    persistence_minutes: ByLevel = ByLevel(720, 360, 60, 30)
    persistence_readings: ByLevel = ByLevel(2, 2, 2, 2)
    rain_shortens: float = _set(0.5, 0, 1)
    hold_hours: ByLevel = ByLevel(6, 12, 24, 24)
    coverage: float = _set(0.5, 0, 1)


_SILENCE = {
    Quantity.DISPLACEMENT: 3.0,
    Quantity.CRACK: 3.0,
    Quantity.TILT: 3.0,
    Quantity.ACCELERATION: 3.0,
    Quantity.RAIN: 24.0,
    Quantity.SOIL_MOISTURE: 24.0,
}


@dataclass(frozen=True, slots=True)
class Thresholds:
    """All numbers by which a site is judged. ``references`` by the uuid of a point (its column in a replay).

    ``silence_hours`` by quantity: after so long without a believed reading a point has no data.
    ``answer_minutes``: by when a called person is to have answered, by level.
    """

    kind: SiteKind
    references: Mapping[str, Reference] = field(default_factory=dict, metadata={"of": Reference()})
    rates: Rates = Rates()
    angle: Angle = Angle()
    rate: Multiples = Multiples()
    acceleration: Multiples = Multiples()
    absolute: Absolute = Absolute()
    inverse_velocity: InverseVelocity = InverseVelocity()
    rain: Rain = Rain()
    tilt: Tilt = Tilt()
    shake: Shake = Shake()
    soil: Soil = Soil()
    readings: Readings = Readings()
    combination: Combination = Combination()
    silence_hours: Mapping[str, float] = _by(Quantity, _SILENCE, 0.1, 24 * 365)
    answer_minutes: ByLevel = ByLevel(240, 120, 30, 10)

    @classmethod
    def default(cls, kind: SiteKind) -> Thresholds:
        """What to begin with at a site of this kind; the references of its points are for a person to approve."""
        if kind is SiteKind.DEBRIS_FLOW:
            # Guzzetti et al. 2008, global, for shallow slides and debris flows.
            return replace(cls(kind), rain=Rain(alpha=2.20, beta=0.44))
        return cls(kind)

    @classmethod
    def read(cls, json: Any) -> Thresholds:
        """What ``write`` wrote, or a part of it: what is not said is the default of its ``kind``.

        Raises BadInput, whose ``field`` is the path of what is wrong ("angle.red").
        """
        an_object(json, "")
        try:
            kind = SiteKind(json.get("kind", SiteKind.LANDSLIDE))
        except ValueError:
            raise wrong(gettext_noop("%(path)s 只能是 %(known)s。"), "kind", known=tuple(SiteKind)) from None
        found: Thresholds = read_into(cls.default(kind), {**json, "kind": kind}, "")
        _check_order(found)
        return found

    def write(self) -> dict[str, Any]:
        """As JSON; ``read`` gives the same back."""
        written: dict[str, Any] = plain(self)
        return written


# What stands first is never above what stands second.
_RISING = (
    ("angle.blue", "angle.orange"),
    ("angle.orange", "angle.red"),
    ("rate.yellow", "rate.orange"),
    ("rate.orange", "rate.red"),
    ("acceleration.yellow", "acceleration.orange"),
    ("acceleration.orange", "acceleration.red"),
    ("absolute.orange_mm_h", "absolute.red_mm_h"),
    ("tilt.orange_mm_d", "tilt.red_mm_d"),
    ("rates.fast_hours", "rates.window_hours"),
    ("rain.shortest_hours", "rain.longest_hours"),
    ("inverse_velocity.red_hours", "inverse_velocity.orange_hours"),
    ("inverse_velocity.orange_hours", "inverse_velocity.yellow_hours"),
    ("answer_minutes.red", "answer_minutes.orange"),
    ("answer_minutes.orange", "answer_minutes.yellow"),
    ("answer_minutes.yellow", "answer_minutes.blue"),
)
# With none everybody has missed their call at once, and what nothing reaches would stand.
_LEAST = {"answer_minutes": 1.0, "combination.criteria_needed": 0.1}


def _check_order(found: Thresholds) -> None:
    """Raises BadInput where a higher level would come before a lower one, or at nothing."""
    for first, path in _RISING:
        lower, higher = attrgetter(first)(found), attrgetter(path)(found)
        if first == "angle.blue":
            lower += found.angle.tolerance
        if higher < lower:
            text = gettext_noop("%(path)s 是 %(higher)s，不能小于 %(other)s 的 %(lower)s。请改其中一个。")
            raise wrong(text, path, higher=f"{higher:g}", other=first, lower=f"{lower:g}")
    for path, least in _LEAST.items():
        for name, one in plain(attrgetter(path)(found)).items():
            if one < least:
                text = gettext_noop("%(path)s 是 %(given)s，至少要 %(least)s。")
                raise wrong(text, f"{path}.{name}", given=f"{one:g}", least=f"{least:g}")
