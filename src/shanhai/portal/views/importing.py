# SPDX-License-Identifier: Apache-2.0
"""Taking in a file: hand it over, see what would happen, confirm. Nothing is stored as data before the confirmation."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shanhai.base.accounts.permissions import Permission
from shanhai.base.accounts.selectors import Request
from shanhai.base.jobs.selectors.jobs import JobView, get_job
from shanhai.base.jobs.services import jobs
from shanhai.base.jobs.states import JobState
from shanhai.kernel import ids
from shanhai.kernel.errors import BadInput, NotVisible
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import Crumb
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.portal import formats, imports
from shanhai.portal.formats import say
from shanhai.portal.forms import ImportForm
from shanhai.registers.documents.selectors import documents
from shanhai.registers.documents.selectors.spreadsheets import CONTENT_TYPE
from shanhai.registers.documents.services import storing
from shanhai.registers.documents.values import TABLES

if TYPE_CHECKING:
    from shanhai.registers.documents.models import Document

SUBJECT = "projects"
# More problems than a person reads on a page; all of them stand in the file of errors.
SHOWN = 200
CRUMBS = (Crumb(message(gettext_noop("今日")), "/"), Crumb(message(gettext_noop("导入"))))


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: Request) -> HttpResponse:
    """GET /import/ shows the form; POST stores the file and shows what taking it in would do, or starts a job."""
    choices = _programmes(request)
    form = ImportForm(request.POST or None, request.FILES or None, programmes=choices)
    if request.method != "POST" or not form.is_valid():
        return _form(request, form)
    file, options = form.cleaned_data["file"], _options(form.cleaned_data)
    try:
        document = storing.store_document(
            by=request.viewer,
            at=request.at,
            file=file,
            name=file.name,
            programme=options["programme"],
            allowed=TABLES,
        )
        with imports.named_file(viewer=request.viewer, document=document) as path:
            if imports.is_large(subject=SUBJECT, path=path):
                return _in_background(request, document, options, path.name, dry_run=True)
            report = _run(request, path, options, dry_run=True)
    except BadInput as error:
        form.add_error("file", gettext(error.message.text) % dict(error.message.params))
        return _form(request, form)
    fields = {**options, "document": str(document.uuid)}
    return render(request, "portal/import_preview.html", _preview(request, report, fields))


@require_safe
def checked(request: Request, job: str) -> HttpResponse:
    """GET /import/checked/<job>/: what a job found in a large file."""
    found = _checked(request, job)
    fields = {**found.arguments["options"], "document": found.arguments["document"], "job": str(found.uuid)}
    return render(request, "portal/import_preview.html", _preview(request, imports.unplain(found.outcome), fields))


@require_POST
def confirm(request: Request) -> HttpResponse:
    """POST /import/confirm: take in the file that was shown."""
    _programmes(request)
    document, options = _asked(request, request.POST)
    with imports.named_file(viewer=request.viewer, document=document) as path:
        if imports.is_large(subject=SUBJECT, path=path):
            return _in_background(request, document, options, path.name, dry_run=False)
        report = _run(request, path, options, dry_run=False)
    if not report.get("applied"):
        fields = {**options, "document": str(document.uuid)}
        return render(request, "portal/import_preview.html", _preview(request, report, fields), status=422)
    note = report.get("note")
    messages.success(request, say(note) if note else gettext("已导入 %(count)s 行。") % {"count": report.get("rows")})
    return redirect(report.get("url") or f"{reverse('home')}?programme={options.get('programme', '')}")


@require_safe
def errors(request: Request) -> FileResponse:
    """GET /import/errors.xlsx: the file that was shown, with what is wrong in each row beside it."""
    _programmes(request)
    document, options = _asked(request, request.GET)
    # The answer closes it, and with it it is gone.
    target = tempfile.TemporaryFile()  # noqa: SIM115
    with imports.named_file(viewer=request.viewer, document=document) as path:
        if request.GET.get("job"):
            report = imports.unplain(_checked(request, request.GET["job"]).outcome)
        else:
            report = _run(request, path, options, dry_run=True)
        imports.write_errors(target, path=path, report=report)
        name = gettext("%(name)s 待改.xlsx") % {"name": path.stem}
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename=name, content_type=CONTENT_TYPE)


def _run(request: Request, path: Path, options: dict[str, str], *, dry_run: bool) -> dict[str, Any]:
    return imports.run(subject=SUBJECT, path=path, options=options, by=request.viewer, at=request.at, dry_run=dry_run)


def _in_background(
    request: Request, document: Document, options: dict[str, str], name: str, *, dry_run: bool
) -> HttpResponse:
    arguments = {"subject": SUBJECT, "document": str(document.uuid), "options": options, "name": name}
    job = jobs.start(
        by=request.viewer, at=request.at, kind=imports.Import.key, arguments={**arguments, "dry_run": dry_run}
    )
    return redirect("jobs:detail", uuid=job)


def _asked(request: Request, given: QueryDict) -> tuple[Document, dict[str, str]]:
    document = documents.get_document(viewer=request.viewer, uuid=ids.parse_id(given.get("document", "")))
    return document, {key: str(given[key]) for key in ("programme", "cut_off") if given.get(key)}


def _checked(request: Request, job: str) -> JobView:
    """The job of the viewer's that looked at a file and has ended well. Raises NotVisible for any other."""
    found = get_job(viewer=request.viewer, uuid=ids.parse_id(job))
    if found.state != JobState.DONE or "problems" not in found.outcome:
        raise NotVisible(gettext_noop("没有找到您要的内容。请从菜单重新进入。"))
    return found


