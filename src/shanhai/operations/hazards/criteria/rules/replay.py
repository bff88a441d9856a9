# SPDX-License-Identifier: Apache-2.0
"""A file of the past through the same steps as a stream: what each reading says, and which alarms there were."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from math import sqrt
from typing import Any

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop
from shanhai.operations.hazards.criteria.rules.running import SiteRun, Watched
from shanhai.operations.hazards.criteria.values.conclusions import Criterion, Judged, Point
from shanhai.operations.hazards.criteria.values.thresholds import Thresholds
from shanhai.operations.hazards.values import Lack, Level, Quantity

TIME, RAIN = "time", "rain_mm"
_BEIJING = timezone(timedelta(hours=8))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_US = 86_400_000_000
# Of so many days at the beginning a reference rate is suggested.
_STABLE_DAYS = 30
_COLUMNS_MOST = 200
_SECONDS, _LEAST_SECONDS = re.compile(r"[0-9]+(\.[0-9]+)?"), 1e8
_NAMES = [one.name.lower() for one in Level]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the file: ``time`` as written and in microseconds, and a value for each column that has one."""

    time: str
    time_us: int
    values: dict[str, float]


@dataclass(slots=True)
class Episode:
    """From the first level above none until there is none again (None: not yet). ``moves``: each change, with why."""

    begin_us: int
    until_us: int | None = None
    highest: Level = Level.NONE
    moves: list[tuple[int, Judged]] = field(default_factory=list)


class _Stable:
    """Mean and standard deviation of the rate of a point over its first days."""

    __slots__ = ("_begin", "_count", "_squares", "_sum")

    def __init__(self) -> None:
        self._begin: int | None = None
        self._count, self._sum, self._squares = 0, 0.0, 0.0

    def add(self, time_us: int, rate: float) -> None:
        if self._begin is None:
            self._begin = time_us
        if time_us - self._begin <= _STABLE_DAYS * _DAY_US:
            self._count += 1
            self._sum += rate
            self._squares += rate * rate

    def write(self) -> dict[str, Any] | None:
        if not self._count:
            return None
        mean = self._sum / self._count
        spread = sqrt(max(self._squares / self._count - mean * mean, 0.0))
        return {"rate": abs(mean), "spread": spread, "approved": False, "source": f"{_STABLE_DAYS} d"}


class Replay:
    """Readings of the points of a site in order of arrival, judged one instant after the other."""

    def __init__(self, thresholds: Thresholds, points: Mapping[str, Point]) -> None:
        self.names = tuple(points)
        self.episodes: list[Episode] = []
        self._run = SiteRun(thresholds, {name: Watched(one, {}) for name, one in points.items()})
        self._open: Episode | None = None
        self._stable = {name: _Stable() for name in points if name not in thresholds.references and name != RAIN}

    @property
    def suggested(self) -> dict[str, Any]:
        """``references`` for points that have none, from the first days, for a person to look at and approve.

        It is what the file shows, not what is known of the slope: whether it was stable then only a person can say.
        """
        return {name: one.write() for name, one in self._stable.items()}

    def entry(self, name: str, time_us: int) -> dict[str, Any]:
        """What the latest reading of a column says: rate, angle, level or state, and why."""
        rate, angle, reason = None, None, ""
        for criterion, _, lack, numbers, why in self._run.conclusions(name):
            if criterion is Criterion.RATE:
                rate = numbers.get("rate")
            elif criterion is Criterion.TANGENT_ANGLE:
                angle = numbers.get("angle")
            if why and (lack is Lack.INVALID or criterion is Criterion.READING):
                reason = why.value
        opinion = self._run.opinion(name)
        level = opinion.level if opinion.level is not None else (opinion.cause or None)
        if rate is not None and name in self._stable:
            self._stable[name].add(time_us, rate)
        if opinion.lack is not None or level is None:
            lack = opinion.lack or Lack.NOT_APPLICABLE
            return {"rate": rate, "angle": angle, "level": None, "state": lack.value, "reason": reason or None}
        return {"rate": rate, "angle": angle, "level": _NAMES[level], "state": None, "reason": reason or None}

    def step(self, time_us: int, values: Mapping[str, float]) -> Judged:
        """One instant: the readings of it, silence of the others before it, the judgement of the site."""
        for change in self._run.take(time_us, values.items()):
            self._move(*change)
        return self._run.answer

    def _move(self, time_us: int, judged: Judged) -> None:
        if self._open is None:
            if not judged.level:
                return
            self._open = Episode(time_us)
            self.episodes.append(self._open)
        self._open.moves.append((time_us, judged))
        self._open.highest = max(self._open.highest, judged.level or Level.NONE)
        if judged.level is Level.NONE:
            self._open.until_us = time_us
            self._open = None


def points_of(columns: Sequence[str]) -> dict[str, Point]:
    """What the columns of a file are: ``rain_mm`` a gauge, ``time`` the time, all others displacement in mm."""
    return {one: Point(Quantity.RAIN if one == RAIN else Quantity.DISPLACEMENT) for one in columns if one != TIME}


