# SPDX-License-Identifier: Apache-2.0
"""The inbox: what waits for the viewer (待办), and what they have done (已办)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from shanhai.base.accounts.selectors import Request
from shanhai.base.audit.selectors import list_own_rows
from shanhai.base.formats import say
from shanhai.kernel.actors import Actor
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


@dataclass(frozen=True, slots=True)
class Waiting:
    """What of one kind waits for the viewer."""

    kind: str
    todos: tuple[Todo, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """One act of the viewer: when, what, their words, and the project it was about if it was about one."""

    seq: int
    at: datetime
    what: str
    because: str
    url: str


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
        context |= {"acts": acts[:SIZE], "older": acts[SIZE - 1].seq if len(acts) > SIZE else None}
    elif scope is not None:
        context["waiting"] = [one for one in waiting(request.viewer, scope.programme, request.at) if one.todos]
    return render(request, "portal/inbox.html", context)


@require_safe
def on_today(request: Request) -> HttpResponse:
    """GET /inbox/today: the first few, for the page of today, which does not wait for them."""
    scope = scope_from(viewer=request.viewer, asked=request.GET, at=request.at)
    todos: list[Todo] = []
    if scope is not None:
        todos = [todo for one in waiting(request.viewer, scope.programme, request.at) for todo in one.todos]
    context = {"todos": todos[:MOST_ON_TODAY], "todo_count": len(todos), "scope": scope}
    return render(request, "portal/_todos.html", context)


def waiting(viewer: Actor, programme: str, at: datetime) -> list[Waiting]:
    """What waits for the viewer, by kind, in the order of the kinds; each kind has its most urgent first."""
    return [
        Waiting(
            say(registries.area_of(source.key).label),
            source.find(viewer=viewer, programme=programme, at=at),
        )
        for source in registries.todos
    ]


def _done(request: Request) -> list[Done]:
    before = request.GET.get("before", "")
    number = int(before) if before.isascii() and before.isdigit() and len(before) < 18 else None
    rows = list_own_rows(viewer=request.viewer, before_seq=number, limit=SIZE + 1, without=NO_DECISIONS)
    return [
        Done(
            row.seq,
            row.at,
            gettext(registries.words_for(row.action)) or row.action,
            row.because,
            f"/projects/{row.subject_id}/" if row.subject_type == "projects.project" else "",
        )
        for row in rows
    ]
