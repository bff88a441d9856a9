# SPDX-License-Identifier: Apache-2.0
"""The plan of one year: what it takes from whom, how it stands, and for the office, making, issuing and closing it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shanhai.base.accounts.selectors import Request, names_by_ref
from shanhai.kernel import clock, proofs
from shanhai.kernel.figures import Figure, FigureScope
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.money import Money, total
from shanhai.kernel.parts import Crumb, Happening, Step
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.core.selectors.scopes import scope_from
from shanhai.planning.programmes.core.views import crumbs
from shanhai.planning.programmes.labels import PLAN_STATES
from shanhai.planning.programmes.models import YearlyPlan
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.programmes.plans import selectors as plans
from shanhai.planning.programmes.plans import services as writing
from shanhai.planning.programmes.plans.forms import (
    AmountsForm,
    CloseForm,
    IssueForm,
    NewPlanForm,
    ReleaseForm,
)
from shanhai.planning.programmes.states import PlanState
from shanhai.registers.ledger.permissions import FundPermission
from shanhai.registers.tables.forms import SavingForm, saved

MOVED_ON = gettext_noop("这份计划现在不能这样办。请看它走到了哪一步。")
MOVED = gettext_noop("%(old)s → %(new)s")


@require_http_methods(["GET", "HEAD", "POST"])
def new_plan(request: Request, code: str) -> HttpResponse:
    """GET and POST /programmes/<code>/plans/new/: the draft of a year that has no plan yet."""
    programme = programmes.get_programme(viewer=request.viewer, code=code)
    request.viewer.require(ProgrammePermission.MANAGE, programme=code)
    planned = {plan.year for plan in plans.list_yearly_plans(viewer=request.viewer, programme=code)}
    years = [year for year in range(programme.starts_on.year, programme.ends_on.year + 1) if year not in planned]
    sources = programmes.list_fund_sources(viewer=request.viewer, programme=code)
    form = NewPlanForm(request.POST if request.method == "POST" else None, years=years, sources=sources)
    if request.method == "POST" and saved(
        form,
        lambda given: writing.make_yearly_plan(
            by=request.viewer, at=request.at, programme=code, year=given["year"], amounts=form.amounts
        ),
    ):
        messages.success(
            request, gettext("已编制 %(year)s 年的计划，还没有下达。") % {"year": form.cleaned_data["year"]}
        )
        return redirect("programmes:plan", code, form.cleaned_data["year"])
    if not form.is_bound and years:
        this_year = clock.local_date(request.at).year
        form.fields["year"].initial = next((year for year in years if year >= this_year), years[-1])
    context = {
        "crumbs": (*crumbs(programme), Crumb(message(gettext_noop("编制年度计划")))),
        "programme": programme,
        "form": form,
        "years": years,
        "sources": sources,
    }
    return render(request, "programmes/plan_new.html", context, status=422 if form.errors else 200)


@require_safe
def plan_page(request: Request, code: str, year: int) -> HttpResponse:
    """GET /programmes/<code>/plans/<year>/: the amounts, the state and how it came to it; ``as_of`` is a past day."""
    as_of = _scope(request, code, year).as_of
    return _page(request, plans.get_yearly_plan(viewer=request.viewer, programme=code, year=year, as_of=as_of))


@require_POST
def change_amounts(request: Request, code: str, year: int) -> HttpResponse:
    """POST /programmes/<code>/plans/<year>/amounts: other amounts, while it is a draft."""
    plan = _managed(request, code, year)
    form = AmountsForm(request.POST, sources=programmes.list_fund_sources(viewer=request.viewer, programme=code))
    if saved(
        form,
        lambda given: writing.change_plan_amounts(
            by=request.viewer, at=request.at, plan=plan.uuid, amounts=form.amounts
        ),
    ):
        messages.success(request, gettext("已改 %(year)s 年计划的金额。") % {"year": year})
        return redirect("programmes:plan", code, year)
    return _page(request, plan, amounts=form)


@require_POST
def issue(request: Request, code: str, year: int) -> HttpResponse:
    """POST /programmes/<code>/plans/<year>/issue: its sum, once confirmed, goes into the ledger."""
    plan = _managed(request, code, year)
    form = _issue_form(request, plan, request.POST)
    if saved(
        form,
        lambda given: writing.issue_yearly_plan(
            by=request.viewer,
            at=request.at,
            plan=plan.uuid,
            issued_on=given["on"],
            because=given["because"],
            confirmed=form.seen,
        ),
    ):
        messages.success(request, gettext("已下达 %(year)s 年的计划。") % {"year": year})
        return redirect("programmes:plan", code, year)
    form.ask_again(_total(plans.get_yearly_plan(viewer=request.viewer, programme=code, year=year)))
    return _page(request, plan, issue=form)


@require_POST
def close(request: Request, code: str, year: int) -> HttpResponse:
    """POST /programmes/<code>/plans/<year>/close: the year is over."""
    plan, form = _managed(request, code, year), CloseForm(request.POST)
    if saved(
        form,
        lambda given: writing.close_yearly_plan(
            by=request.viewer, at=request.at, plan=plan.uuid, because=given["because"]
        ),
    ):
        messages.success(request, gettext("%(year)s 年的计划已结束。") % {"year": year})
        return redirect("programmes:plan", code, year)
    return _page(request, plan, close=form)


@require_POST
def release(request: Request, code: str, year: int) -> HttpResponse:
    """POST /programmes/<code>/plans/<year>/release: some of the reserve, once confirmed, may be arranged."""
    plan = _managed(request, code, year)
    form = _release_form(request, plan, request.POST)

    def save(given: Mapping[str, Any]) -> object:
        source, seen = form.chosen
        return writing.release_plan_reserve(
            by=request.viewer,
            at=request.at,
            plan=plan.uuid,
            fund_source=source,
            amount=given["amount"],
            on_date=given["on"],
            because=given["because"],
            seen=seen,
        )

    if saved(form, save):
        messages.success(request, gettext("已动用预备费，可以安排到项目了。"))
        return redirect("programmes:plan", code, year)
    return _page(request, plan, release=form)


def _managed(request: Request, code: str, year: int) -> YearlyPlan:
    plan = plans.get_yearly_plan(viewer=request.viewer, programme=code, year=year)
    request.viewer.require(ProgrammePermission.MANAGE, programme=code)
    return plan


def _page(request: Request, plan: YearlyPlan, **sent: SavingForm) -> HttpResponse:
    """The page; ``sent`` is the form that was sent and not saved, by its name on the page."""
    viewer, programme, state = request.viewer, plan.programme, PlanState(plan.state)
    scope = _scope(request, programme.code, plan.year)
    now = scope.as_of == clock.local_date(request.at)
    manages = viewer.may(ProgrammePermission.MANAGE, programme=programme.code)
    offered = _offered(request, plan) if manages and now else {}
    homeless = [form for name, form in sent.items() if name not in offered]
    context = {
        "crumbs": (*crumbs(programme), Crumb(message(gettext_noop("%(year)s 年度计划"), year=str(plan.year)))),
        "programme": programme,
        "plan": plan,
        "state": PLAN_STATES[state],
        "steps": [Step(message(word), _place(step, state)) for step, (_, word) in PLAN_STATES.items()],
        "shows_money": viewer.may(FundPermission.VIEW, programme=programme.code),
        "may_ask": request.viewer.may("adjustment.propose", programme=programme.code),
        "lines": plan.amounts.all(),
        "total": _total(plan),
        "reserve": total((line.reserve for line in plan.amounts.all()), programme.currency),
        "history": _history(request, plan),
        "scope": scope,
        "figures": _figures(request, plan, scope),
        "refusal": next(iter(homeless[0].non_field_errors()), message(MOVED_ON)) if homeless else None,
        **offered,
        **{name: form for name, form in sent.items() if name in offered},
    }
    return render(request, "programmes/plan.html", context, status=422 if sent else 200)


def _offered(request: Request, plan: YearlyPlan) -> dict[str, SavingForm]:
    """The forms that a plan in its state offers to who manages it; a closed one offers none."""
    if plan.state == PlanState.DRAFT:
        sources = programmes.list_fund_sources(viewer=request.viewer, programme=plan.programme.code)
        return {
            "amounts": AmountsForm(sources=sources, amounts=plan.amounts.all()),
            "issue": _issue_form(request, plan, None),
        }
    if plan.state != PlanState.ISSUED:
        return {}
    release = {"release": _release_form(request, plan, None)} if plan.reserve_fen else {}
    return {**release, "close": CloseForm()}


def _issue_form(request: Request, plan: YearlyPlan, sent: QueryDict | None) -> IssueForm:
    return IssueForm(sent, total=_total(plan), initial={"on": clock.local_date(request.at)})


def _release_form(request: Request, plan: YearlyPlan, sent: QueryDict | None) -> ReleaseForm:
    reserves = [line for line in plan.amounts.all() if line.reserve_fen]
    return ReleaseForm(sent, reserves=reserves, initial={"on": clock.local_date(request.at)})


def _total(plan: YearlyPlan) -> Money:
    return total((line.amount for line in plan.amounts.all()), plan.programme.currency)


def _place(step: PlanState, now: PlanState) -> Literal["done", "now", "ahead"]:
    order = list(PLAN_STATES)
    if order.index(step) < order.index(now) or step is now is PlanState.CLOSED:
        return "done"
    return "now" if step is now else "ahead"


def _history(request: Request, plan: YearlyPlan) -> list[Happening]:
    moves = plans.list_plan_moves(viewer=request.viewer, plan=plan.uuid)
    names = names_by_ref(viewer=request.viewer, refs={move.by for move in moves})
    return [
        Happening(
            on=move.at,
            title=message(
                MOVED,
                old=message(PLAN_STATES[PlanState(move.old)][1]),
                new=message(PLAN_STATES[PlanState(move.new)][1]),
            ),
            note=" · ".join(word for word in (names.get(move.by, ""), move.because) if word),
        )
        for move in moves
    ]


def _scope(request: Request, code: str, year: int) -> FigureScope:
    asked = {"programme": code, "as_of": request.GET.get("as_of", "")}
    scope = scope_from(viewer=request.viewer, asked=asked, at=request.at)
    assert scope is not None
    return replace(scope, year=year)


def _figures(request: Request, plan: YearlyPlan, scope: FigureScope) -> list[Figure]:
    """What the money of an issued plan's year has come to, each with its proof; none where nothing was posted."""
    if plan.state == PlanState.DRAFT:
        return []
    found = proofs.some_figures(request.viewer, scope, ("funds",))
    # The completion rate is that of the five-year plan, whatever the year; the reserve stands by source.
    figures = [figure for key, figure in found.items() if key not in ("plan_completion_rate", "reserve")]
    return figures if any(figure.gap is None for figure in figures) else []
