# SPDX-License-Identifier: Apache-2.0
"""Taking in a file: hand it over, see what would happen, confirm. Nothing is stored as data before the confirmation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
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

from shanhai.base import formats
from shanhai.base.accounts.selectors import Request
from shanhai.base.database.services import not_giving_way
from shanhai.base.formats import say
from shanhai.base.forms import saved
from shanhai.base.jobs import services as jobs
from shanhai.base.jobs.selectors import get_job
from shanhai.base.jobs.states import JobState
from shanhai.kernel import ids
from shanhai.kernel.errors import Faults, NotVisible
from shanhai.kernel.imports import ImportReport, TableFile
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb
from shanhai.kernel.registry import Importer, registries
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.core.selectors.scopes import scope_from
from shanhai.portal import imports
from shanhai.portal.forms import OPTIONS, ImportForm
from shanhai.registers.documents import selectors as documents
from shanhai.registers.documents import services as storing
from shanhai.registers.documents.permissions import DocumentPermission
from shanhai.registers.documents.values import TABLES
from shanhai.registers.tables.selectors.registers import kinds_for
from shanhai.registers.tables.selectors.writing import CONTENT_TYPE, downloaded

if TYPE_CHECKING:
    from shanhai.base.jobs.models import Job
    from shanhai.registers.documents.models import Document

# More problems than a person reads on a page; all of them stand in the file of errors.
SHOWN = 200
ANSWER = "answer_"
NOT_FOUND = gettext_noop("没有找到您要的内容。请从菜单重新进入。")
CRUMBS = (TODAY, Crumb(message(gettext_noop("导入"))))


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: Request) -> HttpResponse:
    """GET /import/ shows the form; POST stores the file and shows what taking it in would do, or starts a job."""
    form = _form_of(request)

    def check(given: Mapping[str, Any]) -> HttpResponse | None:
        file, options, faults = given["file"], form.options(), Faults()
        programme = options.get("programme", "")
        with faults.of("file"):
            document = storing.store_document(
                by=request.viewer,
                at=request.at,
                file=file,
                name=file.name,
                programme=programme,
                place=request.viewer.files_under(DocumentPermission.UPLOAD, programme=programme),
                allowed=TABLES,
            )
            return _check(request, Step(document, given["kind"], options, {}))
        faults.tell()
        return None

    return (saved(request, form, check) if request.method == "POST" else None) or _form(request, form)


@require_POST
def answer(request: Request) -> HttpResponse:
    """POST /import/answer: the file that was shown, checked again with what the person decided."""
    _kinds(request)
    return _check(request, _asked(request, request.POST))


@require_safe
def checked(request: Request, job: str) -> HttpResponse:
    """GET /import/checked/<job>/: what a job found in a large file."""
    found = _checked(request, job)
    given = found.arguments
    document = documents.get_document(viewer=request.viewer, uuid=ids.parse_id(given["document"]))
    step = Step(document, given["kind"], given["options"], given["answers"])
    report = imports.unplain(found.outcome)
    return render(request, "portal/import_preview.html", _preview(request, report, step, job=str(found.uuid)))


@require_POST
def confirm(request: Request) -> HttpResponse:
    """POST /import/confirm: take in the file that was shown."""
    _kinds(request)
    step = _asked(request, request.POST)
    with imports.stored_file(viewer=request.viewer, document=step.document) as file:
        importer = imports.importer_for(file, by=request.viewer, kind=step.kind)
        if imports.is_large(importer, file):
            return _in_background(request, step, importer, file.name, dry_run=False)
        report = _run(request, importer, file, step, dry_run=False)
    if not report.applied:
        return render(request, "portal/import_preview.html", _preview(request, report, step), status=422)
    said = say(report.note) if report.note else gettext("已导入 %(count)s 行。") % {"count": report.rows}
    messages.success(request, said)
    return redirect(report.url or f"{reverse('home')}?programme={step.options.get('programme', '')}")


@require_safe
def errors(request: Request) -> FileResponse:
    """GET /import/errors.xlsx: the file that was shown, with what is wrong in each row beside it."""
    _kinds(request)
    step = _asked(request, request.GET)
    with imports.stored_file(viewer=request.viewer, document=step.document) as file:
        if request.GET.get("job"):
            report = imports.unplain(_checked(request, request.GET["job"]).outcome)
        else:
            importer = imports.importer_for(file, by=request.viewer, kind=step.kind)
            report = _run(request, importer, file, step, dry_run=True)
        name = gettext("%(name)s 待改.xlsx") % {"name": Path(file.name).stem}
        return downloaded(name, lambda target: imports.write_errors(target, file=file, report=report))


@dataclass(frozen=True, slots=True)
class Step:
    """What is taken in, as what, with what was said beside the file and what the person decided."""

    document: Document
    kind: str
    options: Mapping[str, str]
    answers: Mapping[str, str]

    @property
    def fields(self) -> dict[str, str]:
        """The same as fields of a form."""
        answers = {f"{ANSWER}{key}": value for key, value in self.answers.items()}
        return {**self.options, **answers, "document": str(self.document.uuid), "kind": self.kind}


def _check(request: Request, step: Step) -> HttpResponse:
    with imports.stored_file(viewer=request.viewer, document=step.document) as file:
        importer = imports.importer_for(file, by=request.viewer, kind=step.kind)
        step = replace(step, kind=importer.key)
        if imports.is_large(importer, file):
            return _in_background(request, step, importer, file.name, dry_run=True)
        report = _run(request, importer, file, step, dry_run=True)
    return render(request, "portal/import_preview.html", _preview(request, report, step))


def _run(request: Request, importer: Importer, file: TableFile, step: Step, *, dry_run: bool) -> ImportReport:
    given: dict[str, Any] = {"options": step.options, "answers": step.answers, "dry_run": dry_run}
    return not_giving_way(lambda: imports.run(importer=importer, file=file, by=request.viewer, at=request.at, **given))


def _in_background(request: Request, step: Step, importer: Importer, name: str, *, dry_run: bool) -> HttpResponse:
    arguments = {
        "kind": importer.key,
        "document": str(step.document.uuid),
        "options": dict(step.options),
        "answers": dict(step.answers),
        "name": name,
        "programme": step.options.get("programme", ""),
        "dry_run": dry_run,
    }
    job = jobs.start(by=request.viewer, at=request.at, kind=imports.Import.key, arguments=arguments)
    return redirect("jobs:detail", uuid=job)


def _asked(request: Request, given: QueryDict) -> Step:
    document = documents.get_document(viewer=request.viewer, uuid=ids.parse_id(given.get("document", "")))
    answers = {
        key.removeprefix(ANSWER): ",".join(str(one) for one in given.getlist(key) if one)
        for key in given
        if key.startswith(ANSWER)
    }
    options = {key: str(given[key]) for key in OPTIONS if given.get(key)}
    return Step(document, given.get("kind", ""), options, {key: value for key, value in answers.items() if value})


def _checked(request: Request, job: str) -> Job:
    """The job of the viewer's that looked at a file and has ended well. Raises NotVisible for any other."""
    found = get_job(viewer=request.viewer, uuid=ids.parse_id(job))
    if found.state != JobState.DONE or "problems" not in found.outcome:
        raise NotVisible(NOT_FOUND)
    return found


