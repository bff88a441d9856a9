# SPDX-License-Identifier: Apache-2.0
"""The tables that were taken into registers, and taking one back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from shanhai.base.accounts.selectors import Request, name_in, names_by_ref
from shanhai.kernel import ids
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb, Page
from shanhai.portal.imports import importer_named
from shanhai.registers.tables.selectors.registers import get_import, list_imports
from shanhai.registers.tables.services import undo_import

IMPORT = Crumb(message(gettext_noop("导入")), "/import/")
DONE = message(gettext_noop("导入记录"))


@require_safe
def import_list(request: Request) -> HttpResponse:
    """GET /import/done/: what was taken into registers, newest first."""
    page = Page.of(list_imports(viewer=request.viewer), request.GET.get("page", ""))
    names = names_by_ref(viewer=request.viewer, refs={one.by for one in page.rows})
    rows = [(one, importer_named(one.kind).label, name_in(names, one.by)) for one in page.rows]
    context = {"crumbs": (TODAY, IMPORT, Crumb(DONE)), "title": DONE, "page": page, "rows": rows}
    return render(request, "portal/imports_done.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def import_done(request: Request, uuid: str) -> HttpResponse:
    """GET /import/done/<uuid>/: what one table brought; POST takes it back, for a reason."""
    if request.method == "POST":
        because = request.POST.get("because", "")
        undo_import(by=request.viewer, at=request.at, done=ids.parse_id(uuid), because=because)
        messages.success(request, gettext("已撤销。"))
        return redirect("import-done", uuid=uuid)
    done = get_import(viewer=request.viewer, uuid=ids.parse_id(uuid))
    importer = importer_named(done.kind)
    label = importer.label
    names = names_by_ref(viewer=request.viewer, refs={done.by, done.undone_by})
    context = {
        "crumbs": (TODAY, IMPORT, Crumb(DONE, reverse("imports-done")), Crumb(label)),
        "done": done,
        "label": label,
        "then": importer.then,
        "by": name_in(names, done.by),
        "undone_by": name_in(names, done.undone_by),
    }
    return render(request, "portal/import_done.html", context)
