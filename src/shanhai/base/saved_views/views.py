# SPDX-License-Identifier: Apache-2.0
"""Keeping views: each answer leads back to the page the view is of."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from shanhai.base.accounts.selectors import Request
from shanhai.base.saved_views.services import choose_default, forget_view, save_view
from shanhai.kernel import ids
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop


@require_POST
def save(request: Request) -> HttpResponse:
    """POST /views/: keep what a page is asked under a name."""
    address = _address(request.POST.get("page", ""))
    view = save_view(
        by=request.viewer,
        at=request.at,
        page=request.POST.get("page", ""),
        name=request.POST.get("name", ""),
        query=request.POST.get("query", ""),
        default=bool(request.POST.get("default")),
    )
    messages.success(request, gettext("已保存视图“%(name)s”。") % {"name": view.name})
    return _back(request, address, view.query)


@require_POST
def default(request: Request, uuid: str) -> HttpResponse:
    """POST /views/<uuid>/default: open the page with it, or with ``off`` no longer."""
    wanted = not request.POST.get("off")
    view = choose_default(by=request.viewer, at=request.at, view=ids.parse_id(uuid), default=wanted)
    said = gettext("以后打开这个页面，先看“%(name)s”。") if wanted else gettext("“%(name)s”不再是默认视图。")
    messages.success(request, said % {"name": view.name})
    return _back(request, _address(view.page), view.query)


@require_POST
def forget(request: Request, uuid: str) -> HttpResponse:
    """POST /views/<uuid>/forget."""
    page = forget_view(by=request.viewer, at=request.at, view=ids.parse_id(uuid))
    messages.success(request, gettext("已删除视图。"))
    return _back(request, _address(page), "")


def _address(page: str) -> str:
    try:
        return reverse(page)
    except NoReverseMatch:
        raise BadInput(gettext_noop("这个页面不能保存视图。"), "saved_views.page_unknown") from None


def _back(request: Request, address: str, query: str) -> HttpResponse:
    programme = request.POST.get("programme", "")
    # An address that asks for a view by name opens no default instead.
    parts = [query, urlencode({"programme": programme} if programme else {}), "" if query else "view=all"]
    return redirect(f"{address}?{'&'.join(part for part in parts if part)}")
