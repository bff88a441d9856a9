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
from shanhai.kernel.parts import TODAY, Crumb, Page
from shanhai.registers.places.forms import FilterForm
from shanhai.registers.places.labels import CHANGE_KINDS, LEVELS
from shanhai.registers.places.permissions import PlacePermission
from shanhai.registers.places.selectors import changes_into, list_divisions
from shanhai.registers.places.values import ChangeKind, Level


@require_safe
def division_list(request: Request) -> HttpResponse:
    """GET /places/: divisions with what they were before, fifty a page. Raises NotVisible for who sees no programme."""
    if not request.viewer.may_somewhere(Permission.PROGRAMME_VIEW):
        raise NotVisible(gettext_noop("没有找到这一页。"))
    form = FilterForm(request.GET)
    filters = form.filters()
    page = Page.of(list_divisions(**filters), request.GET.get("page", ""))
    former = changes_into(one.code for one in page.rows)
    context = {
        "crumbs": (TODAY, Crumb(message(gettext_noop("行政区划")))),
        "title": message(gettext_noop("行政区划")),
        "form": form,
        "rows": [
            (row, LEVELS[Level(row.level)], [(one, CHANGE_KINDS[ChangeKind(one.kind)]) for one in former[row.code]])
            for row in page.rows
        ],
        "page": page,
        "filtered": any(filters.values()),
        "may_import": request.viewer.may_unplaced(PlacePermission.MANAGE),
    }
    return render(request, "places/list.html", context)
