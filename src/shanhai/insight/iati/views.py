# SPDX-License-Identifier: Apache-2.0
"""A file checked, a programme as files, the files of others that were taken in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shanhai.base.accounts.selectors import Request, names_by_ref
from shanhai.base.forms import saved, status_of
from shanhai.insight.iati import labels, services
from shanhai.insight.iati.forms import FileForm, TakeInForm
from shanhai.insight.iati.models import ImportedFile
from shanhai.insight.iati.permissions import IatiPermission
from shanhai.insight.iati.selectors import importing
from shanhai.insight.iati.selectors.checking import check_file
from shanhai.insight.iati.selectors.exporting import export_activities, export_organisations
from shanhai.insight.iati.values import Verdict
from shanhai.kernel import ids
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb, Page
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.core.selectors.scopes import scope_from

HEADING = message(gettext_noop("国际援助数据"))
# What a page shows of the XML of one activity; the whole is in its file.
MOST_SHOWN = 100_000


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: Request) -> HttpResponse:
    """GET /iati/: programmes to take out, files taken in, a file to check; POST checks it and says what is wrong."""
    if request.method != "POST":
        return _index(request, FileForm())
    form = FileForm(request.POST, request.FILES)
    verdict = saved(request, form, lambda given: check_file(given["file"], at=request.at))
    return _index(request, form, verdict=verdict)


@require_POST
def take_in(request: Request) -> HttpResponse:
    """POST /iati/take-in: keep a file of others; one that is not valid is not kept, and all that is wrong is shown."""
    form = TakeInForm(request.POST, request.FILES, programmes=_published(request))

    def save(given: Mapping[str, Any]) -> ImportedFile:
        code, file = given["programme"], given["file"]
        return services.take_in(by=request.viewer, at=request.at, programme=code, file=file, name=file.name)

    kept = saved(request, form, save)
    if kept is None:
        return _index(request, FileForm(), form, getattr(getattr(form, "told", None), "verdict", None))
    new = kept.taken_at == request.at
    said = gettext("已收进“%(name)s”。") if new else gettext("“%(name)s”收过了，打开的是原来那一份。")
    messages.success(request, said % {"name": kept.name})
    return redirect("iati:imported", uuid=kept.uuid)


def _index(
    request: Request, form: FileForm, taking: TakeInForm | None = None, verdict: Verdict | None = None
) -> HttpResponse:
    scope = scope_from(viewer=request.viewer, asked=request.GET, at=request.at)
    published = _published(request)
    initial = {"programme": scope.programme} if scope else {}
    context = {
        "crumbs": (TODAY, Crumb(HEADING)),
        "form": form,
        "verdict": verdict,
        "checked": request.FILES.get("file"),
        "rows": [(one, *labels.SEVERITIES[one.severity]) for one in verdict.findings] if verdict else [],
        "tally": labels.tally(verdict) if verdict else [],
        "published": published,
        "taking": taking or TakeInForm(programmes=published, initial=initial),
        "page": Page.of(importing.list_files(viewer=request.viewer), request.GET.get("page", ""), size=20),
    }
    return render(request, "iati/index.html", context, status=status_of(form, taking))


def _published(request: Request) -> list[Any]:
    found = programmes.list_programmes(viewer=request.viewer)
    return [one for one in found if request.viewer.may(IatiPermission.PUBLISH, programme=one.code)]


@require_safe
def imported(request: Request, uuid: str) -> HttpResponse:
    """GET /iati/imported/<uuid>/: what stands in a file of others, fifty a page."""
    file = importing.get_file(viewer=request.viewer, uuid=ids.parse_id(uuid))
    context = {
        "crumbs": (TODAY, Crumb(HEADING, reverse("iati:index")), Crumb(file.name)),
        "file": file,
        "page": Page.of(importing.list_activities(file=file), request.GET.get("page", "")),
        "twice": importing.twice_in(file=file),
        "names": names_by_ref(viewer=request.viewer, refs={file.taken_by}),
    }
    return render(request, "iati/imported.html", context)


@require_safe
def imported_activity(request: Request, uuid: str, position: int) -> HttpResponse:
    """GET /iati/imported/<uuid>/<position>/: one activity of a file of others, with its XML."""
    file = importing.get_file(viewer=request.viewer, uuid=ids.parse_id(uuid))
    one = importing.get_activity(file=file, position=position)
    page = reverse("iati:imported", args=[file.uuid])
    context = {
        "crumbs": (TODAY, Crumb(HEADING, reverse("iati:index")), Crumb(file.name, page), Crumb(str(position))),
        "file": file,
        "one": one,
        "xml": one.xml[:MOST_SHOWN],
        "cut": len(one.xml) > MOST_SHOWN,
    }
    return render(request, "iati/imported_activity.html", context)


@require_safe
def imported_xml(request: Request, uuid: str, position: int | None = None) -> HttpResponse:
    """GET /iati/imported/<uuid>/file.xml: the file as it was taken in; …/<position>/file.xml: one activity of it."""
    file = importing.get_file(viewer=request.viewer, uuid=ids.parse_id(uuid))
    name = file.name
    if position is not None:
        importing.get_activity(file=file, position=position)
        name = f"{file.name.removesuffix('.xml')}-{position}.xml"
    return _sent(importing.file_again(file=file, position=position), name)


@require_safe
def activities(request: Request, code: str) -> HttpResponse:
    """GET /iati/<code>/activities.xml: the programme and its projects."""
    return _file(request, code, export_activities, "activities")


@require_safe
def organisations(request: Request, code: str) -> HttpResponse:
    """GET /iati/<code>/organisations.xml: who reports, with the plan of each year."""
    return _file(request, code, export_organisations, "organisations")


def _file(request: Request, code: str, export: Callable[..., bytes], name: str) -> HttpResponse:
    return _sent(export(viewer=request.viewer, programme=code, at=request.at), f"{code}-{name}.xml")


def _sent(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type="application/xml; charset=utf-8")
    # Never shown in the browser: what others wrote could be a page with a script.
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    return answer
