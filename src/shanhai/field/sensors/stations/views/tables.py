# SPDX-License-Identifier: Apache-2.0
"""A datastream to take away: its observations or roll-ups as a workbook or as CSV, which say what they hold."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from typing import Any

from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from shanhai.base.accounts.selectors import Request
from shanhai.field.sensors.models import Datastream
from shanhai.field.sensors.stations import forms
from shanhai.field.sensors.stations.rules.facts import symbol_of
from shanhai.field.sensors.stations.selectors import series
from shanhai.field.sensors.stations.selectors import stations as selectors
from shanhai.field.sensors.stations.views.parts import marks
from shanhai.field.sensors.store.selectors.reading import Row
from shanhai.field.sensors.values import datetime_of
from shanhai.kernel import clock
from shanhai.kernel.errors import BadInput, NotVisible
from shanhai.kernel.messages import gettext_noop
from shanhai.registers.tables.selectors.writing import Column, downloaded, write_table

# A sheet of a workbook has no room for more.
MOST_ROWS = 1_000_000
_DAY, _MOMENT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"


@require_safe
def stream_table(request: Request, key: int, form: str) -> HttpResponseBase:
    """GET /sensors/streams/<key>/data.csv and data.xlsx: the observations or roll-ups of a period.

    Raises NotVisible for a form that is neither, BadInput for days that cannot be read.
    """
    stream = selectors.get_stream(viewer=request.viewer, key=key)
    asked = forms.PeriodForm(request.GET)
    if not asked.is_valid():
        text = gettext_noop("看不懂起止日期，或者结束在开始的前面。请从数据流的页面导出。")
        raise BadInput(text, "sensors.period_unreadable")
    given = asked.cleaned_data
    columns = columns_of(stream, given["what"])
    name = f"{stream.thing.code}-{stream.metric or stream.pk}.{form}"
    if form == "xlsx":
        above, kept = about(stream, given), _fitting(rows_of(stream, given))
        return downloaded(name, lambda target: write_table(target, tab="data", above=above, columns=columns, rows=kept))
    if form != "csv":
        raise NotVisible(gettext_noop("没有找到这一页。"))
    return _csv(name, columns, rows_of(stream, given))


def _fitting(rows: Iterator[list[Any]]) -> Iterator[list[Any]]:
    for number, row in enumerate(rows):
        if number == MOST_ROWS:
            yield [gettext("表放不下了，后面还有。请缩短时间，或者用 CSV。")]
            return
        yield row


def about(stream: Datastream, given: dict[str, Any]) -> list[str]:
    """What a table says above its columns: of what, from when to when, in which zone, what is left out."""
    made_up = gettext("（模拟数据）") if stream.simulated else ""
    lines = [
        f"{stream.thing.name} · {gettext(stream.name)}{made_up}",
        gettext("%(first)s 至 %(last)s，时间是北京时间（UTC+8）。")
        % {"first": given["first"].isoformat(), "last": given["last"].isoformat()},
    ]
    if given.get("what") != "raw":
        lines.append(gettext("超出量程的和隔离的数不算在内。"))
    return lines


def with_unit(words: str, stream: Datastream) -> str:
    """The head of a column of numbers."""
    unit = symbol_of(stream.unit)
    return gettext("%(what)s（%(unit)s）") % {"what": words, "unit": unit} if unit else words


def columns_of(stream: Datastream, what: str) -> list[Column]:
    """The columns of observations (raw), or of roll-ups by hours or days."""
    if what == "raw":
        number = Column(with_unit(gettext("读数"), stream), 14, "General")
        arrived = Column(gettext("到达时间"), 20, _MOMENT)
        return [Column(gettext("观测时间"), 20, _MOMENT), number, Column(gettext("质量"), 20), arrived]
    heads = [with_unit(gettext(one), stream) for one in _NUMBERS]
    begin = Column(gettext("日期"), 14, _DAY) if what == "days" else Column(gettext("开始"), 20, _MOMENT)
    return [begin, *(Column(one, 14, "General") for one in heads), Column(gettext("个数"), 10, "General")]


_NUMBERS = (gettext_noop("平均"), gettext_noop("最小"), gettext_noop("最大"))


def rows_of(stream: Datastream, given: dict[str, Any]) -> Iterator[list[Any]]:
    """The lines below these columns.

    Raises Unreadable at once: within a table that is on its way nothing can be said any more.
    """
    begin, end = series.period(given["first"], given["last"])
    if given["what"] == "raw":
        return map(_line, series.every_row(stream, begin, end))
    days = given["what"] == "days"
    found = series.every_bucket(stream, begin, end, days=days)
    begun = ((_local(one.begin), one) for one in found)
    return ([at.date() if days else at, round(one.mean, 6), one.low, one.high, one.count] for at, one in begun)


def _line(row: Row) -> list[Any]:
    result = row.number if row.number is not None else str(row.value)
    said = gettext("、").join(gettext(one) for one in marks(row.quality))
    return [_local(row.time), result, said, _local(row.arrived).replace(microsecond=0)]


def _local(instant: int) -> Any:
    return clock.local(datetime_of(instant))


def _csv(name: str, columns: Sequence[Column], rows: Iterator[list[Any]]) -> StreamingHttpResponse:
    """As programs read it: times with their zone, one line of heads."""
    writer = csv.writer(_Echo())
    lines = (writer.writerow([_plain(value) for value in row]) for row in rows)
    head = "\ufeff" + writer.writerow([one.header for one in columns])
    answer = StreamingHttpResponse(_all(head, lines), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _plain(value: Any) -> Any:
    """What a device sent as text has the mark of text where a spreadsheet would take it for a formula."""
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return value.isoformat() if hasattr(value, "isoformat") else value


class _Echo:
    """A file that gives each line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def _all(head: str, lines: Iterator[Any]) -> Iterator[str]:
    yield head
    yield from lines
