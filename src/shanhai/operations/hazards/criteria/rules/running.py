# SPDX-License-Identifier: Apache-2.0
"""A site as its readings come: tracks are stepped, silences begin at their instants, the site is judged anew each time.

What watches now and what tries thresholds on the past is this one; so they cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from shanhai.operations.hazards.criteria.rules.sites import Opinion, SiteJudge
from shanhai.operations.hazards.criteria.rules.tracks import Track
from shanhai.operations.hazards.criteria.rules.tracks.base import Said
from shanhai.operations.hazards.criteria.values import Conclusion, Criterion, Judged, Point, Reason, Thresholds
from shanhai.operations.hazards.values import Lack, Level

# Nothing is waited for.
NEVER = 2**62


class Watched(NamedTuple):
    """A point: what it is, what was remembered of it, what was last said of it (as ``written``).

    One that does not ``decide`` is stepped, so that people see what it says, and is left out of the judgement.
    """

    point: Point
    memory: Mapping[str, Any]
    said: Sequence[Sequence[Any]] = ()
    decides: bool = True


class Change(NamedTuple):
    """From ``time`` (microseconds) on the answer for the site is this one."""

    time: int
    judged: Judged


class SiteRun:
    """Follows a site. Between any two readings all it remembers goes into JSON and back.

    Readings are taken in the order in which they are given; one that is dated before the last judgement is stepped,
    and judged at that one's time: a judgement never goes back.
    """

    def __init__(
        self, thresholds: Thresholds, points: Mapping[str, Watched], memory: Mapping[str, Any] | None = None
    ) -> None:
        memory = memory or {}
        self._tracks = {key: Track.read(one.point.quantity, thresholds, key, one.memory) for key, one in points.items()}
        self._said: dict[str, Said] = {key: read(one.said) for key, one in points.items()}
        deciding = {key: one.point for key, one in points.items() if one.decides}
        self._judge = SiteJudge(thresholds, deciding, memory.get("judge"))
        self._time = int(memory.get("time", 0))
        self._silent = set(memory.get("silent", ())) & set(points)
        # Nothing is due before it: a reading moves silence further off, and is not asked each time what that comes to.
        self._soonest = 0
        for key, track in self._tracks.items():
            if track.time is None:
                self._silent.add(key)
                self._said[key] = self._said[key] or track.lapse(0)
        if memory:
            level, lack = memory["level"], memory["lack"]
            self.answer = Judged(None if level is None else Level(level), Lack(lack) if lack else None, [])
        else:
            # Where nothing comes nothing is judged later: that there are no data is said from the beginning.
            self.answer = self._judge.judge(0, self._said)

    def memory(self) -> dict[str, Any]:
        """What is remembered of the site, as JSON."""
        level, lack = self.answer.level, self.answer.lack
        return {
            "judge": self._judge.memory,
            "time": self._time,
            "silent": sorted(self._silent),
            "level": None if level is None else int(level),
            "lack": lack.value if lack else None,
        }

    def track(self, key: str) -> dict[str, Any]:
        """What is remembered of a point, as JSON."""
        return self._tracks[key].write()

    def said(self, key: str) -> list[list[Any]]:
        """What was last said of a point, as JSON."""
        return [[*one[:3], dict(one.numbers), one.reason] for one in self._said[key]]

    def conclusions(self, key: str) -> Said:
        """What was last said of a point."""
        return self._said[key]

    def opinion(self, key: str) -> Opinion:
        """What that comes to for a point that decides."""
        return self._judge.opinions[key]

    @property
    def due(self) -> int:
        """When the answer may change though nothing comes: a point falls silent, a level was held for long enough."""
        held, silences = self._judge.due, [self._silence(key) for key in self._tracks if key not in self._silent]
        return min([*silences, NEVER if held is None else held], default=NEVER)

    def take(self, time: int, readings: Iterable[tuple[str, float]]) -> list[Change]:
        """Step readings of one instant (points, in the unit of their quantity), after what was due before it."""
        changes = self.advance(time - 1) if time > self._soonest else []
        for key, value in readings:
            self._said[key] = self._tracks[key].step(time, value)
            if key in self._silent:
                self._silent.discard(key)
                self._soonest = 0
        changes += self._judged(time)
        if self._judge.due is not None:
            self._soonest = 0
        return changes

    def advance(self, now: int) -> list[Change]:
        """Let time pass until ``now``: each silence begins at its instant."""
        changes: list[Change] = []
        while (due := self.due) <= now:
            for key, track in self._tracks.items():
                if key not in self._silent and self._silence(key) <= due:
                    self._said[key] = track.lapse(due)
                    self._silent.add(key)
            before = self.due
            changes += self._judged(due)
            if self.due == before == due:
                break
        self._soonest = due
        return changes

    def _silence(self, key: str) -> int:
        track = self._tracks[key]
        # One of which nothing was believed yet is silent from the beginning.
        return NEVER if track.time is None else track.time + track.silence_us + 1

    def _judged(self, time: int) -> list[Change]:
        if time > self._time:
            self._time = time
        before = self.answer
        after = self.answer = self._judge.judge(self._time, self._said)
        if after.level is before.level and after.lack is before.lack:
            return []
        return [Change(self._time, after)]


def read(said: Sequence[Sequence[Any]]) -> Said:
    """Conclusions as ``SiteRun.said`` wrote them."""
    return tuple(
        Conclusion(
            Criterion(criterion),
            None if level is None else Level(level),
            Lack(lack) if lack else None,
            numbers,
            Reason(reason),
        )
        for criterion, level, lack, numbers, reason in said
    )
