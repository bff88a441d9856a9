# SPDX-License-Identifier: Apache-2.0
"""Tables in and out: the empty table, the list as a workbook, the batches that were imported, and undoing one."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from shanhai.base.accounts import selectors as accounts
from shanhai.base.accounts.selectors import Request
from shanhai.base.jobs.services import jobs
from shanhai.kernel import clock, ids
from shanhai.kernel.errors import BadInput, NotVisible
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.core.selectors.scopes import scope_from
from shanhai.planning.projects.imports.selectors.batches import get_batch, list_batches
from shanhai.planning.projects.imports.selectors.exports import export_projects
from shanhai.planning.projects.imports.selectors.templates import import_template as made
from shanhai.planning.projects.imports.services.undoing import JOB, undo_batch
from shanhai.planning.projects.lists.selectors.lists import ProjectFilters, list_briefs
from shanhai.planning.projects.lists.views.lists import PROJECTS, filter_form
from shanhai.planning.projects.lists.views.together import ticked
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.registers.tables.selectors.writing import CONTENT_TYPE

if TYPE_CHECKING:
    from shanhai.planning.programmes.models import Programme


IMPORTS = message(gettext_noop("导入记录"))


@require_safe
def export(request: Request) -> FileResponse:
    """GET /projects/export.xlsx: everything that the filter of the list keeps, in the order of the list."""
    scope = scope_from(viewer=request.viewer, asked=request.GET, at=request.at)
    if scope is None:
        raise NotVisible(gettext_noop("没有找到您要的内容。请从菜单重新进入。"))
    programme = programmes.get_programme(viewer=request.viewer, code=scope.programme)
    form = filter_form(request, programme, as_of=scope.as_of)
    return workbook_of(request, programme, on=scope.as_of, filters=form.filters(), words=form.words())


@require_POST
def export_chosen(request: Request) -> FileResponse:
    """POST /projects/chosen.xlsx: the projects that are ticked in the list."""
    programme = programmes.get_programme(viewer=request.viewer, code=request.POST.get("programme", ""))
    chosen = ticked(request.POST.getlist("chosen"))
    if not chosen:
        raise BadInput(gettext_noop("还没有选项目。请在列表里打勾。"), "projects.too_many_at_once")
    briefs = list_briefs(viewer=request.viewer, programme=programme.code, projects=chosen)
    filters = ProjectFilters(only=frozenset(one.uuid for one in briefs))
    return workbook_of(request, programme, on=clock.local_date(request.at), filters=filters, words=[])


def workbook_of(
    request: Request, programme: Programme, *, on: date, filters: ProjectFilters, words: Sequence[str]
) -> FileResponse:
    """The projects that the filters keep as a file to download; ``words`` say above the table what was filtered for."""
    asked = "；".join(words) or (gettext("全部") if filters.only is None else gettext("选中的项目"))
    above = (
        gettext("%(programme)s 项目表") % {"programme": programme.name},
        gettext("数据截至 %(day)s · 筛选：%(asked)s · 单位：万元") % {"day": on.isoformat(), "asked": asked},
    )
    # The answer closes it, and with it it is gone.
    target = tempfile.TemporaryFile()  # noqa: SIM115
    export_projects(
        viewer=request.viewer,
        programme=programme.code,
        on=on,
        target=target,
        above=above,
        filters=filters,
        order=request.GET.get("order", "code"),
    )
    target.seek(0)
    name = f"{programme.code}-{on.isoformat()}.xlsx"
    return FileResponse(target, as_attachment=True, filename=name, content_type=CONTENT_TYPE)


@require_safe
def batch_list(request: Request) -> HttpResponse:
    """GET /projects/imports/: the tables that were imported into a programme."""
    scope = scope_from(viewer=request.viewer, asked=request.GET, at=request.at)
    if scope is None or not request.viewer.may(ProjectPermission.IMPORT, programme=scope.programme):
        raise NotVisible(gettext_noop("没有找到您要的内容。请从菜单重新进入。"))
    batches = list_batches(viewer=request.viewer, programme=scope.programme)
    names = accounts.names_by_ref(viewer=request.viewer, refs={batch.by for batch in batches})
    context = {"crumbs": _crumbs(scope.programme), "batches": [(batch, names.get(batch.by, "")) for batch in batches]}
    return render(request, "projects/imports.html", context)


@require_safe
def batch_page(request: Request, uuid: str) -> HttpResponse:
    """GET /projects/imports/<uuid>/: what one table brought, and undoing it."""
    batch = get_batch(viewer=request.viewer, uuid=ids.parse_id(uuid))
    names = accounts.names_by_ref(viewer=request.viewer, refs={batch.by, batch.undone_by})
    context = {
        "crumbs": (*_crumbs(batch.programme.code), Crumb(batch.name)),
        "batch": batch,
        "by": names.get(batch.by, ""),
        "undone_by": names.get(batch.undone_by, ""),
    }
    return render(request, "projects/import_batch.html", context)


@require_POST
def undo(request: Request, uuid: str) -> HttpResponse:
    """POST /projects/imports/<uuid>/undo: at once, or by a job where the table was a large one."""
    batch = get_batch(viewer=request.viewer, uuid=ids.parse_id(uuid))
    because = request.POST.get("because", "")
    if batch.counts["rows"] > settings.IMPORT_JOB_ROWS and because.strip():
        arguments = {"batch": str(batch.uuid), "because": because, "name": batch.name}
        job = jobs.start(by=request.viewer, at=request.at, kind=JOB, arguments=arguments)
        return redirect("jobs:detail", uuid=job)
    undo_batch(by=request.viewer, at=request.at, batch=batch.uuid, because=because)
    messages.success(request, gettext("已撤销“%(name)s”。") % {"name": batch.name})
    return redirect("projects:import-batch", uuid=batch.uuid)


def _crumbs(programme: str) -> tuple[Crumb, ...]:
    asked = f"?programme={programme}"
    listed = Crumb(message(PROJECTS), f"{reverse('projects:list')}{asked}")
    return (TODAY, listed, Crumb(IMPORTS, f"{reverse('projects:imports')}{asked}"))


@require_safe
def import_template(request: Request) -> HttpResponse:
    """GET /projects/import-template.xlsx: an empty table with drop-downs and notes."""
    scope = scope_from(viewer=request.viewer, asked=request.GET, at=request.at)
    content = made(viewer=request.viewer, programme=scope.programme if scope else "")
    answer = HttpResponse(content, content_type=CONTENT_TYPE)
    answer["Content-Disposition"] = 'attachment; filename="projects.xlsx"'
    return answer
