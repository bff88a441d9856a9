# SPDX-License-Identifier: Apache-2.0
"""A shape on a page, and what lies there; the same as a table and as GeoJSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import orjson
import shapely
from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from shanhai.base import formats
from shanhai.base.accounts.selectors import Request
from shanhai.base.forms import saved, status_of
from shanhai.insight.map.analysis.forms import AskForm, CountForm, ShapeForm
from shanhai.insight.map.analysis.rules.drawing import HEIGHT, WIDTH, Drawing, drawn
from shanhai.insight.map.analysis.rules.plane import area_km2, widened
from shanhai.insight.map.analysis.rules.telling import BANDS
from shanhai.insight.map.analysis.selectors import lying
from shanhai.insight.map.analysis.selectors.lying import There
from shanhai.insight.map.analysis.selectors.shapes import keep_shape, kept_shape, shape_of_file, shape_of_text
from shanhai.insight.map.analysis.values import Asked
from shanhai.insight.map.desk.selectors import counties_of
from shanhai.insight.map.desk.views import MAP
from shanhai.kernel.errors import BadInput, NotVisible
from shanhai.kernel.figures import FigureScope
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.planning.programmes.core.selectors.scopes import scope_from
from shanhai.registers.places.selectors import outlines_of
from shanhai.registers.tables.selectors.writing import Column, downloaded, write_table

TITLE = message(gettext_noop("范围分析"))
HERE = Crumb(TITLE, "/map/analysis/")
# How a shape is named in an address, in the order in which they are looked at.
_GIVEN = ("layer", "feature", "wkt", "shape")
MOST_SHOWN = 20
_DIGITS = 6


@require_safe
def analysis(request: Request) -> HttpResponse:
    """GET /map/analysis/: what lies in an outline or a given shape, and near it."""
    return _page(request, ShapeForm())


@require_POST
def give(request: Request) -> HttpResponse:
    """POST /map/analysis/shape: a file or a text with a shape, kept for an hour, then what lies in it."""
    form = ShapeForm(request.POST, request.FILES)

    def save(given: Mapping[str, Any]) -> str:
        file, text, crs = given["file"], given["text"].strip(), given["crs"]
        if bool(file) == bool(text):
            said = gettext_noop("请选一个文件，或者粘贴一段文字，两样里给一样。")
            raise BadInput(said, "map.shape_missing", field="file")
        read = shape_of_file(file, file.name, size=file.size, crs=crs) if file else shape_of_text(text, crs=crs)
        return keep_shape(read, by=request.viewer, at=request.at)

    ticket = saved(request, form, save)
    if ticket is None:
        return _page(request, form)
    asked = {key: request.GET[key] for key in ("programme", "km", "near") if key in request.GET}
    return redirect(f"{reverse('map:analysis')}?{urlencode({**asked, 'shape': ticket})}")


@require_safe
def counted(request: Request) -> HttpResponse:
    """GET /map/analysis/counted: how many features of a layer lie in each area of another."""
    layers = lying.list_offered(viewer=request.viewer)
    form = CountForm(
        request.GET if "of" in request.GET else None, layers=layers, areas=lying.list_areas(viewer=request.viewer)
    )
    found = None
    if form.is_valid():
        given = form.cleaned_data
        found = lying.counted_in(given["of"], given["areas"], viewer=request.viewer, at=request.at)
    title = message(gettext_noop("按面统计"))
    context = {"crumbs": (TODAY, MAP, HERE, Crumb(title)), "title": title, "form": form, "found": found}
    return render(request, "map/counted.html", context, status=status_of(form))


@require_safe
def export(request: Request, form: str) -> HttpResponseBase:
    """GET /map/analysis/found.xlsx, found.geojson: all that lies there, a feature a row."""
    asking, asked, fault = _asked(request)
    if fault:
        raise fault
    if asked is None or form not in ("xlsx", "geojson") or not asking.is_valid():
        raise NotVisible(gettext_noop("没有找到这一页。请从范围分析的页面导出。"))
    km, most = asking.cleaned_data["km"], settings.MAP_PAGE_MOST
    found = lying.what_lies(asked, km, viewer=request.viewer, at=request.at, most=most)
    above = [*_above(asked, km), *(formats.say(one) for one in _lacks(found))]
    if form == "geojson":
        return _geojson(asked, above, found)
    heads = [
        gettext("图层"),
        gettext("名称"),
        gettext("编号"),
        gettext("距离（公里）"),
        gettext("海拔（米）"),
        gettext("位置已登记"),
    ]
    forms = ["@", "@", "@", "0.00", "0", "@", "0.000000", "0.000000"]
    columns = [Column(one, 18, how) for one, how in zip([*heads, gettext("经度"), gettext("纬度")], forms, strict=True)]
    rows = [
        [
            *(formats.say(one.layer.label), it.name, it.id, round(it.km, 2), it.altitude),
            *(gettext("是") if it.placed else gettext("否"), round(at.x, 6), round(at.y, 6)),
        ]
        for one in found
        for it in one.things
        for at in [it.shape.representative_point()]
    ]
    return downloaded(
        "map-analysis.xlsx",
        lambda target: write_table(target, tab=gettext("范围分析"), above=above, columns=columns, rows=rows),
    )


def _page(request: Request, giving: ShapeForm) -> HttpResponse:
    crumbs = (TODAY, MAP, Crumb(TITLE))
    asking, asked, fault = _asked(request)
    found: dict[str, Any] = {}
    if asked is not None and asking.is_valid():
        try:
            found = _found(request, asked, asking.cleaned_data)
        except BadInput as error:
            fault = error
    context = {
        "crumbs": crumbs,
        "title": TITLE,
        "asking": asking,
        "giving": giving,
        "asked": asked,
        "fault": fault.message if fault else "",
        "kept": [(key, request.GET[key]) for key in ("programme", *_GIVEN) if request.GET.get(key)],
        "again": urlencode({key: request.GET[key] for key in ("programme", "km", "near") if request.GET.get(key)}),
        "query": request.GET.urlencode(),
        "found": found,
    }
    status = fault.status if fault else status_of(asking, giving)
    return render(request, "map/analysis.html", context, status=status)


def _asked(request: Request) -> tuple[AskForm, Asked | None, BadInput | None]:
    """What is asked, of which shape, and what is wrong with that; no shape where none is named. Raises NotVisible."""
    scope = scope_from(viewer=request.viewer, asked={"programme": request.GET.get("programme", "")}, at=request.at)
    places = _places(request, scope) if scope else []
    layers = lying.list_offered(viewer=request.viewer)
    form = AskForm(request.GET or None, places=places, layers=layers)
    try:
        return form, _shape(request, scope), None
    except BadInput as error:
        return form, None, error


def _places(request: Request, scope: FigureScope) -> Sequence[Any]:
    recipient = get_programme(viewer=request.viewer, code=scope.programme).recipient
    return [recipient, *counties_of(viewer=request.viewer, programme=scope.programme)]


def _shape(request: Request, scope: FigureScope | None) -> Asked | None:
    given = request.GET
    if given.get("place") and scope:
        return lying.outline_of(given["place"], viewer=request.viewer, programme=scope.programme)
    if given.get("layer") and given.get("feature"):
        return lying.feature_asked(given["layer"], given["feature"], viewer=request.viewer, at=request.at)
    if given.get("wkt"):
        return shape_of_text(given["wkt"], field="wkt")
    return kept_shape(given["shape"], by=request.viewer, at=request.at) if given.get("shape") else None


def _found(request: Request, asked: Asked, given: dict[str, Any]) -> dict[str, Any]:
    found = lying.what_lies(asked, given["km"], viewer=request.viewer, at=request.at, most=MOST_SHOWN)
    near = lying.nearest(asked, given["near"], viewer=request.viewer, at=request.at) if given["near"] else None
    return {
        "layers": found,
        "banded": [one for one in found if one.bands and one.count],
        "bands": BANDS,
        "near": near,
        "km": given["km"],
        "area": area_km2(asked.shape),
        "far": bool(given["km"]),
        "drawing": _drawing(request, asked, given["km"], found),
        "size": (WIDTH, HEIGHT),
    }


def _drawing(request: Request, asked: Asked, km: float, found: Sequence[There]) -> Drawing:
    scope = scope_from(viewer=request.viewer, asked={"programme": request.GET.get("programme", "")}, at=request.at)
    named = {one.code: formats.named(one) for one in _places(request, scope)[1:]} if scope else {}
    outlines = [(named[code], one) for code, one in outlines_of(named).items() if one is not None]
    zone = widened(asked.shape, km) if km else asked.shape
    return drawn(asked.shape, zone, outlines, (it.shape for one in found for it in one.things))


def _above(asked: Asked, km: float) -> list[str]:
    words = gettext("%(name)s，周围 %(km)s 公里") if km else "%(name)s"
    return [words % {"name": formats.say(asked.name), "km": f"{km:g}"}, *(formats.say(one) for one in asked.said)]


def _lacks(found: Sequence[There]) -> list[Any]:
    """What a table does not hold, and must say."""
    more = gettext_noop("图层“%(layer)s”另有 %(count)s 个没有列出。")
    failed = gettext_noop("图层“%(layer)s”：%(reason)s")
    return [
        *(message(failed, layer=one.layer.label, reason=one.failed) for one in found if one.failed),
        *(message(more, layer=one.layer.label, count=one.more) for one in found if one.more),
    ]


def _geojson(asked: Asked, above: Sequence[str], found: Sequence[There]) -> HttpResponse:
    things = [(one.layer, it) for one in found for it in one.things]
    written = shapely.to_geojson(shapely.set_precision([asked.shape, *(it.shape for _, it in things)], 0))
    features = [{"type": "Feature", "properties": {"name": formats.say(asked.name), "notes": above}}]
    features += [
        {
            "type": "Feature",
            "id": it.id,
            "properties": {
                "layer": layer.key,
                "name": it.name,
                "km": round(it.km, 3),
                "altitude_m": it.altitude,
                "located": it.placed,
            },
        }
        for layer, it in things
    ]
    for one, shape in zip(features, written, strict=True):
        one["geometry"] = orjson.Fragment(shape)
    body = orjson.dumps({"type": "FeatureCollection", "features": features})
    answer = HttpResponse(body, content_type="application/geo+json")
    answer["Content-Disposition"] = 'attachment; filename="map-analysis.geojson"'
    return answer
