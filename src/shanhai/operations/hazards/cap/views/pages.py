# SPDX-License-Identifier: Apache-2.0
"""The pages of alerts for everybody, on any phone: what holds now, and one alert as a notice to be put up."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from shanhai.base.accounts.selectors import Request
from shanhai.operations.hazards.cap import services
from shanhai.operations.hazards.cap.rules.national import PARAMETER
from shanhai.operations.hazards.cap.selectors import alerts
from shanhai.operations.hazards.permissions import HazardPermission


@login_not_required
@require_safe
@never_cache
def in_force(request: Request) -> HttpResponse:
    """GET /alerts/: the alerts in force, and apart from them those of exercises."""
    context = {
        "alerts": alerts.list_in_force(at=request.at, exercise=False),
        "exercises": alerts.list_in_force(at=request.at, exercise=True),
        "at": request.at,
        "contact": settings.CAP_CONTACT,
        "within": request.viewer.may_somewhere(HazardPermission.VIEW),
    }
    return render(request, "hazards/alerts.html", context)


@login_not_required
@require_safe
@never_cache
def notice(request: Request, identifier: str) -> HttpResponse:
    """GET /alerts/<identifier>/: one alert, to be read and put up; who decides levels may let it hold longer."""
    shown = alerts.get_alert(at=request.at, identifier=identifier)
    scope = shown.alert.incident.site.scope
    may = request.viewer.may(HazardPermission.CONFIRM, **scope)
    context = {
        "shown": shown,
        "number": shown.info.parameter(PARAMETER),
        "within": request.viewer.may(HazardPermission.VIEW, **scope),
        "may_prolong": may and not (shown.later or shown.ended),
        "at": request.at,
    }
    return render(request, "hazards/alert.html", context)


@require_POST
def prolong(request: Request, identifier: str) -> HttpResponse:
    """POST /alerts/<identifier>/prolong: let it hold longer."""
    alert = services.prolong(by=request.viewer, at=request.at, identifier=identifier)
    messages.success(request, _("已经续发，下面是新的一条。"))
    return redirect("cap:alert", identifier=alert.identifier)
