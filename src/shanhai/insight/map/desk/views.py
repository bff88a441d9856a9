# SPDX-License-Identifier: Apache-2.0
"""The map on a desk: the counties shaded by a figure, layers, cards; the page of a county."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode, urlsplit

import orjson
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import condition, require_safe

from shanhai.base import formats
from shanhai.base.accounts.selectors import Request
from shanhai.field.sensors.store.selectors.live import live_address
from shanhai.insight.map.desk import selectors
from shanhai.insight.map.desk.rules.sheet import sheet
from shanhai.insight.map.desk.selectors import NEWS, USUAL, Shade
from shanhai.insight.map.editions.selectors import layer_named, list_layers
from shanhai.insight.map.tiles.views.signed import SIGNED
from shanhai.kernel.errors import BadInput, NotVisible
from shanhai.kernel.figures import FigureScope
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb, Shape
from shanhai.kernel.proofs import proof_address
from shanhai.planning.programmes.core.selectors.programmes import get_programme, list_programmes
from shanhai.planning.programmes.core.selectors.scopes import scope_from
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.registers.places.selectors import list_shapes

MAP = Crumb(message(gettext_noop("地图")), "/map/")
_WIDTH, _HEIGHT = 960, 600
_MOST_LIMIT = Decimal(10) ** 18


@require_safe
def desk(request: Request) -> HttpResponse:
    """GET /map/: the whole; asked by a part of itself, the shade alone."""
    scope = scope_from(viewer=request.viewer, asked=request.GET, at=request.at)
    if scope is None:
        return render(request, "map/desk.html", {"crumbs": (TODAY, Crumb(MAP.label)), "title": MAP.label})
    choices = selectors.list_shades(viewer=request.viewer, scope=scope)
    key = request.GET.get("shade") or next((one.key for one in choices if one.key == USUAL), "")
    shade = selectors.shade(viewer=request.viewer, scope=scope, key=key, limits=_limits(request)) if key else None
    shown = _shaded(shade, scope) if shade else {}
    if request.htmx:
        return render(request, "map/_shade.html", shown)
    programme = get_programme(viewer=request.viewer, code=scope.programme)
    drawn = {row["code"]: (str(row["words"]), _bucket(row["class"]), row["url"]) for row in shown.get("rows", ())}
    context = {
        **shown,
        "crumbs": (TODAY, Crumb(MAP.label)),
        "title": MAP.label,
        "programme": programme,
        "programmes": list_programmes(viewer=request.viewer),
        "choices": [(one.key, formats.say(one.label)) for one in choices],
        "shade": key,
        "scope": scope,
        "days": _days(programme.starts_on, scope.as_of),
        "layers": list_layers(viewer=request.viewer),
        "shapes": _drawing(programme.recipient.code, drawn, _WIDTH, _HEIGHT),
        "size": (_WIDTH, _HEIGHT),
        "may_show": request.viewer.may_somewhere(ProgrammePermission.MANAGE),
        "news": live_address(request.viewer, NEWS, [programme.code]),
        "review_number": settings.MAP_REVIEW_NUMBER,
        "attribution": settings.MAP_BASE_ATTRIBUTION,
    }
    return _with_base(render(request, "map/desk.html", context))


def _bucket(number: int | None) -> int | None:
    """The class of a drawing: its palest is for no class of ours."""
    return None if number is None else number + 1


def _drawing(under: str, drawn: Mapping[str, tuple[str, int | None, str]], width: int, height: int) -> list[Shape]:
    return [
        Shape(one.path, formats.named(one), one.label_x, one.label_y, *drawn.get(one.code, ()))
        for one in list_shapes(under=under, width=width, height=height)
    ]


def _limits(request: Request) -> list[Decimal]:
    """The limits between classes that a page keeps while days change. Raises BadInput."""
    text = request.GET.get("limits", "")
    try:
        found = [Decimal(one) for one in text.split(",")] if text else []
    except InvalidOperation:
        found = [Decimal("NaN")]
    # Written out, a power of ten that takes a line to ask for takes a page.
    told = all(one.is_finite() and abs(one) < _MOST_LIMIT for one in found)
    if not told or len(found) > 12 or found != sorted(set(found)) or len(found) == 1:
        raise BadInput(gettext_noop("limits 须是从小到大、用逗号隔开的数。"), "map.limits", field="limits")
    return found


def _shaded(shade: Shade, scope: FigureScope) -> dict[str, Any]:
    """What the shade says in words: its classes, and each county with its figure."""
    rows = []
    for one in shade.counties:
        figure = shade.figures.get(one.code)
        there = replace(scope, place=one.code)
        asked = {"programme": scope.programme, "as_of": scope.as_of.isoformat()}
        rows.append({
            "code": one.code,
            "county": one,
            "figure": figure,
            "words": formats.measure(figure.value) if figure and figure.value is not None else "",
            "class": shade.class_of(one.code),
            "proof": f"{reverse('proof')}?{proof_address(there, shade.key)}" if figure else "",
            "url": f"{reverse('map:county', args=[one.code])}?{urlencode(asked)}",
        })  # fmt: skip
    return {
        "rows": rows,
        "label": shade.some.label if shade.some else None,
        "classes": shade.classes,
        "limits": ",".join(map(str, shade.limits)),
        "as_of": scope.as_of,
        "some": shade.some,
    }


def _days(first: date, last: date) -> list[str]:
    """The ends of the months of a year up to a day, the day itself at the end."""
    days = [last]
    while len(days) < 13 and days[0] > first:
        days.insert(0, days[0].replace(day=1) - timedelta(days=1))
    return [one.isoformat() for one in days]


@require_safe
def style(request: Request) -> HttpResponse:
    """GET /map/style.json: the sheet without layers, in the reader's language."""
    scope = _scope(request)
    counties = request.build_absolute_uri(f"{reverse('map:outlines')}?programme={scope.programme}")
    english = not get_language().startswith("zh")
    base = selectors.base(root=request.build_absolute_uri(SIGNED), english=english, at=request.at)
    found = sheet(counties=counties, english=english, base=base)
    return HttpResponse(orjson.dumps(found), content_type="application/json")


