# SPDX-License-Identifier: Apache-2.0
"""Who is here on a day; everybody of a batch."""

from __future__ import annotations

import io
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from shanhai.base import formats
from shanhai.base.accounts.selectors import Request
from shanhai.kernel import ids
from shanhai.kernel.clock import local_date
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb
from shanhai.kernel.registry import registries
from shanhai.planning.programmes.core.selectors.programmes import get_batch, get_programme, list_batches
from shanhai.planning.programmes.core.selectors.scopes import scope_of
from shanhai.registers.places.selectors import county_choices, find_divisions
from shanhai.registers.tables.selectors.writing import CONTENT_TYPE
from shanhai.team.secondments import labels
from shanhai.team.secondments.forms import RosterForm
from shanhai.team.secondments.permissions import SecondmentPermission
from shanhai.team.secondments.selectors import roster
from shanhai.team.secondments.values import PostKind

TEAM = message(gettext_noop("队伍"))


@never_cache
@require_safe
def roster_page(request: Request) -> HttpResponse:
    """GET /team/: who is, or will be, in which post on a day, fifty a page, with the figures of the team."""
    scope = scope_of(request, (SecondmentPermission.VIEW,), ahead=True)
    programme = get_programme(viewer=request.viewer, code=scope.programme)
    form = RosterForm(request.GET, day=scope.as_of, counties=county_choices(programme.recipient.code))
    filters: dict[str, Any] = form.filters()
    asked: dict[str, Any] = {"programme": scope.programme, "on": scope.as_of, "place": scope.place}
    number = request.GET.get("page", "")
    page = roster.page_of_roster(viewer=request.viewer, asked=number, **asked, **filters)
    places = find_divisions(one.place for one in page.rows)
    family, ahead = registries.figures.get("team"), scope.as_of > local_date(request.at)
    context = {
        "crumbs": (TODAY, Crumb(TEAM)),
        "title": TEAM,
        "programme": programme,
        "scope": scope,
        "form": form,
        # A figure is of what has been; who will be there is a plan.
        "figures": family.list_figures(viewer=request.viewer, scope=scope) if family and not ahead else (),
        "ahead": ahead,
        "rows": [(one, places.get(one.place)) for one in page.rows],
        "page": page,
        "filtered": any(filters.values()) or "as_of" in request.GET or "place" in request.GET,
        "batches": list_batches(viewer=request.viewer, programme=scope.programme),
        "query": request.GET.urlencode(),
        "may_manage": request.viewer.may(SecondmentPermission.MANAGE, programme=scope.programme),
    }
    return render(request, "secondments/roster.html", context)


@never_cache
@require_safe
def export(request: Request) -> HttpResponse:
    """GET /team/roster.xlsx: the roster of a day, as filtered, as a table."""
    scope = scope_of(request, (SecondmentPermission.VIEW,), ahead=True)
    programme = get_programme(viewer=request.viewer, code=scope.programme)
    form = RosterForm(request.GET, day=scope.as_of, counties=county_choices(programme.recipient.code))
    filters: dict[str, Any] = form.filters()
    asked: dict[str, Any] = {"programme": scope.programme, "on": scope.as_of, "place": scope.place}
    rows = roster.list_roster(viewer=request.viewer, **asked, **filters)
    words = {"programme": formats.named(programme), "day": scope.as_of.isoformat()}
    buffer = io.BytesIO()
    roster.write_roster(buffer, rows=rows, title=gettext("%(programme)s 队伍花名册，%(day)s") % words)
    name = f"roster-{scope.programme}-{scope.as_of.isoformat()}.xlsx"
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(buffer.getvalue(), content_type=CONTENT_TYPE, headers=disposition)


@never_cache
@require_safe
def batch_page(request: Request, uuid: str) -> HttpResponse:
    """GET /team/batches/<uuid>/: everybody who was or is in a post of a batch, counted; for the farewell."""
    scope = scope_of(request, (SecondmentPermission.VIEW,))
    batch = get_batch(viewer=request.viewer, programme=scope.programme, uuid=ids.parse_id(uuid))
    everybody = list(roster.list_of_batch(viewer=request.viewer, batch=batch.uuid))
    counts = roster.batch_counts(everybody)
    places = find_divisions(one.place for one in everybody)
    title = message(gettext_noop("第 %(number)s 批"), number=batch.number)
    context: dict[str, Any] = {
        "crumbs": (TODAY, Crumb(TEAM, reverse("secondments:roster")), Crumb(title)),
        "title": title,
        "batch": batch,
        "programme": get_programme(viewer=request.viewer, code=scope.programme),
        "rows": [(one, places.get(one.place)) for one in everybody],
        "kinds": [(labels.KINDS[PostKind(kind)], number) for kind, number in counts["kind"]],
        "places": [(places.get(place), number) for place, number in counts["place"]],
        "senders": counts["sender"],
        "taught": roster.teaching_of_batch(viewer=request.viewer, batch=batch.uuid),
        "today": local_date(request.at),
    }
    return render(request, "secondments/batch.html", context)
