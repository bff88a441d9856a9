# SPDX-License-Identifier: Apache-2.0
"""The inbox: what waits for the viewer (待办), and what they have done (已办)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from shanhai.base.accounts.selectors import Request
from shanhai.base.audit.selectors import list_own_rows
from shanhai.base.formats import say
from shanhai.kernel.figures import FigureScope
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb
from shanhai.kernel.registry import Todo, registries
from shanhai.planning.programmes.core.selectors.scopes import scope_from

SIZE = 30
MOST_ON_TODAY = 5
# One's own ways of signing in, letters and views, and storing a file decide nothing.
NO_DECISIONS = (
    "accounts.session.", "accounts.sign_in.", "accounts.second_factor.", "accounts.outside_identity.",
    "accounts.digest.", "saved_views.", "documents.document.",
)  # fmt: skip


@require_safe
def inbox(request: Request) -> HttpResponse:
    """GET /inbox/: what waits in the chosen programme, by kind; with ``tab=done`` what the viewer did, newest first."""
    done = request.GET.get("tab") == "done"
    scope = scope_from(viewer=request.viewer, asked=request.GET, at=request.at)
    context: dict[str, object] = {
        "crumbs": (TODAY, Crumb(message(gettext_noop("待办")))),
        "done": done,
        "scope": scope,
    }
    if done:
        acts = _done(request)
        context |= {"acts": acts[:SIZE], "older": acts[SIZE - 1]["seq"] if len(acts) > SIZE else None}
    elif scope is not None:
        context["waiting"] = _waiting(request, scope)
    return render(request, "portal/inbox.html", context)


@require_safe
def on_today(request: Request) -> HttpResponse:
    """GET /inbox/today: the first few, for the page of today, which does not wait for them."""
    scope = scope_from(viewer=request.viewer, asked=request.GET, at=request.at)
    todos = [todo for _kind, found in _waiting(request, scope) for todo in found] if scope else []
    context = {"todos": todos[:MOST_ON_TODAY], "todo_count": len(todos), "scope": scope}
    return render(request, "portal/_todos.html", context)


def _waiting(request: Request, scope: FigureScope) -> list[tuple[str, tuple[Todo, ...]]]:
    """What waits for the viewer, by kind, in the order of the kinds; each kind has its most urgent first."""
    found = [
        (source.key, source.find(viewer=request.viewer, programme=scope.programme, at=request.at))
        for source in registries.todos
    ]
    return [(say(registries.area_of(key).label), todos) for key, todos in found if todos]


def _done(request: Request) -> list[dict[str, Any]]:
    before = request.GET.get("before", "")
    number = int(before) if before.isascii() and before.isdigit() and len(before) < 18 else None
    rows = list_own_rows(viewer=request.viewer, before_seq=number, limit=SIZE + 1, without=NO_DECISIONS)
    return [
        {
            "seq": row.seq,
            "at": row.at,
            "what": gettext(registries.words_for(row.action)) or row.action,
            "because": row.because,
            "url": f"/projects/{row.subject_id}/" if row.subject_type == "projects.project" else "",
        }
        for row in rows
    ]
