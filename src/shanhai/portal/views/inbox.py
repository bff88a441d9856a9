# SPDX-License-Identifier: Apache-2.0
"""待办: what waits for the viewer in all programmes, how much that is, what they have done, and what comes next."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from shanhai.base import formats
from shanhai.base.accounts.selectors import Request
from shanhai.base.audit.selectors import list_own_rows
from shanhai.kernel.actors import NOBODY
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb
from shanhai.kernel.registry import MOST_TODOS, Todo, registries
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.portal.selectors import list_todos, next_todo

ACTS = 30
MOST_ON_TODAY = 5
# One's own ways of signing in, letters and views, and storing a file decide nothing.
NO_DECISIONS = (
    "accounts.session.", "accounts.sign_in.", "accounts.second_factor.", "accounts.outside_identity.",
    "accounts.digest.", "saved_views.", "documents.document.",
)  # fmt: skip
# How long a browser may show the number of the menu again; after an act it asks anew (shell/_nav.html).
COUNTED_FOR = 60
OPENED = "todo"
_NUMBER = re.compile(r"[?&]todo=(\d{1,4})$", re.ASCII)


@require_safe
def inbox(request: Request) -> HttpResponse:
    """GET /inbox/: what waits in all programmes, by kind; with ``tab=done`` what the viewer did, newest first."""
    done = request.GET.get("tab") == "done"
    context: dict[str, object] = {"crumbs": (TODAY, Crumb(message(gettext_noop("待办")))), "done": done}
    if done:
        acts = _done(request)
        context |= {"acts": acts[:ACTS], "older": acts[ACTS - 1]["seq"] if len(acts) > ACTS else None}
    else:
        waiting = _waiting(request)
        context |= {"waiting": waiting, "most": MOST_TODOS} | _counted([lines for _kind, lines in waiting])
    return render(request, "portal/inbox.html", context)


@require_safe
def on_today(request: Request) -> HttpResponse:
    """GET /inbox/today: the first few, for the page of today, which does not wait for them."""
    kinds = [lines for _kind, lines in _waiting(request)]
    context = {"todos": [line for lines in kinds for line in lines][:MOST_ON_TODAY]} | _counted(kinds)
    return render(request, "portal/_todos.html", context)


@require_safe
def count(request: Request) -> HttpResponse:
    """GET /inbox/count: how much waits, for the menu, which does not wait for it."""
    found = list_todos(viewer=request.viewer, at=request.at)
    answer = render(request, "portal/_todo_count.html", _counted([todos for _key, todos in found]))
    patch_cache_control(answer, private=True, max_age=COUNTED_FOR)
    return answer


def _waiting(request: Request) -> list[tuple[str, list[tuple[Todo, str, str]]]]:
    """By kind: each with the address that opens it and the programme's name, "" where the viewer knows only one."""
    seen = programmes.list_programmes(viewer=request.viewer)
    names = {one.code: formats.named(one) for one in seen} if len(seen) > 1 else {}
    found, number = [], 0
    for key, todos in list_todos(viewer=request.viewer, at=request.at):
        lines = [(todo, _opening(todo, at), names.get(todo.programme, "")) for at, todo in enumerate(todos, number)]
        found.append((formats.say(registries.area_of(key).label), lines))
        number += len(todos)
    return found


def _counted(kinds: Sequence[Sequence[object]]) -> dict[str, Any]:
    """How many there are, and whether there may be more: no kind is looked through beyond MOST_TODOS."""
    return {"todo_count": sum(map(len, kinds)), "todo_more": any(len(kind) >= MOST_TODOS for kind in kinds)}


def _opening(todo: Todo, number: int) -> str:
    return f"{todo.url}{'&' if '?' in todo.url else '?'}{OPENED}={number}"


class NextMiddleware:
    """Whoever opened something from the inbox and has done with it is led to what comes next.

    Their acts go on leading where they always lead as long as what they opened still waits for them.
    """

    def __init__(self, get_response: Callable[[Request], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        answer = self.get_response(request)
        viewer = getattr(request, "viewer", NOBODY)
        if viewer == NOBODY:
            return answer
        if request.method == "GET":
            if answer.status_code == 200 and (found := _NUMBER.search(request.get_full_path())):
                request.session[OPENED] = [_NUMBER.sub("", request.get_full_path()), int(found[1])]
            return answer
        opened = request.session.get(OPENED) if answer.status_code == 302 else None
        return _led_on(request, answer, *opened) if opened else answer


def _led_on(request: Request, answer: HttpResponse, opened: str, number: int) -> HttpResponse:
    path = opened.partition("?")[0]
    if not request.path.startswith(path) and not answer.headers["Location"].startswith(path):
        return answer
    following = next_todo(viewer=request.viewer, at=request.at, opened=opened, number=number)
    if following is None:
        del request.session[OPENED]
        messages.info(request, gettext("都办完了，没有等您处理的事了。"))
        return redirect(reverse("inbox"))
    todo, its_number = following
    if todo.url == opened:
        return answer
    messages.info(request, gettext("办完，下一件：%(label)s") % {"label": formats.say(todo.label)})
    return redirect(_opening(todo, its_number))


def _done(request: Request) -> list[dict[str, Any]]:
    before = request.GET.get("before", "")
    number = int(before) if before.isascii() and before.isdigit() and len(before) < 18 else None
    rows = list_own_rows(viewer=request.viewer, before_seq=number, limit=ACTS + 1, without=NO_DECISIONS)
    return [
        {
            "seq": row.seq,
            "at": row.at,
            "what": formats.label(registries.words_for(row.action)) or row.action,
            "because": row.because,
            "url": f"/projects/{row.subject_id}/" if row.subject_type == "projects.project" else "",
        }
        for row in rows
    ]
