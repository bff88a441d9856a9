# SPDX-License-Identifier: Apache-2.0
"""What cheap devices send. To the topic of a metric one of these:

    21.5                                         now
    {"t": "2026-03-01T08:00:00+08:00", "v": 21.5}
    [[1772323200, 21.5], [1772323260, 21.6]]     pairs of time and value
    {"t": [1772323200, 1772323260], "v": [21.5, 21.6]}

and to the topic of the device {"t": 1772323200, "temperature": 21.5, "humidity": 40, "battery": 87}, or a list of such.
A time is ISO 8601 with a zone, or seconds or milliseconds since 1970; without one, it is when the message arrives.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

import numpy as np
import orjson

from shanhai.field.sensors.mqtt.values import ON_ARRIVAL, Content, Part
from shanhai.field.sensors.store.rules.times import parse_time, parse_times
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop

BATTERY = "battery"
MOST_ROWS = 100_000


def read_json(payload: bytes, /) -> Any:
    """What stands in it. Raises BadInput for what is no JSON, or cannot be stored."""
    try:
        given = orjson.loads(payload)
    except orjson.JSONDecodeError:
        text = gettext_noop("看不懂内容 %(given)s。请发一个数，或 JSON（UTF-8）。")
        raise BadInput(text, "sensors.payload_unreadable", given=payload[:80].decode("utf-8", "replace")) from None
    # A sign that the databases have no room for.
    if b"\\u0000" in payload:
        raise BadInput(gettext_noop("内容里有不能保存的空字符（\\u0000）。"), "sensors.payload_null_character")
    return given


def read_content(payload: bytes, metric: str, /) -> Content:
    """What a message says to the topic of ``metric``, or to that of the device for "".

    Raises BadInput where nothing of it can be read; what is wrong with single readings is among its ``faults``.
    """
    given = read_json(payload)
    content = Content()
    if metric:
        _read_metric(given, metric, content)
    else:
        _read_several(given, content)
    return content


def _read_metric(given: Any, metric: str, content: Content) -> None:
    if isinstance(given, Mapping):
        if "v" not in given:
            text = gettext_noop('内容里没有 v（数值）。请写成 {"t": 时间, "v": 数值}。')
            raise BadInput(text, "sensors.payload_without_value")
        times, values = given.get("t"), given["v"]
        if not isinstance(times, list):
            times, values = [times], [values]
        if not isinstance(values, list) or len(times) != len(values):
            text = gettext_noop("t 有 %(times)s 个，v 有 %(values)s 个。请一一对应。")
            count = len(values) if isinstance(values, list) else 1
            raise BadInput(text, "sensors.payload_uneven", times=len(times), values=count)
    elif isinstance(given, list):
        if not all(isinstance(one, list) and len(one) == 2 for one in given):
            text = gettext_noop("一批数值要写成 [[时间, 数值], [时间, 数值]]。")
            raise BadInput(text, "sensors.payload_no_pairs")
        times, values = [one[0] for one in given], [one[1] for one in given]
    else:
        times, values = [None], [given]
    _add(content, metric, times, values)


def _read_several(given: Any, content: Content) -> None:
    """Readings of a device, gathered by metric. What is null was not measured."""
    by_metric: dict[str, tuple[list[Any], list[Any]]] = {}
    for one in given if isinstance(given, list) else [given]:
        if not isinstance(one, Mapping):
            text = gettext_noop('设备主题上的内容要写成 {"t": 时间, "指标代号": 数值}，可以写好几个指标。')
            raise BadInput(text, "sensors.payload_no_object")
        for metric, value in one.items():
            if metric == BATTERY:
                content.battery = _charge(value, content)
            if metric != "t" and value is not None:
                times, values = by_metric.setdefault(metric, ([], []))
                times.append(one.get("t"))
                values.append(value)
    for metric, (times, values) in by_metric.items():
        _add(content, metric, times, values)


def _charge(value: Any, content: Content) -> float | None:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and isfinite(value):
        return float(value)
    text = gettext_noop("电量 %(given)s 不是一个数。")
    content.blame(BadInput(text, "sensors.battery_no_number", given=str(value)[:80]))
    return None


def _add(content: Content, metric: str, times: Sequence[Any], values: Sequence[Any]) -> None:
    if len(values) > MOST_ROWS:
        text = gettext_noop("一条消息里有 %(count)s 个数值，最多 %(most)s 个。请分几条发。")
        raise BadInput(text, "sensors.payload_too_many", count=len(values), most=MOST_ROWS)
    if None not in times:
        try:
            content.parts.append(Part(metric, parse_times(times), values))
        except BadInput:
            pass  # One by one, so that the others go in.
        else:
            return
    read, kept = [], []
    for time, value in zip(times, values, strict=True):
        try:
            read.append(ON_ARRIVAL if time is None else parse_time(time))
            kept.append(value)
        except BadInput as error:
            content.blame(error)
    if kept:
        content.parts.append(Part(metric, np.array(read, np.int64), kept))