def read_head(lines: Iterator[str]) -> tuple[str, list[str]]:
    """The sign between cells and the names of columns, from the first line. Raises BadInput."""
    first = next(lines, "").lstrip("\ufeff").strip("\r\n")
    sign = max(",;\t", key=first.count)
    try:
        names = [one.strip() for one in next(csv.reader([first], delimiter=sign), [])]
    except csv.Error as error:
        raise _no_csv(1, error) from None
    if TIME not in names:
        raise _wrong(gettext_noop("第 1 行没有叫 time 的列。请在第一行写列名：time,位移一,位移二,rain_mm。"), 1)
    if len(names) < 2:
        raise _wrong(gettext_noop("第 1 行除了 time 没有别的列。请加上位移（毫米）的列。"), 1)
    if len(set(names)) < len(names) or "" in names:
        raise _wrong(gettext_noop("第 1 行有空的或重复的列名。请给每一列不同的名字。"), 1)
    if len(names) > _COLUMNS_MOST:
        text = gettext_noop("第 1 行有 %(count)s 列，最多 %(most)s 列。请分成几个文件。")
        raise _wrong(text, 1, count=len(names), most=_COLUMNS_MOST)
    return sign, names


def read_rows(lines: Iterable[str], sign: str, names: Sequence[str]) -> Iterator[Row]:
    """The rows after the first line; an empty cell is no reading. Raises BadInput with the number of the line."""
    at, wide = names.index(TIME), len(names)
    columns = [(number, name) for number, name in enumerate(names) if number != at]
    reader = csv.reader(lines, delimiter=sign)
    try:
        for number, cells in enumerate(reader, 2):
            if not cells or cells == [""]:
                continue
            if len(cells) != wide:
                text = gettext_noop("第 %(line)s 行有 %(count)s 格，应有 %(wide)s 格。请补齐，没有读数的格留空。")
                raise _wrong(text, number, count=len(cells), wide=wide)
            values = {}
            for column, name in columns:
                cell = cells[column]
                if cell:
                    try:
                        values[name] = float(cell)
                    except ValueError:
                        if not cell.strip():
                            continue
                        raise _no_number(number, name, cell) from None
                    if not cell.isascii() or "_" in cell:
                        raise _no_number(number, name, cell)
            yield Row(cells[at], _instant(cells[at], number), values)
    except csv.Error as error:
        raise _no_csv(reader.line_num + 1, error) from None


def compared(before: Sequence[Episode], after: Sequence[Episode]) -> dict[str, list[Episode]]:
    """What other thresholds change: alarms ``added`` and ``lost``, and those that begin or reach elsewhere (``moved``).

    Of the moved the new one is told.
    """
    found: dict[str, list[Episode]] = {"added": [], "lost": [], "moved": []}
    left = list(before)
    for new in after:
        old = next((one for one in left if _overlap(one, new)), None)
        if old is None:
            found["added"].append(new)
            continue
        left.remove(old)
        if (old.begin_us, old.highest) != (new.begin_us, new.highest):
            found["moved"].append(new)
    found["lost"] = left
    return found


def _overlap(one: Episode, other: Episode) -> bool:
    return (other.until_us is None or one.begin_us <= other.until_us) and (
        one.until_us is None or other.begin_us <= one.until_us
    )


def _instant(text: str, line: int) -> int:
    """Microseconds; without a zone it is the time of Beijing, as pages show it. Seconds count from 1973 on.

    A smaller number is a day as spreadsheets write it, or none.
    """
    try:
        if "-" not in text and _SECONDS.fullmatch(text.strip()):
            seconds = float(text)
            if not _LEAST_SECONDS <= seconds < 1e11:
                raise ValueError
            return round(seconds * 1_000_000)
        there = datetime.fromisoformat(text.strip())
    except ValueError:
        given = gettext_noop("第 %(line)s 行的时间 %(given)s 看不懂。请写成 2026-03-01T08:00:00+08:00。")
        raise _wrong(given, line, given=text[:40] or "“”") from None
    passed = (there if there.tzinfo else there.replace(tzinfo=_BEIJING)) - _EPOCH
    return (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds


def _no_number(line: int, name: str, cell: str) -> BadInput:
    text = gettext_noop("第 %(line)s 行 %(column)s 列的 %(given)s 不是数。请改成毫米数（小数点用点），没有读数就留空。")
    return _wrong(text, line, column=name[:40], given=cell[:40])


def _no_csv(line: int, error: csv.Error) -> BadInput:
    text = gettext_noop("第 %(line)s 行不是 CSV：%(error)s。请另存为逗号分隔的 UTF-8 文件。")
    return _wrong(text, line, error=str(error))


def _wrong(text: str, line: int, **params: Any) -> BadInput:
    return BadInput(text, "hazards.replay_wrong", field="file", line=line, **params)