def _outlines_tag(request: Request) -> str:
    scope = _scope(request)
    counties = selectors.counties_of(viewer=request.viewer, programme=scope.programme)
    said = [(one.code, one.name, one.changed_at) for one in counties]
    return f'"{sha256(repr(said).encode()).hexdigest()[:32]}"'


@require_safe
@condition(etag_func=_outlines_tag)
def outlines(request: Request) -> HttpResponse:
    """GET /map/outlines.json: the counties of a programme."""
    counties = selectors.counties_of(viewer=request.viewer, programme=_scope(request).programme)
    made = HttpResponse(selectors.outlines(counties), content_type="application/geo+json")
    made.headers["Cache-Control"] = "private, max-age=3600"
    return made


def _scope(request: Request) -> FigureScope:
    scope = scope_from(viewer=request.viewer, asked=request.GET, at=request.at)
    if scope is None:
        raise NotVisible(gettext_noop("还没有您能看到的对口支援。请指挥部办公室给您岗位。"))
    return scope


@require_safe
def card(request: Request, key: str, thing: str) -> HttpResponse:
    """GET /map/cards/LAYER/ID/: what a layer says of one feature, with the way to its page."""
    layer = layer_named(key, viewer=request.viewer)
    found = selectors.feature(layer, thing, by=request.viewer, at=request.at)
    return render(request, "map/_card.html", {"layer": layer, "thing": thing, **found})


@require_safe
def county(request: Request, code: str) -> HttpResponse:
    """GET /map/counties/CODE/: a county with its figures and what lies in it; on the map, its card."""
    scope = _scope(request)
    found = selectors.profile(viewer=request.viewer, scope=scope, code=code, at=request.at, whole=not request.htmx)
    if request.htmx:
        return render(request, "map/_county.html", found)
    title = formats.named(found["county"])
    programme = get_programme(viewer=request.viewer, code=scope.programme)
    asked = urlencode({"programme": scope.programme, "as_of": scope.as_of.isoformat()})
    every = [one.code for one in selectors.counties_of(viewer=request.viewer, programme=scope.programme)]
    drawn = {one: ("", 4 if one == code else 0, f"{reverse('map:county', args=[one])}?{asked}") for one in every}
    context = {
        "crumbs": (TODAY, MAP, Crumb(title)),
        "title": title,
        "programme": programme,
        "drawing": _drawing(programme.recipient.code, drawn, 320, 240),
    }
    return render(request, "map/county.html", context | found)


def _with_base(answer: HttpResponse) -> HttpResponse:
    """Let the page fetch the map of others beneath, and nothing else from there."""
    parts = {urlsplit(one) for one in settings.MAP_BASE_TILES}
    if hosts := " ".join(sorted({f"{one.scheme}://{one.netloc}" for one in parts})):
        policy: str = settings.ANSWER_HEADERS["Content-Security-Policy"]
        policy = policy.replace("img-src ", f"img-src {hosts} ").replace("{live}", f"{settings.LIVE_URL} {hosts}")
        answer.headers["Content-Security-Policy"] = policy
    return answer
