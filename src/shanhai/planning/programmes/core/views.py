# SPDX-License-Identifier: Apache-2.0
"""Recording and correcting a programme; the crumbs that the pages of every subject share."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from shanhai.base.accounts.selectors import Request
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.kernel.parts import TODAY, Crumb
from shanhai.planning.programmes.core import services as writing
from shanhai.planning.programmes.core.forms import (
    DIVISIONS,
    BatchForm,
    CorrectionForm,
    FundSourceForm,
    ProgrammeForm,
    typed,
)
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.models import Campaign, Programme
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.registers.places import selectors as places
from shanhai.registers.places.values import Level
from shanhai.registers.tables.forms import SavingForm, saved

PLANS = gettext_noop("计划")


@require_http_methods(["GET", "HEAD", "POST"])
def new_programme(request: Request) -> HttpResponse:
    """GET and POST /programmes/new/: another programme; for who manages programmes everywhere."""
    request.viewer.require(ProgrammePermission.MANAGE)
    form = ProgrammeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and saved(
        form, lambda given: writing.create_programme(by=request.viewer, at=request.at, **given)
    ):
        messages.success(request, gettext("已登记“%(name)s”。") % {"name": form.cleaned_data["name"]})
        return redirect("programmes:edit", form.cleaned_data["code"])
    context = {
        "crumbs": (
            TODAY,
            Crumb(message(PLANS), reverse("programmes:list")),
            Crumb(message(gettext_noop("登记对口支援"))),
        ),
        "form": form,
        "list_id": DIVISIONS,
        "divisions": [
            one for level in (Level.PROVINCE, Level.PREFECTURE) for one in places.list_divisions(level=level)
        ],
    }
    return render(request, "programmes/programme_new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_programme(request: Request, code: str) -> HttpResponse:
    """GET and POST /programmes/<code>/edit/: what of a programme may be corrected."""
    programme = _managed(request, code)
    if request.method != "POST":
        return _page(request, programme)
    form = CorrectionForm(request.POST)
    if saved(form, lambda given: writing.correct_programme(by=request.viewer, at=request.at, programme=code, **given)):
        messages.success(request, gettext("已保存“%(name)s”。") % {"name": form.cleaned_data["name"]})
        return redirect("programmes:detail", code)
    return _page(request, programme, form=form)


@require_POST
def add_batch(request: Request, code: str) -> HttpResponse:
    """POST /programmes/<code>/edit/batches: another batch."""
    programme, form = _managed(request, code), BatchForm(request.POST)
    if saved(form, lambda given: writing.add_batch(by=request.viewer, at=request.at, programme=code, **given)):
        messages.success(request, gettext("已登记第 %(number)s 批。") % {"number": form.cleaned_data["number"]})
        return redirect("programmes:edit", code)
    return _page(request, programme, batch=form)


@require_POST
def add_fund_source(request: Request, code: str) -> HttpResponse:
    """POST /programmes/<code>/edit/sources: another fund source."""
    programme, form = _managed(request, code), FundSourceForm(request.POST)
    if saved(form, lambda given: writing.add_fund_source(by=request.viewer, at=request.at, programme=code, **given)):
        messages.success(request, gettext("已登记资金来源“%(name)s”。") % {"name": form.cleaned_data["name"]})
        return redirect("programmes:edit", code)
    return _page(request, programme, source=form)


def _managed(request: Request, code: str) -> Programme:
    programme = programmes.get_programme(viewer=request.viewer, code=code)
    request.viewer.require(ProgrammePermission.MANAGE, programme=code)
    return programme


def _page(request: Request, programme: Programme, **sent: SavingForm) -> HttpResponse:
    """The page; ``sent`` is the form that was sent and not saved, by its name on the page."""
    stands = {
        "name": programme.name,
        "name_en": programme.name_en,
        "starts_on": programme.starts_on,
        "ends_on": programme.ends_on,
        "five_year_plan": typed(Money(programme.five_year_plan_fen, programme.currency)),
    }
    context = {
        "crumbs": (*crumbs(programme), Crumb(message(gettext_noop("修改")))),
        "programme": programme,
        "batches": programmes.list_batches(viewer=request.viewer, programme=programme.code),
        "sources": programmes.list_fund_sources(viewer=request.viewer, programme=programme.code),
        "form": CorrectionForm(initial=stands),
        "batch": BatchForm(),
        "source": FundSourceForm(),
        **sent,
    }
    return render(request, "programmes/programme_edit.html", context, status=422 if sent else 200)


def campaign_crumbs(campaign: Campaign) -> tuple[Crumb, ...]:
    """The way to the board of a campaign."""
    address = reverse("programmes:campaign", args=[campaign.uuid])
    return (*crumbs(campaign.programme), Crumb(f"{campaign.year} · {campaign.name}", address))


def crumbs(programme: Programme) -> tuple[Crumb, ...]:
    """The way to the page of a programme."""
    return (
        TODAY,
        Crumb(message(PLANS), reverse("programmes:list")),
        Crumb(programme.name, reverse("programmes:detail", args=[programme.code])),
    )
