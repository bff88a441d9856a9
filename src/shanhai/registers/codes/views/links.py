# SPDX-License-Identifier: Apache-2.0
"""Links of codes, set by hand; signals that wait to be looked into."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shanhai.base.accounts.selectors import Request
from shanhai.base.forms import saved, status_of
from shanhai.kernel import ids
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb
from shanhai.registers.codes import labels
from shanhai.registers.codes.covers.selectors import open_signals
from shanhai.registers.codes.covers.services import close_signal
from shanhai.registers.codes.forms import LinkForm
from shanhai.registers.codes.models import Link, Signal
from shanhai.registers.codes.permissions import CodePermission
from shanhai.registers.codes.resolver import services
from shanhai.registers.codes.resolver.selectors import list_links
from shanhai.registers.codes.states import Audience, SignalKind
from shanhai.registers.codes.views.batches import CODES, require_some
from shanhai.registers.places.selectors import find_divisions

_MOST = 100


@require_http_methods(["GET", "HEAD", "POST"])
def link_list(request: Request) -> HttpResponse:
    """GET /codes/links/: where codes lead; POST sets another link."""
    require_some(request)
    may_set = request.viewer.may_somewhere(CodePermission.ISSUE)
    sent = request.POST if request.method == "POST" else None
    form = LinkForm(sent, viewer=request.viewer)

    def save(given: Mapping[str, Any]) -> Link:
        facts = {"language" if name == "hreflang" else name: value for name, value in given.items()}
        return services.set_link(**facts, by=request.viewer, at=request.at)

    if sent is not None and saved(request, form, save):
        messages.success(request, gettext("已设置，下一次扫码就生效。"))
        return redirect("codes:links")
    context = {
        "crumbs": (TODAY, Crumb(CODES, reverse("codes:list")), Crumb(message(gettext_noop("链接")))),
        "rows": [
            (one, labels.LINK_TYPES.get(one.type, one.type), _for_whom(one.audience))
            for one in list_links(viewer=request.viewer, programme=request.GET.get("programme", ""))
        ],
        "form": form if may_set else None,
        "may_set": may_set,
    }
    return render(request, "codes/links.html", context, status=status_of(form))


@require_POST
def end_link(request: Request, uuid: str) -> HttpResponse:
    """POST /codes/links/<uuid>/end: take a link away."""
    services.end_link(link=ids.parse_id(uuid), by=request.viewer, at=request.at)
    messages.success(request, gettext("已撤下。"))
    return redirect("codes:links")


@require_safe
def signal_list(request: Request) -> HttpResponse:
    """GET /codes/signals/: what looks wrong, the oldest first."""
    require_some(request)
    programme = request.GET.get("programme") or None
    found = list(open_signals(viewer=request.viewer, programme=programme)[:_MOST])
    places = find_divisions(code for one in found for key, code in one.facts.items() if key.endswith("place"))
    context = {
        "crumbs": (TODAY, Crumb(CODES, reverse("codes:list")), Crumb(message(gettext_noop("异常")))),
        "rows": [
            (
                one,
                labels.SIGNALS[SignalKind(one.kind)],
                _where(one, "place", places),
                _where(one, "other_place", places),
            )
            for one in found
        ],
    }
    return render(request, "codes/signals.html", context)


@require_POST
def end_signal(request: Request, uuid: str) -> HttpResponse:
    """POST /codes/signals/<uuid>/close: what was found."""
    because = request.POST.get("because", "")
    close_signal(signal=ids.parse_id(uuid), because=because, by=request.viewer, at=request.at)
    messages.success(request, gettext("已了结。"))
    return redirect("codes:signals")


def _for_whom(audience: str) -> str:
    return labels.AUDIENCES[Audience(audience)] if audience else gettext_noop("所有人")


def _where(signal: Signal, key: str, places: object) -> object:
    return places.get(signal.facts.get(key, "")) if isinstance(places, dict) else None
