# SPDX-License-Identifier: Apache-2.0
"""A made-up slope before the criteria: which of them raise, when, and how often for nothing.

The reference of each point is what its rates were before the slope is judged, as ``hazards replay`` suggests it, as if
a person had approved it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from statistics import fmean, pstdev

from shanhai.operations.hazards.criteria.rules.rates import critical_rate
from shanhai.operations.hazards.criteria.rules.sites import Said, SiteJudge
from shanhai.operations.hazards.criteria.rules.tracks import Track
from shanhai.operations.hazards.criteria.values import Criterion, Point, Reference, Thresholds
from shanhai.operations.hazards.criteria.values.thresholds import ByLevel, Combination
from shanhai.operations.hazards.values import Lack, Level, Quantity, SiteKind
from tests.bench.slopes import Slope, collapsing, in_order, stable

HOUR_US = 3_600_000_000
THRESHOLDS = Thresholds.default(SiteKind.LANDSLIDE)
# Of one criterion of one point by itself: reached at two readings, for half an hour; over once it was below for a day.
_LASTS_H, _OVER_H = 0.5, 24.0
CUTS: dict[str, dict[str, float]] = {
    "tangent angle against v̄": {"45°": 1, "80°": 5.671, "85°": 11.43, "89°": 57.29},
    "multiple of V0": {"1 ×": 1, "2 ×": 2, "5 ×": 5, "10 ×": 10, "11.4 × (85°)": 11.43, "20 ×": 20},
    "absolute rate": {"2.5 mm/h": 2.5, "5 mm/h": 5, "10 mm/h": 10, "18 mm/h": 18},
    "acceleration": {"1 × A0": 1, "5 × A0": 5, "10 × A0": 10},
    "inverse velocity": {"early end in 168 h": 1 / 168, "in 72 h": 1 / 72, "in 24 h": 1 / 24, "in 6 h": 1 / 6},
}
_SET = Combination()
VARIANTS: dict[str, Combination] = {
    "all together": _SET,
    "the same, red by one criterion": replace(_SET, criteria_needed=ByLevel(1, 1, 1, 1)),
    "the same, no neighbour asked": replace(_SET, neighbours=ByLevel(0, 0, 0, 0)),
    "the same, at once": replace(
        _SET, persistence_minutes=ByLevel(0, 0, 0, 0), persistence_readings=ByLevel(1, 1, 1, 1)
    ),
    "the same, after 3 hours": replace(_SET, persistence_minutes=ByLevel(720, 360, 180, 180)),
}
LEVELS = ("blue", "yellow", "orange", "red")
CURVES = [
    *((criterion, cut) for criterion, cuts in CUTS.items() for cut in cuts),
    *(("all together", level) for level in LEVELS),
    *((variant, "red") for variant in list(VARIANTS)[1:]),
]


@dataclass(slots=True)
class Outcome:
    """Of a slope: hours from the first alarm to the failure (those before it alone), and how many alarms, by curve."""

    seed: int
    said: str
    leads: dict[str, float] = field(default_factory=dict)
    alarms: dict[str, int] = field(default_factory=dict)
    judged: int = 0
    invalid: int = 0


class Alarm:
    """Whether something lasts: begun after two instants half an hour apart, over after a day without."""

    __slots__ = ("count", "last", "on", "since")

    def __init__(self) -> None:
        self.on, self.since, self.count, self.last = False, -1.0, 0, -1.0

    def follow(self, now: float, reached: bool) -> bool:
        """Whether it begins now."""
        if not reached:
            self.count = 0
            if self.on and now - self.last >= _OVER_H:
                self.on = False
            return False
        self.since = now if not self.count else self.since
        self.count += 1
        self.last = now
        if self.on or self.count < 2 or now - self.since < _LASTS_H:
            return False
        self.on = True
        return True


def judge_collapse(seed: int) -> Outcome:
    """What is said of a slope that comes down."""
    return _judged(collapsing(seed))


def judge_stable(seed: int) -> Outcome:
    """What is said of a slope that stays."""
    return _judged(stable(seed))


def _judged(slope: Slope) -> Outcome:
    outcome = Outcome(slope.seed, slope.said)
    tracks, thresholds, rows = _learnt(slope)
    points = {name: Point(Quantity.DISPLACEMENT) for name in tracks}
    judges = {name: SiteJudge(replace(thresholds, combination=one), points) for name, one in VARIANTS.items()}
    levels: dict[str, int] = dict.fromkeys(judges, 0)
    busy: set[str] = set()
    alarms: dict[tuple[str, str, str], Alarm] = {}
    said: dict[str, Said] = {}
    for arrival, hours, name, value in rows:
        said[name] = tracks[name].step(round(hours * HOUR_US), value)
        now = round(arrival * HOUR_US)
        # A point that looked faulty from early on has no reference, and waits for a person.
        if known := thresholds.references.get(name):
            for key in _raised(alarms, arrival, name, said[name], known):
                _note(outcome, slope, key, arrival)
        quiet = True
        for variant, judge in judges.items():
            if variant != "all together" and quiet and variant not in busy:
                continue
            judged = judge.judge(now, said)
            if variant == "all together":
                outcome.judged += 1
                outcome.invalid += judged.lack is Lack.INVALID
            if judged.reasons:
                quiet = False
                busy.add(variant)
            else:
                busy.discard(variant)
            level = levels[variant] if judged.level is None else int(judged.level)
            for reached in range(levels[variant] + 1, level + 1):
                _note(outcome, slope, f"{variant}, {LEVELS[reached - 1]}", arrival)
            levels[variant] = level
    return outcome


def _note(outcome: Outcome, slope: Slope, key: str, arrival: float) -> None:
    outcome.alarms[key] = outcome.alarms.get(key, 0) + 1
    if slope.fails is not None and arrival < slope.fails:
        outcome.leads.setdefault(key, slope.fails - arrival)


def _learnt(slope: Slope) -> tuple[dict[str, Track], Thresholds, Iterator[tuple[float, float, str, float]]]:
    """Tracks at the instant from which the slope is judged, with the references that they have learnt, and the rest."""
    rates: dict[str, list[float]] = {}
    speeds: dict[str, list[float]] = {}
    tracks = {str(at): Track(Quantity.DISPLACEMENT, THRESHOLDS, str(at)) for at in range(len(slope.points))}
    rows = ((arrival, hours, str(number), value) for arrival, hours, number, value in in_order(slope))
    for arrival, hours, name, value in rows:
        for one in tracks[name].step(round(hours * HOUR_US), value):
            if one.criterion is Criterion.RATE and "rate" in one.numbers:
                rates.setdefault(name, []).append(one.numbers["rate"])
            elif one.criterion is Criterion.ACCELERATION and "acceleration" in one.numbers:
                speeds.setdefault(name, []).append(abs(one.numbers["acceleration"]))
        if arrival >= slope.judged_from:
            break
    references = {
        name: Reference(abs(fmean(found)), pstdev(found), fmean(speeds[name]), pstdev(speeds[name]), True, "learnt")
        for name, found in rates.items()
        if name in speeds
    }
    known = replace(THRESHOLDS, references=references)
    again = {name: Track.read(Quantity.DISPLACEMENT, known, name, track.write()) for name, track in tracks.items()}
    return again, known, rows


def _raised(
    alarms: dict[tuple[str, str, str], Alarm], now: float, name: str, said: Said, reference: Reference
) -> Iterator[str]:
    """The curves on which this reading begins an alarm."""
    for criterion, score in _scores(said, reference):
        for cut, least in CUTS[criterion].items():
            alarm = alarms.get((criterion, cut, name))
            if alarm is None:
                if score < least:
                    break
                alarm = alarms[criterion, cut, name] = Alarm()
            if alarm.follow(now, score >= least):
                yield f"{criterion}, {cut}"


def _scores(said: Said, reference: Reference) -> Iterator[tuple[str, float]]:
    for one in said:
        if one.level is None:
            continue
        if one.criterion is Criterion.RATE:
            yield "multiple of V0", abs(one.numbers["multiple"])
            yield "tangent angle against v̄", abs(one.numbers["rate"]) / max(reference.rate, 1e-9)
        elif one.criterion is Criterion.ABSOLUTE_RATE and one.numbers["moved"] >= THRESHOLDS.absolute.least_mm:
            yield "absolute rate", abs(one.numbers["rate_mm_h"])
        elif one.criterion is Criterion.ACCELERATION:
            mean, spread = reference.acceleration or 0.0, reference.acceleration_spread or 0.0
            base = critical_rate(mean, spread, THRESHOLDS.acceleration)
            # What slows down has no level.
            yield "acceleration", abs(one.numbers["acceleration"]) / base if one.level > Level.NONE else 0.0
        elif one.criterion is Criterion.INVERSE_VELOCITY:
            yield "inverse velocity", 1 / max(one.numbers["left_hours"], 0.1)
