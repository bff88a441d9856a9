# SPDX-License-Identifier: Apache-2.0
"""The page of covered codes, for anybody: no account, no script."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from shanhai.base.accounts.selectors import Request
from shanhai.base.forms import LANGUAGE, saved, status_of
from shanhai.registers.codes.covers.forms import RevealForm
from shanhai.registers.codes.covers.selectors import asked_from, places_to_choose
from shanhai.registers.codes.covers.services import reveal
from shanhai.registers.codes.covers.values import Answer
from shanhai.registers.places.selectors import find_divisions


# Whoever sends it has no session to abuse.
@csrf_exempt
@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def reveal_page(request: Request) -> HttpResponse:
    """GET /reveal/ asks for the covered code of a label (``?code=`` names it); POST says when it was first opened."""
    places = places_to_choose()
    form = RevealForm(request.POST or None, places=places, initial={"code": request.GET.get("code", "")})
    context: dict[str, object] = {"form": form}

    def opened(given: Mapping[str, Any]) -> Answer | None:
        # Shown in another language only: what is rolled back afterwards would be a trial that nobody counts.
        if LANGUAGE in request.POST:
            return None
        return reveal(**given, address=asked_from(request), by=request.viewer, at=request.at)

    if request.method == "POST" and (answer := saved(request, form, opened)):
        context |= {"answer": answer, "place": find_divisions([answer.first_place]).get(answer.first_place)}
    return render(request, "codes/reveal.html", context, status=status_of(form))
