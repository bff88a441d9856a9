# SPDX-License-Identifier: Apache-2.0
"""Pages measured beside the product's: one that says one thing, one of the bare rows, Django's admin list."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import path

from shanhai.base.accounts import selectors as accounts
from shanhai.kernel import clock
from shanhai.planning.projects.lists.selectors.lists import list_projects
from shanhai.planning.projects.models import Project
from tests.bench.building import PROGRAMME
from tests.bench.floors import SIZE, trivial


class Everybody(admin.AdminSite):
    """An admin that whoever has signed in may look at."""

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_authenticated


class ProjectAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """The columns of the product's list, as Django's admin shows them."""

    list_display = (
        "code", "name", "place", "category", "delivery", "novelty", "stage", "planned_start_on", "planned_finish_on",
        "progress_percent", "total_investment_fen", "completed_investment_fen",
    )  # fmt: skip
    list_filter = ("stage", "delivery", "novelty", "category")
    list_select_related = ("place",)
    search_fields = ("code", "name")
    list_per_page = SIZE
    ordering = ("code",)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    has_add_permission = has_change_permission = has_delete_permission = lambda self, request, obj=None: False
    has_module_permission = has_view_permission


site = Everybody()
site.register(Project, ProjectAdmin)


def signed_in(request: HttpRequest) -> HttpResponse:
    """The trivial page for a user who is looked up, as the product's middleware does by itself."""
    if not request.user.is_authenticated:
        raise PermissionDenied
    return trivial(request)


def rows(request: HttpRequest) -> HttpResponse:
    """The same rows, read by the product's selector, as words one after the other."""
    at = clock.now()
    offset = (int(request.GET["page"]) - 1) * SIZE
    viewer = accounts.actor_for(user=request.user, at=at)
    found = list_projects(viewer=viewer, programme=PROGRAMME, on=clock.local_date(at), offset=offset, limit=SIZE)
    return HttpResponse("".join(f"<p>{row}" for row in found.rows))


urlpatterns = [
    path("", login_not_required(trivial)),
    path("signed-in", signed_in),
    path("rows", rows),
    path("admin/", site.urls),
]
