# SPDX-License-Identifier: Apache-2.0
"""Times as they come, and as they are answered: whole microseconds since 1970-01-01T00:00:00Z.

ISO 8601 with a zone, intervals as begin/end (18-088, clause 8.1), or numbers of seconds, milliseconds or microseconds,
told apart by their size. What is finer than a microsecond is cut; 60 seconds (a leap second) count as the last
microsecond of their minute, since the count since 1970 has no room for them. 24:00 is the beginning of the next day.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from math import isfinite
from typing import Any

import numpy as np
import numpy.typing as npt

from shanhai.field.sensors.values import EPOCH
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop

Times = npt.NDArray[np.int64]
SECOND = 1_000_000
# Numbers below are seconds (until the year 5138), below the next milliseconds.
_SECONDS, _MILLISECONDS = 1e11, 1e14
_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,12}))?)?(Z|z|[+-]\d\d(?::?\d\d)?)?", re.ASCII
)
# What many have in common is read at once: no, three or six digits after the point, and nothing after the zone.
_PLAIN = {
    len(form): np.frombuffer(form, np.uint8)
    for form in (b"0000-00-00T00:00:00Z", b"0000-00-00T00:00:00.000Z", b"0000-00-00T00:00:00.000000Z")
}
_ZERO = ord("0")
# Of the year 9999, beyond which there are no dates.
_MOST = 253402300800 * SECOND


def parse_time(given: object) -> int:
    """The instant of an ISO 8601 text with a zone, or of a number. Raises BadInput, which says what to send instead."""
    if isinstance(given, str):
        return _of_text(given.strip())
    if isinstance(given, (int, float)) and not isinstance(given, bool) and isfinite(given):
        scale = SECOND if abs(given) < _SECONDS else 1000 if abs(given) < _MILLISECONDS else 1
        return _since_1970(round(given * scale), given)
    raise _unreadable(given)


def parse_period(given: object) -> tuple[int, int | None]:
    """Begin and end of "a/b"; an instant has no end. Raises BadInput, also where the end is before the begin."""
    if not isinstance(given, str) or "/" not in given:
        return parse_time(given), None
    begin, _, end = given.partition("/")
    first, last = parse_time(begin), parse_time(end)
    if last < first:
        reversed_ = gettext_noop("时间段 %(given)s 的结束早于开始。请先写开始，再写结束。")
        raise BadInput(reversed_, "sensors.time_reversed", given=given[:80])
    return first, last


def parse_times(given: Sequence[Any]) -> Times:
    """The instants of many; quick where all are numbers, or all are written alike in UTC.

    Raises BadInput for the first it cannot read.
    """
    kinds = set(map(type, given))
    try:
        if kinds == {str} and len(given[0]) in _PLAIN:
            return _of_alike(given, _PLAIN[len(given[0])])
        if kinds in ({int}, {float}):
            return _of_numbers(given)
    except ValueError:
        pass
    return np.array([parse_time(one) for one in given], np.int64)


def format_time(instant: int) -> str:
    """ISO 8601 in UTC, with milliseconds or microseconds only where there are any."""
    seconds, rest = divmod(instant, SECOND)
    text = (EPOCH + timedelta(seconds=seconds)).isoformat()[:19]
    if rest:
        text += f".{rest // 1000:03d}" if rest % 1000 == 0 else f".{rest:06d}"
    return f"{text}Z"


def format_period(begin: int, end: int | None) -> str:
    """The instant, or begin/end."""
    return format_time(begin) if end is None else f"{format_time(begin)}/{format_time(end)}"


def _of_text(given: str) -> int:
    match = _ISO.fullmatch(given)
    if match is None:
        raise _unreadable(given)
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    if zone is None:
        unzoned = gettext_noop("时间 %(given)s 没有时区。请在后面加 Z（世界时）或 +08:00（北京时间）。")
        raise BadInput(unzoned, "sensors.time_without_zone", given=given[:80])
    leap = second == "60"
    # ISO 8601 calls the end of a day so.
    whole_day = hour == "24" and not int(f"{minute}{second or 0}{fraction or 0}")
    try:
        there = datetime(
            int(year),
            int(month),
            int(day),
            0 if whole_day else int(hour),
            int(minute),
            59 if leap else int(second or 0),
            tzinfo=_zone(zone),
        )
        micro = SECOND - 1 if leap else int((fraction or "0").ljust(6, "0")[:6])
        micro += 86_400 * SECOND if whole_day else 0
        return _since_1970((there - EPOCH) // timedelta(microseconds=1) + micro, given)
    except (ValueError, OverflowError):
        raise _unreadable(given) from None


def _zone(text: str) -> timezone:
    if text in "Zz":
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)


def _of_numbers(given: Sequence[float]) -> Times:
    """Raises ValueError unless all are instants."""
    numbers = np.array(given)
    if numbers.dtype not in (np.int64, np.float64):
        raise ValueError
    size = np.abs(numbers.astype(np.float64))
    scaled = numbers * np.where(size < _SECONDS, SECOND, np.where(size < _MILLISECONDS, 1000, 1))
    if not ((scaled >= 0) & (scaled < _MOST)).all():
        raise ValueError
    return (scaled if scaled.dtype == np.int64 else np.rint(scaled)).astype(np.int64)


def _of_alike(given: Sequence[str], form: npt.NDArray[np.uint8]) -> Times:
    """Raises ValueError unless all are written as the first."""
    if set(map(len, given)) != {len(form)}:
        raise ValueError
    # A row for each place in the texts.
    signs = np.ascontiguousarray(np.frombuffer("".join(given).encode("ascii"), np.uint8).reshape(-1, len(form)).T)
    digit = form == _ZERO
    # What is below 0 comes out above 9, too.
    digits = signs[digit] - np.uint8(_ZERO)
    if (signs[~digit] != form[~digit, np.newaxis]).any() or (digits > 9).any():
        raise ValueError

    def number(begin: int, end: int) -> Times:
        found = np.zeros(len(given), np.int64)
        for one in digits[begin:end]:
            found = found * 10 + one
        return found

    date, hours, minutes, seconds = number(0, 8), number(8, 10), number(10, 12), number(12, 14)
    if (hours > 23).any() or (minutes > 59).any() or (seconds > 59).any():
        raise ValueError
    # Many have one date: it is looked up where it changes.
    new = np.diff(date, prepend=-1) != 0
    dates = np.array([given[at][:10] for at in np.flatnonzero(new).tolist()], "datetime64[D]").astype(np.int64)
    seconds += ((dates[np.cumsum(new) - 1] * 24 + hours) * 60 + minutes) * 60
    if (dates < 0).any():
        raise ValueError
    instants: Times = seconds * SECOND + number(14, len(digits)) * 10 ** (20 - len(digits))
    return instants


def _since_1970(instant: int, given: object) -> int:
    if instant < 0:
        early = gettext_noop("时间 %(given)s 早于 1970 年。设备的时钟可能没有对过，请先对时。")
        raise BadInput(early, "sensors.time_too_early", given=str(given)[:80])
    if instant >= _MOST:
        raise _unreadable(given)
    return instant


def _unreadable(given: object) -> BadInput:
    text = gettext_noop("看不懂时间 %(given)s。请写成 2026-03-01T08:00:00+08:00，或 1970 年以来的秒数、毫秒数。")
    return BadInput(text, "sensors.time_unreadable", given=str(given)[:80])
