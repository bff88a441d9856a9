# SPDX-License-Identifier: Apache-2.0
"""The past of a datastream: its days, how long it was above a value, its longest gap, as a table and to take away."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from shanhai.base.accounts.selectors import Request
from shanhai.field.sensors.models import Datastream
from shanhai.field.sensors.stations import forms
from shanhai.field.sensors.stations.selectors import series
from shanhai.field.sensors.stations.selectors import stations as selectors
from shanhai.field.sensors.stations.views.parts import crumb_of, crumbs
from shanhai.field.sensors.stations.views.tables import about, columns_of, rows_of, with_unit
from shanhai.field.sensors.values import datetime_of
from shanhai.kernel import clock
from shanhai.kernel.charts import shown
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import Crumb
from shanhai.registers.tables.selectors.writing import Column, downloaded, write_table

_TITLE = message(gettext_noop("问历史"))


@require_safe
def stream_history(request: Request, key: int) -> HttpResponseBase:
    """GET /sensors/streams/<key>/history: what is asked of it, and the answer."""
    stream = selectors.get_stream(viewer=request.viewer, key=key)
    today = local_date(request.at)
    start = {"first": today - timedelta(days=30), "last": today, "question": "days"}
    form = forms.HistoryForm(request.GET if "question" in request.GET else None, initial=start)
    context = {
        "crumbs": crumbs(
            crumb_of(stream.thing), Crumb(stream.name, reverse("sensors:stream", args=[key])), Crumb(_TITLE)
        ),
        "title": _TITLE,
        "stream": stream,
        "form": form,
    }
    if form.is_valid():
        given = form.cleaned_data
        rows = _rows(stream, given)
        context |= {
            "heads": [one.header for one in _columns(stream, given)],
            "rows": [[_said(cell) for cell in row] for row in rows],
            "about": _about(stream, given)[1:],
        }
    return render(request, "sensors/history.html", context, status=400 if form.errors else 200)


@require_safe
def history_table(request: Request, key: int) -> HttpResponseBase:
    """GET /sensors/streams/<key>/history.xlsx: the same answer. Raises BadInput for what cannot be asked."""
    stream = selectors.get_stream(viewer=request.viewer, key=key)
    form = forms.HistoryForm(request.GET)
    if not form.is_valid():
        raise BadInput(gettext_noop("看不懂问的是什么。请从“问历史”的页面导出。"), "sensors.history_unreadable")
    given = form.cleaned_data
    columns, rows, above = _columns(stream, given), _rows(stream, given), _about(stream, given)
    name = f"{stream.thing.code}-{stream.metric or stream.pk}-{given['question']}.xlsx"
    return downloaded(name, lambda target: write_table(target, tab="data", above=above, columns=columns, rows=rows))


def _columns(stream: Datastream, given: dict[str, Any]) -> list[Column]:
    if given["question"] == "days":
        return columns_of(stream, "days")
    hours = Column(gettext("小时"), 20, "General")
    if given["question"] == "gaps":
        return [Column(gettext("从"), 20, "yyyy-mm-dd hh:mm:ss"), hours]
    return [Column(with_unit(gettext("高于"), stream), 20, "General"), hours]


def _about(stream: Datastream, given: dict[str, Any]) -> list[str]:
    if given["question"] == "gaps":
        return about(stream, {**given, "what": "raw"})
    lines = about(stream, given)
    if given["question"] == "above":
        lines.append(gettext("一个数管到下一个数来为止；一小时里没有再来的，只算一小时。"))
    return lines


def _rows(stream: Datastream, given: dict[str, Any]) -> list[list[Any]]:
    # Days are rolled up already.
    if given["question"] == "days":
        return list(rows_of(stream, {**given, "what": "days"}))
    from shanhai.field.sensors.store.selectors.history import ask_one  # noqa: PLC0415 - Ibis, which few pages need

    begin, end = series.period(given["first"], given["last"])
    asked = {name: given[name] for name in ("question", "threshold")}
    found = ask_one(datastream=stream.pk, begin=begin, end=end, **asked)
    if given["question"] == "gaps":
        return [[_local(one["begin"]), round(one["seconds"] / 3600, 2)] for one in found]
    return [[given["threshold"], round(sum(one["seconds"] for one in found) / 3600, 2)]]


def _local(instant: int) -> datetime:
    return clock.local(datetime_of(instant)).replace(microsecond=0)


def _said(cell: Any) -> str:
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    return cell.isoformat() if isinstance(cell, date) else shown(cell)
