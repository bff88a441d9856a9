# SPDX-License-Identifier: Apache-2.0
"""The page on which a sheet is chosen, and the sheet."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from shanhai.base import formats
from shanhai.base.accounts.selectors import Request
from shanhai.insight.map.desk.selectors import USUAL, counties_of, list_shades
from shanhai.insight.map.editions.selectors import layer_named, list_layers
from shanhai.insight.map.sheets.selectors.composing import sheet_pdf
from shanhai.insight.map.sheets.values import ORIENTATIONS, PAPERS, Asked
from shanhai.kernel.errors import BadInput, NotVisible
from shanhai.kernel.figures import FigureScope
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.planning.programmes.core.selectors.scopes import scope_from

TITLE = message(gettext_noop("打印成图"))
# Divisions are drawn already; the outlines of provinces would be boundaries of the country.
_GROUND = "places.division"
_TURNED = {
    "auto": gettext_noop("按图的形状"),
    "portrait": gettext_noop("竖放"),
    "landscape": gettext_noop("横放"),
}


@require_safe
def choose(request: Request) -> HttpResponse:
    """GET /map/sheet/: what a sheet shows, and on which paper."""
    scope = _scope(request)
    programme = get_programme(viewer=request.viewer, code=scope.programme)
    choices = list_shades(viewer=request.viewer, scope=scope)
    context = {
        "crumbs": (TODAY, Crumb(message(gettext_noop("地图")), "/map/"), Crumb(TITLE)),
        "title": TITLE,
        "programme": programme,
        "scope": scope,
        "choices": [(one.key, formats.say(one.label)) for one in choices],
        "shade": request.GET.get("shade") or USUAL,
        "counties": counties_of(viewer=request.viewer, programme=scope.programme),
        "county": request.GET.get("county", ""),
        "layers": list_layers(viewer=request.viewer),
        "papers": list(PAPERS),
        "turned": [(key, formats.label(words)) for key, words in _TURNED.items()],
    }
    return render(request, "map/sheet.html", context)


@require_safe
def sheet(request: Request) -> HttpResponse:
    """GET /map/sheet.pdf: the sheet as it is asked for."""
    scope, given = _scope(request), request.GET
    paper, turned = given.get("paper") or "A4", given.get("orientation") or "auto"
    if paper not in PAPERS:
        raise BadInput(gettext_noop("纸张只有 A4 和 A3。"), "map.sheet_paper", field="paper")
    if turned not in ORIENTATIONS:
        said = gettext_noop("纸的方向只有 auto、portrait（竖放）和 landscape（横放）。")
        raise BadInput(said, "map.sheet_orientation", field="orientation")
    layers = tuple(layer_named(key, viewer=request.viewer) for key in dict.fromkeys(given.getlist("layer")))
    if any(one.thing == _GROUND for one in layers):
        said = gettext_noop("行政区划本来就画在图上，不用选。请去掉这个图层。")
        raise BadInput(said, "map.sheet_layer", field="layer")
    asked = Asked(paper, turned, given.get("shade", ""), layers, given.get("county", ""))
    made = sheet_pdf(asked, viewer=request.viewer, scope=scope, at=request.at)
    name = f"map-{scope.programme}-{scope.as_of.isoformat()}-{paper}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(made, content_type="application/pdf", headers=headers)


def _scope(request: Request) -> FigureScope:
    scope = scope_from(viewer=request.viewer, asked=request.GET, at=request.at)
    if scope is None:
        raise NotVisible(gettext_noop("还没有您能看到的对口支援。请指挥部办公室给您岗位。"))
    return scope
