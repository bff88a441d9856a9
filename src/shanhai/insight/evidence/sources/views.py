# SPDX-License-Identifier: Apache-2.0
"""The publications of a programme, and taking one in."""

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
from shanhai.insight.evidence.labels import LEVELS
from shanhai.insight.evidence.permissions import EvidencePermission
from shanhai.insight.evidence.sources import services
from shanhai.insight.evidence.sources.forms import FilterForm, TakeInForm
from shanhai.insight.evidence.sources.selectors import get_source, list_sources
from shanhai.insight.evidence.values import Level
from shanhai.kernel import ids
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb, Page
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.core.selectors.scopes import scope_from

EVIDENCE = message(gettext_noop("证据"))
TAKE_IN = message(gettext_noop("收材料"))


@require_safe
def source_list(request: Request) -> HttpResponse:
    """GET /evidence/: the publications, newest first, fifty a page, and how many of their numbers wait."""
    scope = scope_from(viewer=request.viewer, asked=request.GET, at=request.at)
    context: dict[str, Any] = {"crumbs": (TODAY, Crumb(EVIDENCE)), "title": EVIDENCE}
    if scope is not None:
        form = FilterForm(request.GET)
        filters = form.filters()
        rows = list_sources(viewer=request.viewer, programme=scope.programme, **filters)
        page = Page.of(rows, request.GET.get("page", ""))
        context |= {
            "programme": programmes.get_programme(viewer=request.viewer, code=scope.programme),
            "form": form,
            "rows": [(one, LEVELS[Level(one.level)]) for one in page.rows],
            "page": page,
            "filtered": bool(filters),
            "may_manage": request.viewer.may(EvidencePermission.MANAGE, programme=scope.programme),
        }
    return render(request, "evidence/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def take_in(request: Request) -> HttpResponse:
    """GET and POST /evidence/take-in/: a publication, pasted or in a file; ``replaces`` names the one it corrects."""
    scope = scope_from(viewer=request.viewer, asked=request.GET, at=request.at)
    if scope is None:
        raise NotVisible(gettext_noop("没有找到您要的内容。请从菜单重新进入。"))
    code, asked = scope.programme, request.GET.get("replaces", "")
    request.viewer.require(EvidencePermission.MANAGE, programme=code)
    before = get_source(viewer=request.viewer, uuid=ids.parse_id(asked)) if asked else None
    form = TakeInForm(request.POST or None, request.FILES or None) if request.method == "POST" else TakeInForm()

    def save(given: Mapping[str, Any]) -> object:
        file, name = form.content()
        facts = {field: given[field] for field in ("title", "outlet", "published_on", "url")}
        return services.take_in_source(
            by=request.viewer, at=request.at, programme=code, file=file, name=name, level=Level(given["level"]),
            replaces=before.uuid if before else None, **facts,
        )  # fmt: skip

    taken = saved(request, form, save) if request.method == "POST" else None
    if taken is not None:
        new = taken.recorded_at == request.at
        said = (
            gettext("已收下“%(title)s”。请逐个核里面的数。")
            if new
            else gettext("“%(title)s”收过了，打开的是原来那一份。")
        )
        messages.success(request, said % {"title": taken.title})
        return redirect("evidence:source", uuid=taken.uuid)
    context = {
        "crumbs": (TODAY, Crumb(EVIDENCE, reverse("evidence:list")), Crumb(TAKE_IN)),
        "programme": programmes.get_programme(viewer=request.viewer, code=code),
        "before": before,
        "form": form,
    }
    return render(request, "evidence/take_in.html", context, status=status_of(form))


@require_POST
def read_again(request: Request, uuid: str) -> HttpResponse:
    """POST /evidence/sources/<uuid>/read-again: find the numbers anew; what was decided stays."""
    services.read_again(by=request.viewer, at=request.at, source=ids.parse_id(uuid))
    messages.success(request, gettext("已重新读过，已经核过的数没有动。"))
    return redirect("evidence:source", uuid=uuid)
