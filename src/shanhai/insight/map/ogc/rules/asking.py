# SPDX-License-Identifier: Apache-2.0
"""The parameters of a question for items, read to the letter."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from math import isfinite

from shanhai.insight.map.ogc.rules.crs import CRS84, box_from, crs_named
from shanhai.insight.map.ogc.values import Box, Wanted
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop

PARAMETERS = ("limit", "bbox", "bbox-crs", "crs", "datetime", "filter", "filter-lang", "filter-crs", "after", "edition")
USUAL = 10
_LANGUAGE = "cql2-text"


def wanted_of(given: Mapping[str, str], most: int) -> Wanted:
    """What is asked for; at most so many are answered, however many are wanted. Raises BadInput."""
    if given.get("filter-lang", _LANGUAGE) != _LANGUAGE:
        text = gettext_noop("filter-lang 只能是 %(only)s。")
        raise BadInput(text, "map.parameter_fixed", field="filter-lang", only=_LANGUAGE)
    if given.get("filter-crs") and crs_named(given["filter-crs"], "filter-crs") != CRS84:
        text = gettext_noop("filter-crs 只能是 %(crs)s：filter 里的坐标请先写经度，后写纬度。")
        raise BadInput(text, "map.filter_crs", field="filter-crs", crs=CRS84)
    limit = _number(given, "limit", USUAL)
    if limit < 1:
        raise BadInput(gettext_noop("limit 须是 1 以上的整数。"), "map.limit", field="limit")
    box = _box(given["bbox"], crs_named(given.get("bbox-crs", CRS84), "bbox-crs")) if given.get("bbox") else None
    days = _days(given["datetime"]) if given.get("datetime") else ("", "")
    return Wanted(min(limit, most), _number(given, "after", 0), box, given.get("filter", ""), days=days)


def _number(given: Mapping[str, str], name: str, usual: int) -> int:
    text = given.get(name, "")
    if not text:
        return usual
    if not (text.isascii() and text.isdigit()) or len(text) > 12:
        said = gettext_noop("%(name)s 须是整数，不是“%(text)s”。")
        raise BadInput(said, "map.no_number", field=name, name=name, text=text[:30])
    return int(text)


def _box(text: str, crs: str) -> Box:
    """Four numbers, or six with heights, which count for nothing."""
    try:
        # To the letter: a number of Python may have strokes, and digits of any script.
        numbers = [float(one) for one in text.split(",") if text.isascii() and "_" not in text]
    except ValueError:
        numbers = []
    if len(numbers) == 6:
        numbers = [*numbers[:2], *numbers[3:5]]
    if len(numbers) != 4 or not all(map(isfinite, numbers)):
        said = gettext_noop("bbox 须是四个数：西,南,东,北，例如 90.5,31,93,32.5（顺序随 bbox-crs）。")
        raise BadInput(said, "map.bbox", field="bbox")
    west, south, east, north = box_from((numbers[0], numbers[1], numbers[2], numbers[3]), crs)
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90):
        said = gettext_noop("bbox 不在地球上，或者南边在北边之上：先写西、南，后写东、北。经纬度写反了吗？")
        raise BadInput(said, "map.bbox", field="bbox")
    return west, south, east, north


def _days(text: str) -> tuple[str, str]:
    """The first and the last day of an instant or an interval (RFC 3339), "" for none. A day is that of Shanghai."""
    parts = text.split("/")
    try:
        days = ["" if one in ("", "..") else _day(one) for one in parts]
        first, last = days if len(days) == 2 else (days[0], days[0]) if len(days) == 1 else ("", "")
        if not (first or last) or (first and last and first > last):
            raise ValueError(text)
    except (ValueError, OverflowError):
        # Beside the first and the last year there is no other zone's day.
        said = gettext_noop(
            "datetime 须是日期、时刻（RFC 3339）或者从早到晚的区间，例如 2026-11-30，或 2026-01-01/..。"
        )
        raise BadInput(said, "map.datetime", field="datetime") from None
    return first, last


def _day(text: str) -> str:
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        return date.fromisoformat(text).isoformat()
    return local_date(datetime.fromisoformat(text)).isoformat()
