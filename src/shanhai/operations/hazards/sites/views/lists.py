# SPDX-License-Identifier: Apache-2.0
"""The list of hazard sites, the worst first, and the same as a table to take away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from shanhai.base import formats
from shanhai.base.accounts.selectors import Request
from shanhai.field.sensors.values import datetime_of
from shanhai.kernel import clock
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import Page, Status
from shanhai.operations.hazards.labels import INCIDENT_STATES, KINDS, SITE_STATES
from shanhai.operations.hazards.models import HazardSite
from shanhai.operations.hazards.permissions import HazardPermission
from shanhai.operations.hazards.sites.forms import sites as forms
from shanhai.operations.hazards.sites.selectors.sites import list_sites
from shanhai.operations.hazards.sites.views.parts import SITES, crumbs, no_page, standing_of
from shanhai.operations.hazards.states import IncidentState, SiteState
from shanhai.operations.hazards.values import SiteKind
from shanhai.planning.programmes.core.selectors.programmes import list_programmes
from shanhai.registers.places.selectors import find_divisions
from shanhai.registers.tables.selectors.writing import Column, downloaded, write_table

MOST_ROWS = 20_000


@require_safe
def site_list(request: Request) -> HttpResponse:
    """GET /hazards/sites/: sites that match, the worst first. Raises NotVisible for who sees none."""
    viewer = request.viewer
    form = _filtering(request)
    filters = form.filters()
    page = Page.of(list_sites(viewer=viewer, **filters), request.GET.get("page", ""))
    named = find_divisions({one.place for one in page.rows})
    context = {
        "crumbs": crumbs(),
        "title": message(SITES),
        "form": form,
        "page": page,
        "rows": [
            (one, standing_of(one), _since(one), KINDS[SiteKind(one.kind)], named.get(one.place), _decided(one))
            for one in page.rows
        ],
        "filtered": any(filters.values()),
        "may_manage": viewer.may_somewhere(HazardPermission.MANAGE),
        "query": request.GET.urlencode(),
    }
    return render(request, "hazards/sites.html", context)


@require_safe
def site_table(request: Request) -> HttpResponseBase:
    """GET /hazards/sites/sites.xlsx: the same as a table, with all rows."""
    found = list_sites(viewer=request.viewer, **_filtering(request).filters())[:MOST_ROWS]
    sites = list(found)
    named = find_divisions({one.place for one in sites})

    def rows() -> Iterator[list[Any]]:
        for one in sites:
            since = _since(one)
            place = named.get(one.place)
            yield [
                one.name,
                one.code,
                gettext(KINDS[SiteKind(one.kind)]),
                formats.named(one.programme),
                formats.named(place) if place else one.place,
                gettext(SITE_STATES[SiteState(one.state)][1]),
                gettext(standing_of(one)[1]),
                gettext(decided[1]) if (decided := _decided(one)) else "",
                clock.local(since).replace(tzinfo=None, microsecond=0) if since else None,
                one.households,
                one.people,
                one.shelter,
                getattr(one, "watched", 0),
                getattr(one, "apart", 0),
            ]

    def write(target: IO[bytes]) -> None:
        columns = [Column(gettext(head), width, form) for head, width, form in _COLUMNS]
        write_table(
            target, tab=gettext(SITES), above=[gettext("时间是北京时间（UTC+8）。")], columns=columns, rows=rows()
        )

    return downloaded("hazard-sites.xlsx", write)


_COLUMNS = (
    (gettext_noop("名称"), 26, "@"),
    (gettext_noop("代码"), 18, "@"),
    (gettext_noop("类别"), 12, "@"),
    (gettext_noop("对口支援"), 24, "@"),
    (gettext_noop("所在区县"), 16, "@"),
    (gettext_noop("状态"), 12, "@"),
    (gettext_noop("研判"), 14, "@"),
    (gettext_noop("会商定的级别"), 14, "@"),
    (gettext_noop("从什么时候起"), 20, "yyyy-mm-dd hh:mm"),
    (gettext_noop("威胁户数"), 10, "General"),
    (gettext_noop("威胁人数"), 10, "General"),
    (gettext_noop("避险点"), 26, "@"),
    (gettext_noop("监测点数"), 10, "General"),
    (gettext_noop("隔离的监测点数"), 14, "General"),
)


def _filtering(request: Request) -> forms.FilterForm:
    viewer = request.viewer
    if not viewer.may_somewhere(HazardPermission.VIEW):
        raise no_page()
    known = HazardSite.objects.visible_to(viewer).values_list("programme__code", "place").distinct()
    pairs = set(known)
    places = find_divisions({place for _programme, place in pairs})
    programmes = {code for code, _place in pairs}
    return forms.FilterForm(
        request.GET,
        programmes=[(one.code, formats.named(one)) for one in list_programmes(viewer=viewer) if one.code in programmes],
        places=sorted((code, formats.named(one)) for code, one in places.items()),
    )


def _decided(site: HazardSite) -> tuple[Status, str] | None:
    """The level that people have decided and that is in force."""
    state = getattr(site, "decided", None)
    return INCIDENT_STATES[IncidentState(state)] if state else None


def _since(site: HazardSite) -> Any:
    track = getattr(site, "track", None)
    return datetime_of(track.since) if track is not None and track.since else None
