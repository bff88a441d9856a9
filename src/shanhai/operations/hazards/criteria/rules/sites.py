# SPDX-License-Identifier: Apache-2.0
"""What the conclusions on the points of a site mean for the site: weights, neighbours, persistence, hysteresis."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from shanhai.operations.hazards.criteria.rules.tracks.base import HOUR_US, SECOND
from shanhai.operations.hazards.criteria.values.conclusions import (
    CAUSES,
    Conclusion,
    Criterion,
    Judged,
    Point,
    Reason,
)
from shanhai.operations.hazards.criteria.values.thresholds import Thresholds
from shanhai.operations.hazards.values import Lack, Level, Quantity

# Which lack is told where there are several.
_WORST = (Lack.INVALID, Lack.NO_DATA, Lack.WARM_UP, Lack.NOT_APPLICABLE)
_RAISED = (Level.RED, Level.ORANGE, Level.YELLOW, Level.BLUE)
_MOVING = frozenset({Quantity.DISPLACEMENT, Quantity.CRACK, Quantity.TILT, Quantity.ACCELERATION})
Said = tuple[Conclusion, ...]


class Opinion(NamedTuple):
    """What one point says: ``level`` from how it moves, ``cause`` from rain and soil; ``lack`` where it cannot."""

    level: Level | None
    cause: Level
    lack: Lack | None


_QUIET = Opinion(Level.NONE, Level.NONE, None)
_WARMING = Opinion(None, Level.NONE, Lack.WARM_UP)


class SiteJudge:
    """Judges a site again and again; between two judgements all it remembers goes into JSON and back (``memory``).

    Rain and wet soil raise to yellow at most, and shorten persistence; inverse velocity alone never makes red; a site
    is quiet only where enough of its points say so. Times are microseconds and do not go back.
    """

    def __init__(
        self, thresholds: Thresholds, points: Mapping[str, Point], memory: Mapping[str, Any] | None = None
    ) -> None:
        self._by = thresholds.combination
        self._weights = {
            name: self._by.quantities[one.quantity] * self._by.zones[one.zone] * one.weight
            for name, one in points.items()
        }
        weights, needed = self._by.criteria, self._by.criteria_needed
        least = self._least = min(needed.of(level) for level in _RAISED)
        self._light = tuple(one for one in Criterion if weights[one] < least)
        self._moving = {name for name, one in points.items() if one.quantity in _MOVING}
        # What each point said at the latest judgement.
        self.opinions: dict[str, Opinion] = {}
        memory = memory or {}
        # Of each level from blue: since when it is reached, by how many instants, until when; whether it stands.
        self._since: list[int | None] = list(memory.get("since", [None] * 4))
        self._count: list[int] = list(memory.get("count", [0] * 4))
        self._last: list[int | None] = list(memory.get("last", [None] * 4))
        self._stands: list[bool] = list(memory.get("stands", [False] * 4))
        self._time: int | None = memory.get("time")
        # No level is reached, stands or is held.
        self._idle = self._last == [None] * 4

    @property
    def due(self) -> int | None:
        """When a level that is held stands no longer though nothing comes; None where none is held."""
        if self._idle:
            return None
        held = [
            last + round(self._by.hold_hours.of(level) * HOUR_US)
            for level, (last, since) in enumerate(zip(self._last, self._since, strict=True), 1)
            if last is not None and since is None
        ]
        return min(held, default=None)

    @property
    def memory(self) -> dict[str, Any]:
        """All that is remembered, as JSON."""
        return {
            "since": self._since[:],
            "count": self._count[:],
            "last": self._last[:],
            "stands": self._stands[:],
            "time": self._time,
        }

    def judge(self, time_us: int, conclusions: Mapping[str, Said]) -> Judged:
        """The judgement at ``time_us`` from the latest conclusions of each point; one that is not there has no data.

        Conclusions of points that do not decide are not looked at.
        """
        if not self._weights:
            return Judged(None, Lack.NO_DATA, [{"code": Reason.NO_POINTS.value}])
        self.opinions = opinions = {}
        quiet = still = self._idle
        for name in self._weights:
            said = conclusions.get(name, ())
            one = (self._still(said) if name in self._moving else None) or self._opinion(said)
            opinions[name] = one
            quiet = quiet and one is _QUIET
            still = still and (one is _QUIET or one is _WARMING)
        if still:
            if self._time is None or time_us > self._time:
                self._time = time_us
            lack = None if quiet else self._lack(opinions)
            return Judged(None if lack else Level.NONE, lack, self._told(conclusions) if lack else [])
        reasons: list[dict[str, Any]] = []
        raw, cause = self._combined(opinions, reasons)
        known = any(one.level is not None or one.cause for one in opinions.values())
        if known:
            self._follow(time_us, max(raw, cause), cause)
        reached = max((level for level in _RAISED if self._stands[level - 1]), default=Level.NONE)
        reasons += self._told(conclusions)
        if max(raw, cause) > reached:
            reasons.append({"code": Reason.PERSISTING.value, "level": int(max(raw, cause))})
            if cause >= Level.YELLOW:
                reasons.append({"code": Reason.RAIN.value})
        elif reached > max(raw, cause):
            reasons.append({"code": Reason.HELD.value, "level": int(reached)})
        lack = self._lack(opinions)
        if not known or (reached is Level.NONE and lack is not None):
            return Judged(None, lack or Lack.NO_DATA, reasons)
        return Judged(reached, None, reasons)

    def _opinion(self, said: Said) -> Opinion:
        """A level stands where the weights of the criteria that reach it are enough; quiet is what lacks nothing."""
        weights, level, cause = self._by.criteria, None, Level.NONE
        answered = [one for one in said if one.level is not None]
        if answered:
            top = max(one.level or 0 for one in answered)
            cause = max((one.level or Level.NONE for one in answered if one.criterion in CAUSES), default=Level.NONE)
            moving = [one for one in answered if one.criterion not in CAUSES]
            if moving:
                level = Level.NONE
                for step in _RAISED:
                    if step <= top and self._reaches(moving, step):
                        level = step
                        break
        if level or cause:
            return Opinion(level, min(cause, Level.YELLOW), None)
        lacks = {
            one.lack
            for one in said
            if one.lack is not None and (weights[one.criterion] >= self._least or one.criterion is Criterion.READING)
        }
        if answered:
            # A reading that decides nothing, or a criterion that is not for this site, leaves the others as they are.
            lacks -= {Lack.NOT_APPLICABLE}
            if all(one.criterion is not Criterion.READING or one.reason is Reason.UNCONFIRMED for one in said):
                lacks -= {Lack.INVALID}
        elif not lacks:
            lacks = {Lack.NO_DATA}
        lack = next((one for one in _WORST if one in lacks), None)
        return Opinion(None if lack else level, Level.NONE, lack)

    def _still(self, said: Said) -> Opinion | None:
        """What a point says that nothing moves, or not yet, as nearly all do: a look at each. None of any other."""
        heard, lacks, light = False, False, 0
        for criterion, level, lack, _numbers, _reason in said:
            if level is None:
                if lack is Lack.WARM_UP:
                    lacks = lacks or criterion not in self._light
                elif lack is not Lack.NOT_APPLICABLE:
                    return None
            elif criterion in self._light:
                # One of them alone raises nothing.
                light += level > 0
            elif level:
                return None
            else:
                heard = True
        if light > 1 or not (heard or lacks):
            return None
        return _WARMING if lacks else _QUIET

    def _reaches(self, moving: list[Conclusion], step: Level) -> bool:
        reaching = [one.criterion for one in moving if one.level is not None and one.level >= step]
        if step is Level.RED and set(reaching) <= {Criterion.INVERSE_VELOCITY}:
            return False
        return sum(self._by.criteria[one] for one in reaching) >= self._by.criteria_needed.of(step)

    def _combined(self, opinions: Mapping[str, Opinion], reasons: list[dict[str, Any]]) -> tuple[Level, Level]:
        """The level of how points move, with neighbours, and that of rain."""
        cause = max(one.cause for one in opinions.values())
        levels = {name: one.level for name, one in opinions.items() if one.level is not None}
        top = max(levels.values(), default=Level.NONE)
        needed = min(self._by.points_needed, sum(self._weights[name] for name in levels))
        for step in _RAISED:
            if step > top:
                continue
            reaching = {name for name, level in levels.items() if level >= step}
            if sum(self._weights[name] for name in reaching) < needed:
                told = Reason.TOO_FEW_POINTS
            elif not self._confirmed(step, reaching, levels):
                told = Reason.NO_NEIGHBOUR
            else:
                return step, cause
            reasons.append({"code": told.value, "level": int(step)})
        # Too light to raise by itself, it is attention all the same.
        return (Level.BLUE if top >= Level.YELLOW else Level.NONE), cause

    def _confirmed(self, step: Level, reaching: set[str], levels: Mapping[str, Level]) -> bool:
        """Whether others move, too: as many as asked, or as many as could tell. Two that reach it are each other's."""
        least = max(Level.BLUE, step - 2)
        others = sum(1 for name, level in levels.items() if level >= least) - 1
        asked = self._by.neighbours.of(step)
        return others >= min(asked, len(levels) - 1) or len(reaching) > asked

    def _follow(self, time_us: int, raw: Level, cause: Level) -> None:
        """Which levels stand: reached for long enough, or not yet below for long enough."""
        shorten = self._by.rain_shortens if cause >= Level.YELLOW else 1.0
        again = self._time is not None and time_us <= self._time
        for level in _RAISED:
            at = level - 1
            if raw >= level:
                since = self._since[at]
                if since is None:
                    since = self._since[at] = time_us
                    self._count[at] = 1
                elif not again:
                    self._count[at] += 1
                self._last[at] = time_us
                long = time_us - since >= self._by.persistence_minutes.of(level) * shorten * 60 * SECOND
                if long and self._count[at] >= self._by.persistence_readings.of(level):
                    self._stands[at] = True
            else:
                self._since[at], self._count[at] = None, 0
                last = self._last[at]
                if last is not None and time_us - last >= self._by.hold_hours.of(level) * HOUR_US:
                    self._stands[at], self._last[at] = False, None
        self._time = time_us if self._time is None else max(self._time, time_us)
        self._idle = self._last == [None] * 4

    def _lack(self, opinions: Mapping[str, Opinion]) -> Lack | None:
        """Why nobody may call the site quiet: too few of its points say so (those that move, where there are any)."""
        asked = self._moving or set(opinions)
        whole = sum(self._weights[name] for name in asked)
        lacking = [one.lack for name, one in opinions.items() if name in asked and one.lack is not None]
        silent = sum(self._weights[name] for name in asked if opinions[name].lack is not None)
        if not lacking or (whole and 1 - silent / whole >= self._by.coverage):
            return None
        return next(one for one in _WORST if one in lacking)

    def _told(self, conclusions: Mapping[str, Said]) -> list[dict[str, Any]]:
        """What raises, and what lacks, point by point, for a person to read."""
        found = []
        told = ((name, one) for name in self._weights for one in conclusions.get(name, ()))
        for name, one in told:
            about: dict[str, Any] = {"code": one.criterion.value, "point": name}
            if one.level:
                about["level"] = int(one.level)
            elif one.lack in (Lack.INVALID, Lack.NO_DATA, Lack.WARM_UP):
                about["lack"] = one.lack.value
            else:
                continue
            if one.numbers:
                about["numbers"] = dict(one.numbers)
            if one.reason:
                about["reason"] = one.reason.value
            found.append(about)
        return found