def _form(request: Request, form: ImportForm) -> HttpResponse:
    status = 422 if form.is_bound and form.errors else 200
    templates = [(one.label, reverse("import-template", args=[one.key])) for one in _kinds(request)]
    context = {
        "form": form,
        "crumbs": CRUMBS,
        "templates": templates,
        "sample": settings.DEMO and any(one.key == "returns" for one in _kinds(request)),
        "may_undo": bool(kinds_for(viewer=request.viewer)),
    }
    return render(request, "portal/import.html", context, status=status)


def _preview(request: Request, report: ImportReport, step: Step, *, job: str = "") -> dict[str, Any]:
    blocking = [problem for problem in report.problems if problem.blocking]
    warnings = [problem for problem in report.problems if not problem.blocking]
    fields = {**step.fields, **({"job": job} if job else {})}
    in_rows = any(problem.row for problem in report.problems)
    hidden = {name: value for name, value in step.fields.items() if not name.startswith(ANSWER)}
    programme = step.options.get("programme", "")
    return {
        "crumbs": CRUMBS,
        "report": report,
        "action": f"{report.kind}.project.imported",
        "asked_programme": programme,
        "waits": imports.seconds_others_wait(report),
        "programme": programmes.get_programme(viewer=request.viewer, code=programme) if programme else None,
        "label": imports.importer_named(report.kind).label,
        "before": report.before,
        "fields": fields,
        "hidden": hidden,
        "questions": [(one, one.answer.split(",")) for one in report.questions],
        "open": any(not one.answer for one in report.questions),
        "blocking": blocking[:SHOWN],
        "warnings": warnings[: max(SHOWN - len(blocking), 0)],
        "left_out": max(len(report.problems) - SHOWN, 0),
        "errors_url": f"{reverse('import-errors')}?{urlencode(fields)}" if in_rows else "",
    }


def _form_of(request: Request) -> ImportForm:
    choices = [(one.code, formats.named(one)) for one in programmes.list_programmes(viewer=request.viewer)]
    scope = scope_from(viewer=request.viewer, asked=request.GET, at=request.at)
    asked = {"programme": scope.programme if scope else "", "kind": request.GET.get("kind", "")}
    sent = (request.POST or None, request.FILES or None)
    return ImportForm(*sent, initial=asked, programmes=choices, kinds=_kinds(request))


def _kinds(request: Request) -> list[Importer]:
    """The kinds of file that the viewer may take in somewhere. Raises NotVisible where there is none."""
    found = [one for one in registries.importers if any(request.viewer.may_somewhere(name) for name in one.permissions)]
    if not found:
        raise NotVisible(NOT_FOUND)
    return found


@require_safe
def template(request: Request, kind: str) -> HttpResponse:
    """GET /import/templates/<kind>.xlsx: an empty table of the kind, for the programme of the page."""
    importer = registries.importers.get(kind)
    if importer is None:
        raise NotVisible(NOT_FOUND)
    scope = scope_from(viewer=request.viewer, asked=request.GET, at=request.at)
    content = importer.write_template(viewer=request.viewer, programme=scope.programme if scope else "")
    kept = {"Content-Disposition": f'attachment; filename="{kind}.xlsx"'}
    return HttpResponse(content, content_type=CONTENT_TYPE, headers=kept)


@require_safe
def demo_table(request: Request) -> FileResponse:
    """GET /import/demo-table.xlsx: a published county table to try the import with; only in the demo."""
    if not settings.DEMO:
        raise NotVisible(NOT_FOUND)
    path = Path(settings.SHARE_DIR) / "demo" / "kezhou-2021.xlsx"
    return FileResponse(path.open("rb"), as_attachment=True, filename="kezhou-2021.xlsx")
