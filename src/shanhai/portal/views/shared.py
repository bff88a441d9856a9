# SPDX-License-Identifier: Apache-2.0
"""今日 and 资金: pages laid out from the panels that apps register."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import structlog
from django.core.signals import got_request_exception
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from shanhai.base.accounts.permissions import Permission
from shanhai.base.accounts.selectors import Request
from shanhai.kernel.errors import DomainError
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb
from shanhai.kernel.registry import Asked, Panel, SharedPage, registries
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.core.selectors.scopes import scope_from

log = structlog.get_logger("shanhai.panels")


@dataclass(frozen=True, slots=True)
class Laid:
    """A panel as it is laid out: its columns of twelve and its markup; "" for one that failed."""

    columns: int
    html: str


@require_safe
def today(request: Request) -> HttpResponse:
    """GET /: the first page after signing in: what needs me, how we stand, where the money is, which county."""
    return _page(request, "today", {"only_users": request.viewer.may_somewhere(Permission.USER_MANAGE)})


@require_safe
def funds(request: Request) -> HttpResponse:
    """GET /funds/: where the money stands, its rates and shares, the counties, and the latest vouchers."""
    return _page(request, "funds", {"crumbs": (TODAY, Crumb(message(gettext_noop("资金"))))})


def _page(request: Request, page: SharedPage, context: dict[str, Any]) -> HttpResponse:
    scope = scope_from(viewer=request.viewer, asked=request.GET, at=request.at)
    if scope is None:
        return render(request, f"portal/{page}.html", context)
    context |= {
        "programme": programmes.get_programme(viewer=request.viewer, code=scope.programme),
        "scope": scope,
        "where": page,
    }
    asked = Asked(page, request.viewer, scope, request.GET)
    laid = [_laid(panel, asked, request, context) for panel in registries.panels if panel.page == page]
    panels = [one for one in laid if one]
    failed = any(not one.html for one in panels)
    return render(request, f"portal/{page}.html", {**context, "panels": panels}, status=500 if failed else 200)


def _laid(panel: Panel, asked: Asked, request: Request, context: dict[str, Any]) -> Laid | None:
    """The panel filled in; None where it has nothing. What goes wrong in one app must not take the page from all."""
    try:
        filled = panel.fill(asked)
        if filled is None:
            return None
        return Laid(filled.columns, render_to_string(filled.template, {**context, **filled.context}, request))
    except DomainError:
        # A refusal is about what was asked, and so about the whole page.
        raise
    except Exception:
        got_request_exception.send(sender=None, request=request)
        log.exception("a panel could not be filled", panel=panel.key)
        return Laid(12, "")
