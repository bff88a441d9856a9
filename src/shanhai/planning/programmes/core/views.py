# SPDX-License-Identifier: Apache-2.0
"""Recording and correcting a programme; the crumbs that the pages of every subject share."""

from __future__ import annotations

from functools import partial

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from shanhai.base.accounts.selectors import Request
from shanhai.base.formats import named
from shanhai.base.forms import Act, answered, status_of
from shanhai.kernel import ids
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb
from shanhai.planning.programmes.core import services as writing
from shanhai.planning.programmes.core.forms import (
    DIVISIONS,
    BatchCorrectionForm,
    BatchForm,
    CorrectionForm,
    FundSourceCorrectionForm,
    FundSourceForm,
    ProgrammeForm,
)
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.models import Campaign, Programme
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.registers.places import selectors as places
from shanhai.registers.places.values import Level
from shanhai.registers.tables.forms import typed

PLANS = gettext_noop("计划")


@require_http_methods(["GET", "HEAD", "POST"])
def new_programme(request: Request) -> HttpResponse:
    """GET and POST /programmes/new/: another programme; for who manages programmes everywhere."""
    request.viewer.require(ProgrammePermission.MANAGE)
    acts = {"form": Act(ProgrammeForm, writing.create_programme, gettext_noop("已登记“%(name)s”。"))}
    forms, went = answered(request, acts, "form", lambda made: redirect("programmes:setup", made.code))
    if went:
        return went
    way = (TODAY, Crumb(message(PLANS), reverse("programmes:list")), Crumb(message(gettext_noop("登记对口支援"))))
    context = {
        "crumbs": way,
        "list_id": DIVISIONS,
        "divisions": [
            one for level in (Level.PROVINCE, Level.PREFECTURE) for one in places.list_divisions(level=level)
        ],
        **forms,
    }
    return render(request, "programmes/programme_new.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_programme(request: Request, code: str, act: str = "form") -> HttpResponse:
    """GET and POST /programmes/<code>/edit/, POST /batches and /sources below it: what changes, and what is added."""
    programme = programmes.get_programme(viewer=request.viewer, code=code)
    request.viewer.require(ProgrammePermission.MANAGE, programme=code)
    stands = {name: getattr(programme, name) for name in ("name", "name_en", "starts_on", "ends_on")}
    stands["five_year_plan"] = typed(programme.five_year_plan)
    acts = {
        "form": Act(
            partial(CorrectionForm, initial=stands),
            partial(writing.correct_programme, programme=code),
            gettext_noop("已保存“%(name)s”。"),
        ),
        "batch": batch_act(programme),
        "source": source_act(programme),
    }
    back = "programmes:detail" if act == "form" else "programmes:edit"
    forms, went = answered(request, acts, act, lambda _: redirect(back, code))
    if went:
        return went
    context = {
        "crumbs": (*crumbs(programme), Crumb(message(gettext_noop("修改")))),
        "programme": programme,
        "batches": programmes.list_batches(viewer=request.viewer, programme=code),
        "sources": programmes.list_fund_sources(viewer=request.viewer, programme=code),
        **forms,
    }
    return render(request, "programmes/programme_edit.html", context, status=422 if request.method == "POST" else 200)


def batch_act(programme: Programme) -> Act:
    """Adding a batch, which is there as long as the programme unless somebody says otherwise."""
    days = {"starts_on": programme.starts_on, "ends_on": programme.ends_on}
    add = partial(writing.add_batch, programme=programme.code)
    return Act(partial(BatchForm, initial=days), add, gettext_noop("已登记第 %(number)s 批。"))


def source_act(programme: Programme) -> Act:
    """Adding a fund source."""
    add = partial(writing.add_fund_source, programme=programme.code)
    return Act(FundSourceForm, add, gettext_noop("已登记资金来源“%(name)s”。"))


@require_http_methods(["GET", "HEAD", "POST"])
def correct_batch(request: Request, code: str, uuid: str) -> HttpResponse:
    """GET and POST /programmes/<code>/edit/batches/<uuid>/: its number and its days."""
    request.viewer.require(ProgrammePermission.MANAGE, programme=code)
    row = programmes.get_batch(viewer=request.viewer, programme=code, uuid=ids.parse_id(uuid))
    stands = {"number": row.number, "starts_on": row.starts_on, "ends_on": row.ends_on}
    make = partial(BatchCorrectionForm, stood=stands, initial=stands)
    act = Act(make, partial(writing.correct_batch, programme=code, batch=row.uuid), gettext_noop("已更正。"))
    return _correct(request, code, act, message(gettext_noop("更正第 %(number)s 批"), number=row.number))


@require_http_methods(["GET", "HEAD", "POST"])
def correct_source(request: Request, code: str, source: str) -> HttpResponse:
    """GET and POST /programmes/<code>/edit/sources/<code>/: its names."""
    request.viewer.require(ProgrammePermission.MANAGE, programme=code)
    row = programmes.get_fund_source(viewer=request.viewer, programme=code, code=source)
    stands = {"name": row.name, "name_en": row.name_en}
    make = partial(FundSourceCorrectionForm, stood=stands, initial=stands)
    act = Act(make, partial(writing.correct_fund_source, programme=code, code=source), gettext_noop("已更正。"))
    return _correct(request, code, act, message(gettext_noop("更正资金来源“%(name)s”"), name=row.name))


def _correct(request: Request, code: str, act: Act, title: Message) -> HttpResponse:
    programme = programmes.get_programme(viewer=request.viewer, code=code)
    back = reverse("programmes:edit", args=[code])
    forms, went = answered(request, {"form": act}, "form", lambda _: redirect(back))
    way = (*crumbs(programme), Crumb(message(gettext_noop("修改")), back), Crumb(title))
    context = {"crumbs": way, "programme": programme, "title": title, "back": back, **forms}
    return went or render(request, "components/correct.html", context, status=status_of(forms["form"]))


def campaign_crumbs(campaign: Campaign) -> tuple[Crumb, ...]:
    """The way to the board of a campaign."""
    address = reverse("programmes:campaign", args=[campaign.uuid])
    return (*crumbs(campaign.programme), Crumb(f"{campaign.year} · {campaign.name}", address))


def crumbs(programme: Programme) -> tuple[Crumb, ...]:
    """The way to the page of a programme."""
    return (
        TODAY,
        Crumb(message(PLANS), reverse("programmes:list")),
        Crumb(named(programme), reverse("programmes:detail", args=[programme.code])),
    )
