# SPDX-License-Identifier: Apache-2.0
"""The register of divisions: looking one up by code or name, also by those it had before."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from shanhai.base.accounts.permissions import Permission
from shanhai.base.accounts.selectors import Request
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb, Page, page_number
from shanhai.registers.places.forms import FilterForm
from shanhai.registers.places.labels import CHANGE_KINDS, LEVELS
from shanhai.registers.places.permissions import PlacePermission
from shanhai.registers.places.selectors import changes_into, list_divisions
from shanhai.registers.places.values import ChangeKind, Level

SIZE = 50


@require_safe
def division_list(request: Request) -> HttpResponse:
    """GET /places/: divisions with what they were before, fifty a page. Raises NotVisible for who sees no programme."""
    if not request.viewer.may_somewhere(Permission.PROGRAMME_VIEW):
        raise NotVisible(gettext_noop("没有找到这一页。"))
    form, number = FilterForm(request.GET), page_number(request.GET.get("page", ""))
    filters = form.filters()
    found = list_divisions(**filters)
    rows = list(found[(number - 1) * SIZE : number * SIZE])
    former = changes_into(row.code for row in rows)
    context = {
        "crumbs": (TODAY, Crumb(message(gettext_noop("行政区划")))),
        "form": form,
        "rows": [
            (row, LEVELS[Level(row.level)], [(one, CHANGE_KINDS[ChangeKind(one.kind)]) for one in former[row.code]])
            for row in rows
        ],
        "page": Page(rows, found.count(), number, SIZE),
        "filtered": any(filters.values()),
        "may_import": request.viewer.may_unplaced(PlacePermission.MANAGE),
    }
    return render(request, "places/list.html", context)
