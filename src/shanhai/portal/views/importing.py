# SPDX-License-Identifier: Apache-2.0
"""Taking in a file: hand it over, see what would happen, confirm. Nothing is stored as data before the confirmation."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shanhai.base.accounts.permissions import Permission
from shanhai.base.accounts.selectors import Request
from shanhai.kernel import ids
from shanhai.kernel.errors import BadInput, NotVisible
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import Crumb
from shanhai.planning.programmes.selectors import programmes
from shanhai.portal import formats, imports
from shanhai.portal.forms import ImportForm
from shanhai.registers.documents.selectors import documents
from shanhai.registers.documents.services import storing
from shanhai.registers.documents.values import TABLES

if TYPE_CHECKING:
    from shanhai.registers.documents.models import Document

SUBJECT = "projects"
CRUMBS = (Crumb(message(gettext_noop("今日")), "/"), Crumb(message(gettext_noop("导入"))))


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: Request) -> HttpResponse:
    """GET /import/ shows the form; POST stores the file and shows what taking it in would do."""
    choices = _programmes(request)
    form = ImportForm(request.POST or None, request.FILES or None, programmes=choices)
    if request.method != "POST" or not form.is_valid():
        return _form(request, form)
    file, code = form.cleaned_data["file"], form.cleaned_data["programme"]
    try:
        document = storing.store_document(
            by=request.viewer, at=request.at, file=file, name=file.name, programme=code, allowed=TABLES
        )
        with _named(request, document) as path:
            report = imports.run(
                subject=SUBJECT,
                path=path,
                options=_options(form.cleaned_data),
                by=request.viewer,
                at=request.at,
                dry_run=True,
            )
    except BadInput as error:
        form.add_error("file", gettext(error.message.text) % dict(error.message.params))
        return _form(request, form)
    fields = {**_options(form.cleaned_data), "document": document.uuid}
    return render(request, "portal/import_preview.html", _preview(request, report, fields))


@require_POST
def confirm(request: Request) -> HttpResponse:
    """POST /import/confirm: take in the file that was shown."""
    _programmes(request)
    document = documents.get_document(viewer=request.viewer, uuid=ids.parse_id(request.POST.get("document", "")))
    options = {key: request.POST.get(key, "") for key in ("programme", "cut_off") if request.POST.get(key)}
    with _named(request, document) as path:
        report = imports.run(
            subject=SUBJECT, path=path, options=options, by=request.viewer, at=request.at, dry_run=False
        )
    if not report.get("applied"):
        return render(request, "portal/import_preview.html", _preview(request, report, {}), status=422)
    messages.success(request, gettext("已导入 %(count)s 行。") % {"count": report.get("rows")})
    return redirect(report.get("url") or f"{reverse('home')}?programme={options.get('programme', '')}")


def _form(request: Request, form: ImportForm) -> HttpResponse:
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "portal/import.html", {"form": form, "crumbs": CRUMBS}, status=status)


def _preview(request: Request, report: dict[str, Any], fields: dict[str, Any]) -> dict[str, Any]:
    problems = report.get("problems", [])
    return {
        "crumbs": CRUMBS,
        "report": report,
        # A return names itself once it is stored: the same file was handed in before.
        "before": report.get("url", "") if report.get("return") else "",
        "fields": fields,
        "blocking": [problem for problem in problems if problem.get("blocking", True)],
        "warnings": [problem for problem in problems if not problem.get("blocking", True)],
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


@contextmanager
def _named(request: Request, document: Document) -> Iterator[Path]:
    # Importers tell a table's kind by its name too; a stored file has none.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / documents.name_for(viewer=request.viewer, document=document)
        shutil.copyfile(documents.path_of(document.sha256), path)
        yield path
