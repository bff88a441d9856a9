# SPDX-License-Identifier: Apache-2.0
"""The batches that were imported, and undoing one."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from shanhai.base.accounts import selectors as accounts
from shanhai.base.accounts.selectors import Request
from shanhai.base.jobs import services as jobs
from shanhai.kernel import ids
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb
from shanhai.planning.imports.selectors import acts_of, get_batch, list_batches
from shanhai.planning.imports.services import JOB, undo_batch
from shanhai.planning.programmes.core.selectors.scopes import scope_from
from shanhai.planning.projects.permissions import ProjectPermission

PROJECTS, IMPORTS = message(gettext_noop("项目")), message(gettext_noop("导入记录"))


@require_safe
def batch_list(request: Request) -> HttpResponse:
    """GET /projects/imports/: the tables that were imported into a programme."""
    scope = scope_from(viewer=request.viewer, asked=request.GET, at=request.at)
    if scope is None or not request.viewer.may_somewhere(ProjectPermission.IMPORT, programme=scope.programme):
        raise NotVisible(gettext_noop("没有找到您要的内容。请从菜单重新进入。"))
    batches = list_batches(viewer=request.viewer, programme=scope.programme)
    names = accounts.names_by_ref(viewer=request.viewer, refs={batch.by for batch in batches})
    context = {"crumbs": _crumbs(), "batches": [(batch, names.get(batch.by, "")) for batch in batches]}
    return render(request, "imports/batches.html", context)


@require_safe
def batch_page(request: Request, uuid: str) -> HttpResponse:
    """GET /projects/imports/<uuid>/: what one table brought, and undoing it."""
    batch = get_batch(viewer=request.viewer, uuid=ids.parse_id(uuid))
    names = accounts.names_by_ref(viewer=request.viewer, refs={batch.by, batch.undone_by})
    context = {
        "crumbs": (*_crumbs(), Crumb(batch.name)),
        "batch": batch,
        "programme": batch.programme,
        "by": names.get(batch.by, ""),
        "undone_by": names.get(batch.undone_by, ""),
        "acts": acts_of(batch=batch),
        "changed": batch.counts["new"] + batch.counts["changed"],
    }
    return render(request, "imports/batch.html", context)


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
    return redirect("imports:batch", uuid=batch.uuid)


def _crumbs() -> tuple[Crumb, ...]:
    return (TODAY, Crumb(PROJECTS, reverse("projects:list")), Crumb(IMPORTS, reverse("imports:list")))
