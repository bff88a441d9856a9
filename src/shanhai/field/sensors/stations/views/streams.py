# SPDX-License-Identifier: Apache-2.0
"""A datastream: its chart, the latest observations, taking it away as a table, setting apart, publishing."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shanhai.base.accounts.selectors import Request
from shanhai.base.forms import Act, SavingForm, answered, status_of, told_once
from shanhai.field.sensors.labels import ADVICE, HEALTH
from shanhai.field.sensors.models import Datastream
from shanhai.field.sensors.permissions import SensorPermission
from shanhai.field.sensors.stations import forms
from shanhai.field.sensors.stations.rules.facts import symbol_of
from shanhai.field.sensors.stations.selectors import series
from shanhai.field.sensors.stations.selectors import stations as selectors
from shanhai.field.sensors.stations.selectors.tokens import live_tokens
from shanhai.field.sensors.stations.services import streams as services
from shanhai.field.sensors.stations.services import tokens
from shanhai.field.sensors.stations.values import Span, Standing
from shanhai.field.sensors.stations.views.accesses import revoking
from shanhai.field.sensors.stations.views.parts import crumb_of, crumbs, marks, may_manage
from shanhai.field.sensors.store.selectors.live import live_address
from shanhai.field.sensors.store.services.correcting import quarantine
from shanhai.field.sensors.values import STREAMS, datetime_of, instant_of
from shanhai.kernel.charts import shown
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import Crumb

SPANS = {
    Span.DAY: gettext_noop("最近一天"),
    Span.MONTH: gettext_noop("最近一月（小时）"),
    Span.YEAR: gettext_noop("最近一年（日）"),
}
LATEST = 12


@require_safe
def stream_page(request: Request, key: int) -> HttpResponse:
    """GET /sensors/streams/<key>/: the datastream; for a page that is open, its chart where there is more."""
    stream = selectors.get_stream(viewer=request.viewer, key=key)
    if request.htmx:
        standing = selectors.stream_standing(stream, request.at)
        if request.GET.get("seen") == _seen(stream, standing):
            return HttpResponse(status=204)
        return render(request, "sensors/_live.html", _shown(request, stream))
    acts = _acts(request, stream) if may_manage(request, stream.thing) else {}
    drawn, _went = answered(request, acts, "", redirect)
    return _page(request, stream, drawn)


@require_POST
def stream_act(request: Request, key: int, act: str) -> HttpResponse:
    """POST /sensors/streams/<key>/<act>: set a time apart, publish, give a token or revoke one."""
    stream = selectors.get_stream(viewer=request.viewer, key=key)
    # A form that is filled wrong is shown again, and to nobody who may not send it.
    request.viewer.require(SensorPermission.MANAGE, **stream.thing.scope)
    drawn, went, token = told_once(
        request, _acts(request, stream), act, giving="token", to=lambda: redirect("sensors:stream", key=key)
    )
    return went or _page(request, stream, drawn, token)


def _page(request: Request, stream: Datastream, drawn: dict[str, Any], token: str = "") -> HttpResponse:
    today = local_date(request.at)
    context = _shown(request, stream)
    context |= {
        "crumbs": crumbs(crumb_of(stream.thing), *_device_crumb(stream), Crumb(stream.name)),
        "acts": drawn,
        "may_manage": may_manage(request, stream.thing),
        "spans": [(one.value, words, one.value == context["span"]) for one, words in SPANS.items()],
        "period": forms.PeriodForm(initial={"first": today - timedelta(days=30), "last": today}),
        "token": token,
        "tokens": live_tokens(viewer=request.viewer).filter(datastream=stream) if drawn else [],
        "public": request.build_absolute_uri(f"/sta/v1.1/Datastreams({stream.pk})"),
    }
    answer = render(request, "sensors/stream.html", context, status=status_of(*drawn.values()))
    if token:
        answer["Cache-Control"] = "no-store"
    return answer


def _shown(request: Request, stream: Datastream) -> dict[str, Any]:
    asked = request.GET.get("span", "")
    span = Span(asked) if asked in set(Span) else Span.DAY
    standing = selectors.stream_standing(stream, request.at)
    return {
        "stream": stream,
        "station": stream.thing,
        "provenance": (stream.thing.properties or {}).get("provenance", ""),
        "unit": symbol_of(stream.unit),
        "number": "—" if stream.last_number is None else shown(stream.last_number),
        "health": HEALTH[standing.health],
        "advice": ADVICE.get(standing.health, ""),
        "since": datetime_of(standing.since) if standing.since else None,
        "last": datetime_of(stream.last_time) if stream.last_time is not None else None,
        "drawing": series.drawing_of(stream, span, request.at),
        "span": span.value,
        "span_words": SPANS[span],
        "latest": [
            (datetime_of(row.time), row.value if row.number is None else shown(row.number), marks(row.quality))
            for row in series.list_latest(stream, LATEST)
        ],
        "seen": _seen(stream, standing),
        "news": live_address(request.viewer, STREAMS, [stream.pk]),
        "live": f"{reverse('sensors:stream', args=[stream.pk])}?span={span.value}",
    }


def _seen(stream: Datastream, standing: Standing) -> str:
    # Silence is news, too, and comes without an observation.
    return f"{stream.count}.{stream.duplicates}.{stream.arrived}.{standing.health}"


def _acts(request: Request, stream: Datastream) -> dict[str, Act]:
    key = stream.pk
    reader: dict[str, Any] = {"write": False, "programme": "", "place": "", "datastream": key}
    return {
        "quarantine": Act(forms.QuarantineForm, partial(_set_apart, datastream=key), gettext_noop("已办。")),
        "publish": Act(
            SavingForm,
            partial(services.publish_stream, stream=key, published=True),
            gettext_noop("已公开：不用账号也能读。"),
        ),
        "unpublish": Act(
            SavingForm, partial(services.publish_stream, stream=key, published=False), gettext_noop("不再公开。")
        ),
        "token": Act(forms.ReaderForm, partial(tokens.give_token, **reader)),
        "revoke": revoking(),
    }


def _set_apart(*, begin: Any, end: Any, **given: Any) -> bool:
    count = quarantine(begin=instant_of(begin), end=instant_of(end), **given)
    if not count:
        text = gettext_noop("这段时间没有要改的观测值。请检查起止时间。")
        raise BadInput(text, "sensors.nothing_in_period", field="begin")
    return True


def _device_crumb(stream: Datastream) -> tuple[Crumb, ...]:
    device = stream.device
    if device is None:
        return ()
    return (Crumb(device.called, reverse("sensors:device", args=[device.uuid])),)


@require_http_methods(["GET", "HEAD", "POST"])
def stream_edit(request: Request, key: int) -> HttpResponse:
    """GET and POST /sensors/streams/<key>/edit: correct its name, its unit, and how it is judged."""
    stream = selectors.get_stream(viewer=request.viewer, key=key)
    request.viewer.require(SensorPermission.MANAGE, **stream.thing.scope)
    form = partial(forms.StreamCorrectForm, stream=stream)
    act = Act(form, partial(services.correct_stream, stream=key), gettext_noop("已更正。"))
    back = reverse("sensors:stream", args=[key])
    sent = "form" if request.method == "POST" else ""
    drawn, went = answered(request, {"form": act}, sent, lambda _made: redirect(back))
    if went:
        return went
    title = message(gettext_noop("更正数据流"))
    context = {
        "crumbs": crumbs(crumb_of(stream.thing), *_device_crumb(stream), Crumb(stream.name, back), Crumb(title)),
        "title": title,
        "back": back,
        "form": drawn["form"],
        "elsewhere": message(gettext_noop("新的上下限和间隔管以后来的数，已存的标记不改。")),
    }
    return render(request, "components/correct.html", context, status=status_of(drawn["form"]))
