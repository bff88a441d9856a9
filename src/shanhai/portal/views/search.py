# SPDX-License-Identifier: Apache-2.0
"""One box that finds projects, programmes, units and files, by words or by pinyin initials."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from shanhai.base.accounts.selectors import Request
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb
from shanhai.kernel.registry import registries

LIMIT = 20
LONGEST = 100


@require_safe
def search(request: Request) -> HttpResponse:
    """GET /search/?q=…: what every source finds, up to twenty each."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST]
    hits = (
        [hit for source in registries.search for hit in source.find(viewer=request.viewer, text=text, limit=LIMIT)]
        if text
        else []
    )
    crumbs = (TODAY, Crumb(message(gettext_noop("搜索"))))
    return render(request, "portal/search.html", {"crumbs": crumbs, "text": text, "hits": hits})
