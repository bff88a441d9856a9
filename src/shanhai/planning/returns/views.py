# SPDX-License-Identifier: Apache-2.0
"""What counties reported, with the doubts where they belong."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from shanhai.base.accounts import selectors as accounts
from shanhai.base.accounts.selectors import Request
from shanhai.kernel import ids
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.core.selectors.scopes import scope_from
from shanhai.planning.returns.permissions import ReturnPermission
from shanhai.planning.returns.selectors import list_returns, return_page
from shanhai.planning.returns.services import explain_finding, withdraw_return

RETURNS = gettext_noop("报表")


@require_safe
def return_list(request: Request) -> HttpResponse:
    """GET /returns/: the returns of a programme, the newest first."""
    scope = scope_from(viewer=request.viewer, asked=request.GET, at=request.at)
    context: dict[str, Any] = {"crumbs": (TODAY, Crumb(message(RETURNS)))}
    if scope is not None:
        context |= {
            "programme": programmes.get_programme(viewer=request.viewer, code=scope.programme),
            "returns": list_returns(viewer=request.viewer, programme=scope.programme),
            "may_submit": request.viewer.may_somewhere(ReturnPermission.SUBMIT),
        }
    return render(request, "returns/list.html", context)


@require_safe
def page(request: Request, uuid: str) -> HttpResponse:
    """GET /returns/<uuid>/: the table as printed, the rows added up, and each doubt with what speaks for it."""
    shown = return_page(viewer=request.viewer, uuid=ids.parse_id(uuid))
    report = shown.report
    names = accounts.names_by_ref(viewer=request.viewer, refs={report.submitted_by})
    listed = Crumb(message(RETURNS), reverse("returns:list"))
    context = {
        "crumbs": (TODAY, listed, Crumb(report.title)),
        "page": shown,
        "report": report,
        "programme": report.programme,
        "submitted_by": names.get(report.submitted_by, report.submitted_by),
    }
    return render(request, "returns/detail.html", context)


@require_POST
def explain(request: Request, uuid: str) -> HttpResponse:
    """POST /returns/findings/<uuid>/explain: why a doubted number stands, or that a new return follows."""
    found = explain_finding(
        by=request.viewer, at=request.at, uuid=ids.parse_id(uuid), because=request.POST.get("because", "")
    )
    messages.success(request, gettext("已记下说明。疑点和说明会一直留在这里。"))
    return redirect("returns:detail", uuid=found.row.report.uuid)


@require_POST
def withdraw(request: Request, uuid: str) -> HttpResponse:
    """POST /returns/<uuid>/withdraw: take a return back; it stays readable, its entries are reversed."""
    withdraw_return(by=request.viewer, at=request.at, uuid=ids.parse_id(uuid), because=request.POST.get("because", ""))
    messages.success(request, gettext("报表已撤回，它记的账已冲正。"))
    return redirect("returns:detail", uuid=uuid)
