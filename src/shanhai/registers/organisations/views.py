# SPDX-License-Identifier: Apache-2.0
"""The register of organisations: looking one up, registering and correcting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from shanhai.base.accounts.permissions import Permission
from shanhai.base.accounts.selectors import Request
from shanhai.base.forms import saved
from shanhai.kernel import ids
from shanhai.kernel.errors import NotAllowed, NotVisible
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb, Page
from shanhai.registers.organisations.forms import FilterForm, OrganisationForm
from shanhai.registers.organisations.labels import KINDS
from shanhai.registers.organisations.permissions import OrganisationPermission
from shanhai.registers.organisations.selectors import get_organisation, list_organisations
from shanhai.registers.organisations.services import correct_organisation, create_organisation
from shanhai.registers.organisations.values import OrganisationKind

ORGANISATIONS = gettext_noop("单位名录")


@require_safe
def organisation_list(request: Request) -> HttpResponse:
    """GET /organisations/: those that match, by name, fifty a page. Raises NotVisible for who sees no programme."""
    if not request.viewer.may_somewhere(Permission.PROGRAMME_VIEW):
        raise NotVisible(gettext_noop("没有找到这一页。"))
    form = FilterForm(request.GET)
    filters = form.filters()
    page = Page.of(list_organisations(viewer=request.viewer, **filters), request.GET.get("page", ""))
    context = {
        "crumbs": (TODAY, Crumb(message(ORGANISATIONS))),
        "title": message(ORGANISATIONS),
        "form": form,
        "rows": [(one, KINDS[OrganisationKind(one.kind)]) for one in page.rows],
        "page": page,
        "filtered": any(filters.values()),
        "may_manage": request.viewer.may_unplaced(OrganisationPermission.MANAGE),
    }
    return render(request, "organisations/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def organisation_page(request: Request, uuid: str = "") -> HttpResponse:
    """GET and POST /organisations/new and /organisations/<uuid>/: register one, or correct what is registered."""
    viewer, at = request.viewer, request.at
    stored = get_organisation(viewer=viewer, uuid=ids.parse_id(uuid)) if uuid else None
    may_manage = viewer.may_unplaced(OrganisationPermission.MANAGE)
    if stored is None and not may_manage:
        raise NotAllowed(gettext_noop("您的岗位不管理单位登记。需要时请向指挥部办公室申请。"))
    form = OrganisationForm(request.POST if request.method == "POST" else None, organisation=stored)

    def save(given: Mapping[str, Any]) -> object:
        if stored is None:
            return create_organisation(by=viewer, at=at, facts=form.facts(), apart=given["apart"])
        facts, because = form.facts(), given["because"]
        return correct_organisation(
            by=viewer, at=at, uuid=stored.uuid, facts=facts, because=because, apart=given["apart"]
        )

    if request.method == "POST" and saved(request, form, save):
        messages.success(request, gettext("已登记“%(name)s”。") % {"name": form.cleaned_data["name"]})
        return redirect("organisations:list")
    title = message(gettext_noop("登记单位")) if stored is None else stored.name
    context = {
        "crumbs": (TODAY, Crumb(message(ORGANISATIONS), reverse("organisations:list")), Crumb(title)),
        "title": title,
        "organisation": stored,
        "kind": KINDS[OrganisationKind(stored.kind)] if stored else "",
        "form": form,
        "may_manage": may_manage,
    }
    return render(request, "organisations/form.html", context, status=422 if form.errors else 200)
