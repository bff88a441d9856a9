# SPDX-License-Identifier: Apache-2.0
"""The types of text that XML Schema knows, as far as the standards that are written here use them."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date

_DAY = r"-?(?:[1-9]\d{3,}|0\d{3})-\d\d-\d\d"
_ZONE = r"(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00)?"
_TIME = r"(?:(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?|24:00:00(?:\.0+)?)"
_PART = r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@]|%[0-9A-Fa-f]{2})"
_HOST = rf"(?:{_PART.replace(':@', '')}*|\[[0-9A-Fa-f:.]+\])"
_AUTHORITY = rf"(?:(?:{_PART.replace('@', '')})*@)?{_HOST}(?::\d+)?"
_PATH = rf"(?://{_AUTHORITY}(?:/{_PART}*)*|/?(?:{_PART}+(?:/{_PART}*)*)?)"
_RELATIVE = rf"(?://{_AUTHORITY}(?:/{_PART}*)*|/(?:{_PART}+(?:/{_PART}*)*)?|{_PART.replace(':@', '@')}+(?:/{_PART}*)*|)"
_TAIL = rf"(?:\?(?:{_PART}|[/?])*)?(?:\#(?:{_PART}|[/?])*)?"
_ADDRESS = re.compile(rf"(?:[A-Za-z][A-Za-z0-9+.\-]*:{_PATH}|{_RELATIVE}){_TAIL}")
_NOT_IN_ADDRESSES = re.compile(r"[\x00-\x20\x7f-\U0010ffff\"<>\\^`{|}]")


def day_of(text: str) -> date | None:
    """The day that an ``xs:date`` or the beginning of an ``xs:dateTime`` names, zone or not; None where it is none."""
    found = re.match(rf"(\d{{4}})-(\d\d)-(\d\d)(?:T{_TIME})?{_ZONE}\Z", text.strip(), re.ASCII)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _is_day(text: str) -> bool:
    sign = text[:1] == "-"
    digits, month, day = text[sign:].split("T")[0].split("-")[:3]
    # A leap year comes every 400 years: years beyond those of the calendar are folded into it, whatever their length.
    year, named = int(digits[-4:]), digits.strip("0") != ""
    last = monthrange(2000 + (-year if sign else year) % 400, int(month))[1] if 1 <= int(month) <= 12 else 0
    return named and 1 <= int(day[:2]) <= last


def _matches(pattern: str) -> Callable[[str], bool]:
    # Digits are those of ASCII: ２０２６ is no year.
    compiled = re.compile(pattern, re.ASCII)
    return lambda text: compiled.fullmatch(text) is not None


def _dated(pattern: str) -> Callable[[str], bool]:
    matches = _matches(pattern)
    return lambda text: matches(text) and _is_day(text)


def _whole(least: float, most: float) -> Callable[[str], bool]:
    matches = _matches(r"[+-]?\d{1,400}")
    return lambda text: matches(text) and least <= int(text) <= most


def _address(text: str) -> bool:
    return _ADDRESS.fullmatch(_NOT_IN_ADDRESSES.sub("_", text)) is not None


_SPACED = _matches(r"[ \t\r\n]*([+-]?(?:\d+(?:\.\d*)?|\.\d+))[ \t\r\n]*")
FITS: dict[str, Callable[[str], bool]] = {
    "string": lambda text: True,
    "any": lambda text: True,
    "date": _dated(_DAY + _ZONE),
    "dateTime": _dated(f"{_DAY}T{_TIME}{_ZONE}"),
    "decimal": _SPACED,
    "boolean": lambda text: text.strip(" \t\r\n") in {"true", "false", "1", "0"},
    "int": lambda text: _whole(-(2**31), 2**31 - 1)(text.strip(" \t\r\n")),
    "nonNegativeInteger": lambda text: _whole(0, float("inf"))(text.strip(" \t\r\n")),
    "positiveInteger": lambda text: _whole(1, float("inf"))(text.strip(" \t\r\n")),
    "language": lambda text: not text or _matches(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")(text.strip(" \t\r\n")),
    "NMTOKEN": lambda text: re.fullmatch(r"[-\w.:·]+", text.strip(" \t\r\n")) is not None,
    "anyURI": lambda text: _address(text.strip(" \t\r\n")),
}
