# SPDX-License-Identifier: Apache-2.0
"""The way back from a copy to the original, through the runs that both have."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from shanhai.insight.evidence.texts.values import Run, Span


class Places:
    """Where stretches of a copy stand in the original; asked in any order."""

    def __init__(self, runs: Sequence[Run]) -> None:
        self._runs = runs
        self._starts = [run.at for run in runs]

    def span(self, start: int, end: int) -> Span | None:
        """The stretch of the original from the first to the last character of it that stands there."""
        low = self._first_from(start)
        high = self._last_before(end)
        return Span(low, high) if low is not None and high is not None and low < high else None

    def _first_from(self, at: int) -> int | None:
        index = bisect_right(self._starts, at) - 1
        if index >= 0 and at < self._runs[index].at + self._runs[index].end - self._runs[index].start:
            return self._runs[index].start + at - self._runs[index].at
        return self._runs[index + 1].start if index + 1 < len(self._runs) else None

    def _last_before(self, end: int) -> int | None:
        index = bisect_left(self._starts, end) - 1
        if index < 0:
            return None
        run = self._runs[index]
        return min(run.end, run.start + end - run.at)
