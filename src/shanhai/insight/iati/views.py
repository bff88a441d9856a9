# SPDX-License-Identifier: Apache-2.0
"""A file checked, and a programme as files."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from shanhai.base.accounts.selectors import Request
from shanhai.insight.iati import labels
from shanhai.insight.iati.forms import FileForm
from shanhai.insight.iati.permissions import IatiPermission
from shanhai.insight.iati.selectors.checking import check_file
from shanhai.insight.iati.selectors.exporting import export_activities, export_organisations
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb
from shanhai.planning.programmes.core.selectors import programmes

HEADING = gettext_noop("国际援助数据")


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: Request) -> HttpResponse:
    """GET /iati/: programmes to take out, and a file to check; POST checks it and shows what is wrong."""
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    verdict = check_file(form.cleaned_data["file"], at=request.at) if form.is_bound and form.is_valid() else None
    rows = [] if verdict is None else [(one, *labels.SEVERITIES[one.severity]) for one in verdict.findings]
    context = {
        "crumbs": (TODAY, Crumb(message(HEADING))),
        "form": form,
        "verdict": verdict,
        "rows": rows,
        "published": [
            one
            for one in programmes.list_programmes(viewer=request.viewer)
            if request.viewer.may(IatiPermission.PUBLISH, programme=one.code)
        ],
    }
    return render(request, "iati/index.html", context, status=422 if form.errors else 200)


@require_safe
def activities(request: Request, code: str) -> HttpResponse:
    """GET /iati/<code>/activities.xml: the programme and its projects."""
    return _file(request, code, export_activities, "activities")


@require_safe
def organisations(request: Request, code: str) -> HttpResponse:
    """GET /iati/<code>/organisations.xml: who reports, with the plan of each year."""
    return _file(request, code, export_organisations, "organisations")


def _file(request: Request, code: str, export: Callable[..., bytes], name: str) -> HttpResponse:
    answer = HttpResponse(
        export(viewer=request.viewer, programme=code, at=request.at), content_type="application/xml; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="{code}-{name}.xml"'
    return answer
