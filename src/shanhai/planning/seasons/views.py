# SPDX-License-Identifier: Apache-2.0
"""When one can build at which altitude, by when to tender, and recording a new version of the seasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from shanhai.base.accounts.selectors import Request
from shanhai.base.forms import saved, status_of
from shanhai.kernel import clock
from shanhai.kernel.errors import NotVisible, Refused
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.core.selectors.scopes import scope_from
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.seasons import forms
from shanhai.planning.seasons.rules import TenderPlan, band_for, plan_tender
from shanhai.planning.seasons.selectors import bands_in_force
from shanhai.planning.seasons.services import record_version
from shanhai.planning.seasons.values import Season

CRUMBS = (TODAY, Crumb(message(gettext_noop("施工季"))))
# A year without a 29 February: a season begins and ends on the same days of every year.
_YEAR = 2023


@dataclass(frozen=True, slots=True)
class Strip:
    """A band with its place on a strip of 365 days: from day ``x``, ``width`` days long; ``open_now`` says of today."""

    season: Season
    x: int
    width: int
    open_now: bool


@require_safe
def seasons(request: Request) -> HttpResponse:
    """GET /seasons/: the bands through the year; with the planner's fields, by when to tender."""
    scope = scope_from(viewer=request.viewer, asked=request.GET, at=request.at)
    if scope is None:
        return render(request, "seasons/page.html", {"crumbs": CRUMBS})
    form = forms.PlannerForm(request.GET if "work_days" in request.GET else None)
    return _render(request, scope.programme, planner=form)


@require_POST
def record(request: Request) -> HttpResponse:
    """POST /seasons/versions: a new version of the bands for the programme."""
    scope = scope_from(viewer=request.viewer, asked=request.POST, at=request.at)
    if scope is None:
        raise NotVisible(gettext_noop("没有找到您要的内容。请从菜单重新进入。"))
    request.viewer.require(ProgrammePermission.MANAGE, programme=scope.programme)
    named, rows = forms.VersionForm(request.POST), forms.BandForms(request.POST)
    write = partial(record_version, by=request.viewer, at=request.at, programme=scope.programme)

    def save(given: Mapping[str, Any]) -> object:
        if not rows.is_valid():
            raise Refused(gettext_noop("下面的表里有要改的地方。"))
        return write(version=given["version"], bands=forms.read(rows))

    if saved(request, named, save) is None:
        # What is wrong in the rows is said at once, whatever the name is.
        rows.is_valid()
        return _render(request, scope.programme, version=(named, rows))
    messages.success(request, gettext("已录入新的施工季，从现在起按它计算。"))
    return redirect(f"{reverse('seasons:page')}?programme={scope.programme}")


def _render(
    request: Request,
    code: str,
    *,
    planner: forms.PlannerForm | None = None,
    version: tuple[forms.VersionForm, Any] | None = None,
) -> HttpResponse:
    bands = bands_in_force(viewer=request.viewer, programme=code)
    today = clock.local_date(request.at)
    planner = planner or forms.PlannerForm()
    may_manage = request.viewer.may(ProgrammePermission.MANAGE, programme=code)
    named, rows = version or (forms.VersionForm(), forms.BandForms(initial=forms.shown(bands)))
    context: dict[str, Any] = {
        "crumbs": CRUMBS,
        "programme": programmes.get_programme(viewer=request.viewer, code=code),
        "strips": [_strip(band, today) for band in bands],
        "version": bands[0].version,
        "today": today,
        "today_x": _day_of_year(f"{today:%m-%d}"),
        "quarters": [_day_of_year(day) for day in ("04-01", "07-01", "10-01")],
        "planner": planner,
        "named": named if may_manage else None,
        "rows": rows,
        "is_sample": any(band.is_sample for band in bands),
    }
    if planner.is_valid():
        context |= _planned(planner, bands, today)
    return render(request, "seasons/page.html", context, status=status_of(named))


def _planned(planner: forms.PlannerForm, bands: tuple[Season, ...], today: date) -> dict[str, Any]:
    given = dict(planner.cleaned_data)
    season = band_for(bands, given.pop("altitude_m"))
    plan: TenderPlan = plan_tender(season, today=today, **given)
    return {"season": season, "plan": plan}


def _strip(season: Season, today: date) -> Strip:
    opens = _day_of_year(season.opens or "01-01")
    closes = _day_of_year(season.closes or "12-31")
    return Strip(season, opens, closes - opens + 1, not season.is_closed(today))


def _day_of_year(day: str) -> int:
    return date(_YEAR, int(day[:2]), 28 if day == "02-29" else int(day[3:])).timetuple().tm_yday - 1
