# SPDX-License-Identifier: Apache-2.0
"""Answering a call, by link or signed in; for who is on duty, answers of others and messages that did not go."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shanhai.base.accounts.selectors import Request
from shanhai.kernel import ids
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import Crumb
from shanhai.operations.hazards.calls.selectors import calls
from shanhai.operations.hazards.calls.services import answering, sending
from shanhai.operations.hazards.models import Call, Dispatch
from shanhai.operations.hazards.sites.views.parts import over_desk


@csrf_exempt
@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer_by_link(request: Request, token: str) -> HttpResponse:
    """GET shows what it is about and one button; POST, which that button sends, answers.

    So a program that looks at the links of a letter answers for nobody. The token says who: such a request carries no
    session and no CSRF token, and the page needs no script.
    """
    found = calls.call_of_link(token=token)
    if request.method == "POST":
        found = answering.answer_by_link(by=request.viewer, at=request.at, token=token)
    return render(request, "hazards/answer.html", _about(request, found))


@require_http_methods(["GET", "HEAD", "POST"])
def call_page(request: Request, uuid: str) -> HttpResponse:
    """GET /hazards/calls/<uuid>/: one's own call, with the same button."""
    found = calls.get_own(viewer=request.viewer, uuid=ids.parse_id(uuid))
    if request.method == "POST":
        found = answering.answer(by=request.viewer, at=request.at, call=found.uuid)
    return render(request, "hazards/answer.html", {**_about(request, found), "own": True})


@require_POST
def answer_for(request: Request, uuid: str) -> HttpResponse:
    """POST /hazards/calls/<uuid>/answer: note as duty officer what somebody answered otherwise."""
    because = request.POST.get("because", "")
    found = answering.answer(by=request.viewer, at=request.at, call=ids.parse_id(uuid), because=because)
    messages.success(request, gettext("已替本人记下回应。"))
    return _to_incident(found)


@require_safe
def not_sent(request: Request) -> HttpResponse:
    """GET /hazards/not-sent/: messages of open incidents that nobody got, and why."""
    crumbs = over_desk(Crumb(message(gettext_noop("没有发出去的消息"))))
    context = {"crumbs": crumbs, "rows": calls.not_sent(viewer=request.viewer)}
    return render(request, "hazards/not_sent.html", context)


@require_POST
def send_again(request: Request, uuid: str) -> HttpResponse:
    """POST /hazards/dispatches/<uuid>/again: send a message that was given up or skipped."""
    sent = sending.try_again(by=request.viewer, at=request.at, dispatch=ids.parse_id(uuid))
    messages.success(request, gettext("正在重发。"))
    return _to_incident(sent)


def _to_incident(of: Call | Dispatch) -> HttpResponse:
    return redirect(f"/hazards/incidents/{of.incident.uuid}/")


def _about(request: Request, call: Call) -> dict[str, object]:
    return {
        "call": call,
        "site": call.incident.site,
        "what": calls.subject_of(call),
        "state": calls.standing_of(call, at=request.at),
    }
