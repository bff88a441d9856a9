# SPDX-License-Identifier: Apache-2.0
"""The nine warned topics on one page, each with its limit and what it finds; setting a limit."""

from __future__ import annotations

from functools import partial

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from shanhai.base.accounts.selectors import Request
from shanhai.base.forms import Act, answered, status_of
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.planning.programmes.core.selectors.scopes import address_in, scope_of
from shanhai.team.conduct import labels
from shanhai.team.conduct.access import PAGES, ways
from shanhai.team.conduct.selectors import limits_of
from shanhai.team.conduct.services import set_limit
from shanhai.team.conduct.topics import forms, selectors

TOPICS = message(gettext_noop("九个警示"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def home(request: Request) -> HttpResponse:
    """GET and POST /topics/: what each topic finds today, and the limits."""
    scope = scope_of(request, PAGES["topics:home"][1])
    code = scope.programme
    act = Act(forms.LimitForm, partial(set_limit, programme=code), gettext_noop("已定。"))
    to = address_in(code, "topics:home")
    sent = "limit" if request.method == "POST" else ""
    drawn, went = answered(request, {"limit": act}, sent, lambda _made: redirect(to))
    if went:
        return went
    limits = limits_of(programme=code, on=scope.as_of)
    context = {
        "crumbs": (TODAY, Crumb(TOPICS)),
        "title": TOPICS,
        "ways": ways(request, code, "topics:home"),
        "programme": get_programme(viewer=request.viewer, code=code),
        "found": selectors.list_topics(viewer=request.viewer, programme=code, at=request.at),
        "limits": [(words, limits[key]) for key, words in labels.LIMITS.items()],
        "form": drawn["limit"],
    }
    return render(request, "conduct/topics.html", context, status=status_of(drawn["limit"]))
