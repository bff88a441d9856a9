# SPDX-License-Identifier: Apache-2.0
"""The living style page: tokens with their contrast, and every component in every state."""

from __future__ import annotations

from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import Crumb, Page
from tests.style import contrast, samples

TEXT_SIZES = ("text-figure", "text-page", "text-head", "text-base", "text-note", "text-small")
DISTANCES = ("s-1", "s-2", "s-3", "s-4", "s-5", "s-6", "s-7")


def style(request: HttpRequest) -> HttpResponse:
    """GET /style. For any signed-in user."""
    css = Path(finders.find("shanhai/tokens.css") or "").read_text("utf-8")
    bound = samples.SampleForm({"name": "", "amount": "一大笔", "kind": "turnkey", "novelty": "new"}, prefix="bound")
    context = {
        "crumbs": (Crumb(message(gettext_noop("今日")), "/"), Crumb(message(gettext_noop("样式")))),
        "pairs": contrast.pairs(css),
        "colours": contrast.colours(css),
        "text_sizes": TEXT_SIZES,
        "distances": DISTANCES,
        "s": samples,
        "figures": samples.FIGURES,
        "form": samples.SampleForm(prefix="empty"),
        "bound": bound,
        "page": Page(rows=range(20), count=1342, number=_number(request, "page", 68), size=20),
        "one_page": Page(rows=range(7), count=7),
        "no_page": Page(rows=(), count=0),
    }
    return render(request, "style/page.html", context)


def style_proof(request: HttpRequest) -> HttpResponse:
    """GET /style/proof: the sample of a proof, as a page or for the drawer."""
    proof = samples.proof(_number(request, "part_page", 52))
    template = "portal/_proof_in_drawer.html" if getattr(request, "htmx", False) else "portal/proof.html"
    return render(request, template, {"proof": proof})


def _number(request: HttpRequest, parameter: str, most: int) -> int:
    text = request.GET.get(parameter, "")
    return min(max(int(text), 1), most) if text.isascii() and text.isdigit() and len(text) < 6 else 1