def _form(request: Request, form: ImportForm) -> HttpResponse:
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "portal/import.html", {"form": form, "crumbs": CRUMBS}, status=status)


def _preview(request: Request, report: dict[str, Any], fields: dict[str, Any]) -> dict[str, Any]:
    problems = report.get("problems", [])
    blocking = [problem for problem in problems if problem.get("blocking", True)]
    warnings = [problem for problem in problems if not problem.get("blocking", True)]
    in_rows = any(problem.get("row") for problem in problems)
    return {
        "crumbs": CRUMBS,
        "report": report,
        # A return names itself once it is stored: the same file was handed in before.
        "before": report.get("url", "") if report.get("return") else "",
        "fields": fields,
        "blocking": blocking[:SHOWN],
        "warnings": warnings[: max(SHOWN - len(blocking), 0)],
        "left_out": max(len(problems) - SHOWN, 0),
        "errors_url": f"{reverse('import-errors')}?{urlencode(fields)}" if in_rows else "",
    }


def _options(cleaned: dict[str, Any]) -> dict[str, str]:
    cut_off = cleaned.get("cut_off")
    return {"programme": cleaned["programme"]} | ({"cut_off": cut_off.isoformat()} if cut_off else {})


def _programmes(request: Request) -> list[tuple[str, str]]:
    wanted = (Permission.PROJECT_IMPORT, Permission.RETURN_SUBMIT)
    if not any(request.viewer.may_somewhere(permission) for permission in wanted):
        raise NotVisible(gettext_noop("没有找到您要的内容。请从菜单重新进入。"))
    return [(one.code, formats.named(one)) for one in programmes.list_programmes(viewer=request.viewer)]


@require_safe
def demo_table(request: Request) -> FileResponse:
    """GET /import/demo-table.xlsx: a published county table to try the import with; only in the demo."""
    if not settings.DEMO:
        raise NotVisible(gettext_noop("没有找到您要的内容。请从菜单重新进入。"))
    path = Path(settings.SHARE_DIR) / "demo" / "kezhou-2021.xlsx"
    return FileResponse(path.open("rb"), as_attachment=True, filename="kezhou-2021.xlsx")
