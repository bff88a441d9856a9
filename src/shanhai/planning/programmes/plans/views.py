# SPDX-License-Identifier: Apache-2.0
"""The plan of one year: what it takes from whom, how it stands, and for the office, making, issuing and closing it.

The targets of the five-year plan, year by year, and setting them and reporting on them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any, Literal

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from shanhai.base import formats
from shanhai.base.accounts.selectors import Request, names_by_ref
from shanhai.base.forms import Act, answered, status_of
from shanhai.kernel import clock, ids, proofs
from shanhai.kernel.figures import Figure, FigureScope
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.money import Money, total
from shanhai.kernel.parts import Crumb, Happening, Step
from shanhai.kernel.shares import Base, Measure, Share
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.core.selectors.scopes import scope_from
from shanhai.planning.programmes.core.views import batch_act, crumbs, source_act
from shanhai.planning.programmes.labels import PLAN_STATES
from shanhai.planning.programmes.models import FundSource, Programme, Target, TargetYear, YearlyPlan
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.programmes.plans import selectors as plans
from shanhai.planning.programmes.plans.forms import (
    AmountsForm,
    CloseForm,
    IssueForm,
    NewPlanForm,
    ReleaseForm,
    TargetCorrectionForm,
    TargetForm,
    TargetReportForm,
)
from shanhai.planning.programmes.plans.services import plans as writing
from shanhai.planning.programmes.plans.services import targets
from shanhai.planning.programmes.states import PlanState
from shanhai.planning.programmes.values import measured
from shanhai.registers.ledger.permissions import FundPermission

MOVED_ON = gettext_noop("这份计划现在不能这样办。请看它走到了哪一步。")
MOVED = gettext_noop("%(old)s → %(new)s")


@require_http_methods(["GET", "HEAD", "POST"])
def new_plan(request: Request, code: str) -> HttpResponse:
    """GET and POST /programmes/<code>/plans/new/: the draft of a year that has no plan yet."""
    programme = programmes.get_programme(viewer=request.viewer, code=code)
    request.viewer.require(ProgrammePermission.MANAGE, programme=code)
    stored = plans.list_yearly_plans(viewer=request.viewer, programme=code)
    sources = programmes.list_fund_sources(viewer=request.viewer, programme=code)
    years = _unplanned(programme, stored)
    acts = {"form": _making(request, programme, years, sources)}
    forms, went = answered(request, acts, "form", lambda made: redirect("programmes:plan", code, made.year))
    if went:
        return went
    context = {
        "crumbs": (*crumbs(programme), Crumb(message(gettext_noop("编制年度计划")))),
        "programme": programme,
        "years": years,
        "sources": sources,
        **forms,
    }
    return render(request, "programmes/plan_new.html", context, status=422 if request.method == "POST" else 200)


def _unplanned(programme: Programme, stored: Iterable[YearlyPlan]) -> list[int]:
    planned = {plan.year for plan in stored}
    return [year for year in range(programme.starts_on.year, programme.ends_on.year + 1) if year not in planned]


def _making(request: Request, programme: Programme, years: Sequence[int], sources: Sequence[FundSource]) -> Act:
    """Making a plan of one of the years: of this one or the next that has none, unless somebody chooses another."""
    usual = next((year for year in years if year >= clock.local_date(request.at).year), max(years, default=None))
    return Act(
        partial(NewPlanForm, years=years, sources=sources, initial={"year": usual}),
        partial(writing.make_yearly_plan, programme=programme.code),
        gettext_noop("已编制 %(year)s 年的计划，还没有下达。"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: Request, code: str, act: str = "") -> HttpResponse:
    """GET /programmes/<code>/setup/: what leads to the first issued plan, each step with its form; what is done is
    ticked. POST /batch, /source, /make, /amounts and /issue below it.
    """
    programme = programmes.get_programme(viewer=request.viewer, code=code)
    request.viewer.require(ProgrammePermission.MANAGE, programme=code)
    stored = plans.list_yearly_plans(viewer=request.viewer, programme=code, amounts=True)
    sources = programmes.list_fund_sources(viewer=request.viewer, programme=code)
    batches = programmes.list_batches(viewer=request.viewer, programme=code)
    issued = [plan for plan in stored if plan.state != PlanState.DRAFT]
    first = next(reversed(issued or stored), None)
    draft = None if issued else first
    making = _making(request, programme, _unplanned(programme, stored), sources)
    acts = {"batch": batch_act(programme), "source": source_act(programme), **({} if first else {"make": making})}
    if draft:
        acts |= {name: one for name, one in _acts(request, draft).items() if name in ("amounts", "issue")}
    year = draft.year if draft else None
    forms, went = answered(request, acts, act, lambda _: redirect("programmes:setup", code), year=year)
    if went:
        return went
    if draft and act == "issue":
        forms[act].ask_again(_total(draft))
    done = {"batch": bool(batches), "source": bool(sources), "plan": bool(issued or (first and first.amounts.all()))}
    done |= {"issue": bool(issued)}
    context = {
        "crumbs": (*crumbs(programme), Crumb(message(gettext_noop("开办")))),
        "programme": programme,
        "batches": batches,
        "sources": sources,
        "plan": first,
        "total": _total(first) if first else None,
        "reserve": total((line.reserve for line in first.amounts.all()), programme.currency) if first else None,
        "done": done,
        "step": next((name for name, is_done in done.items() if not is_done), ""),
        **forms,
    }
    return render(request, "programmes/setup.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def plan_page(request: Request, code: str, year: int, act: str = "") -> HttpResponse:
    """GET /programmes/<code>/plans/<year>/: the amounts, the state and how it came to it; ``as_of`` is a past day.

    POST /amounts, /issue, /close and /release below it.
    """
    viewer, sent = request.viewer, act if request.method == "POST" else ""
    scope = scope_from(viewer=viewer, asked={"programme": code, "as_of": request.GET.get("as_of", "")}, at=request.at)
    assert scope is not None
    scope = replace(scope, year=year)
    plan = plans.get_yearly_plan(viewer=viewer, programme=code, year=year, as_of=None if sent else scope.as_of)
    manages = viewer.may(ProgrammePermission.MANAGE, programme=code)
    if sent:
        viewer.require(ProgrammePermission.MANAGE, programme=code)
    now = scope.as_of == clock.local_date(request.at)
    acts, offered = _acts(request, plan), _offered(plan) if manages and now else ()
    asked = {name: one for name, one in acts.items() if name in offered or name == sent}
    forms, went = answered(request, asked, sent, lambda _: redirect("programmes:plan", code, year), year=year)
    if went:
        return went
    if sent:
        plan = plans.get_yearly_plan(viewer=viewer, programme=code, year=year)
    if sent == "issue":
        forms[sent].ask_again(_total(plan))
    homeless = forms.pop(sent) if sent and sent not in offered else None
    state, lines = PlanState(plan.state), plan.amounts.all()
    sums = _total(plan), total((line.reserve for line in lines), plan.programme.currency)
    context = {
        "crumbs": (*crumbs(plan.programme), Crumb(message(gettext_noop("%(year)s 年度计划"), year=str(year)))),
        "programme": plan.programme,
        "plan": plan,
        "steps": [Step(message(word), _place(step, state)) for step, (_, word) in PLAN_STATES.items()],
        "shows_money": viewer.may(FundPermission.VIEW, programme=code),
        "may_ask": viewer.may("adjustment.propose", programme=code),
        "lines": lines,
        "total": sums[0],
        "reserve": sums[1],
        "rounding": formats.rounding_note(
            ([line.amount for line in lines], sums[0]), ([line.reserve for line in lines], sums[1])
        ),
        "history": _history(request, plan),
        "scope": scope,
        "figures": _figures(request, plan, scope),
        "refusal": next(iter(homeless.non_field_errors()), message(MOVED_ON)) if homeless else None,
        **forms,
    }
    return render(request, "programmes/plan.html", context, status=422 if sent else 200)


def _offered(plan: YearlyPlan) -> Collection[str]:
    """The forms that a plan in its state offers to who manages it; a closed one offers none."""
    offers = {PlanState.DRAFT: ("amounts", "issue"), PlanState.ISSUED: ("release", "close")}
    return [name for name in offers.get(PlanState(plan.state), ()) if name != "release" or plan.reserve_fen]


def _acts(request: Request, plan: YearlyPlan) -> dict[str, Act]:
    """What can ever be done with a plan. ``checked`` was ticked in the form and is nothing that a service asks."""
    today, lines = {"on": clock.local_date(request.at)}, plan.amounts.all()

    def amounts(sent: Any) -> AmountsForm:
        sources = programmes.list_fund_sources(viewer=request.viewer, programme=plan.programme.code)
        return AmountsForm(sent, sources=sources, amounts=lines)

    def issue(*, on: date, checked: bool, seen_fen: int, **given: Any) -> YearlyPlan:
        return writing.issue_yearly_plan(plan=plan.uuid, issued_on=on, confirmed=Money(seen_fen), **given)

    def close(*, checked: bool, **given: Any) -> YearlyPlan:
        return writing.close_yearly_plan(plan=plan.uuid, **given)

    def release(*, source: tuple[str, Money], on: date, checked: bool, **given: Any) -> YearlyPlan:
        code, seen = source
        return writing.release_plan_reserve(plan=plan.uuid, fund_source=code, seen=seen, on_date=on, **given)

    reserves = [line for line in lines if line.reserve_fen]
    change = partial(writing.change_plan_amounts, plan=plan.uuid)
    return {
        "amounts": Act(amounts, change, gettext_noop("已改 %(year)s 年计划的金额。")),
        "issue": Act(
            partial(IssueForm, total=_total(plan), initial=today), issue, gettext_noop("已下达 %(year)s 年的计划。")
        ),
        "release": Act(
            partial(ReleaseForm, reserves=reserves, initial=today),
            release,
            gettext_noop("已动用预备费，可以安排到项目了。"),
        ),
        "close": Act(CloseForm, close, gettext_noop("%(year)s 年的计划已结束。")),
    }


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


def _figures(request: Request, plan: YearlyPlan, scope: FigureScope) -> list[Figure]:
    """What the money of an issued plan's year has come to, each with its proof; none where nothing was posted."""
    if plan.state == PlanState.DRAFT:
        return []
    found = proofs.some_figures(request.viewer, scope, ("funds",))
    # The completion rate is that of the five-year plan, whatever the year; the reserve stands by source.
    figures = [figure for key, figure in found.items() if key not in ("plan_completion_rate", "reserve")]
    return figures if any(figure.gap is None for figure in figures) else []


YEAR_PLAN = Base("year_plan", message(gettext_noop("当年计划")))


@require_http_methods(["GET", "HEAD", "POST"])
def target_list(request: Request, code: str, uuid: str = "") -> HttpResponse:
    """GET /programmes/<code>/targets/: the targets with their years; POST sets one, /<uuid>/report reports on it."""
    viewer, programme = request.viewer, programmes.get_programme(viewer=request.viewer, code=code)
    act = str(plans.get_target(viewer=viewer, programme=code, uuid=ids.parse_id(uuid)).uuid) if uuid else "form"
    scope = scope_from(viewer=viewer, asked={"programme": code, "as_of": request.GET.get("as_of", "")}, at=request.at)
    assert scope is not None
    found = plans.list_targets(viewer=viewer, programme=code, as_of=scope.as_of)
    if request.method == "POST":
        viewer.require(ProgrammePermission.MANAGE, programme=code)
    acts = _target_acts(request, programme, found) if viewer.may(ProgrammePermission.MANAGE, programme=code) else {}
    names = {str(one.uuid): one.name for one in found}
    forms, went = answered(request, acts, act, lambda _: redirect("programmes:targets", code), name=names.get(act))
    if went:
        return went
    # A target is everybody's; who is confined to a place sees it, though they have no figures of the whole to open.
    whole = replace(scope, place=None)
    figures = proofs.some_figures(viewer, whole, ("targets",))
    context = {
        "crumbs": (*crumbs(programme), Crumb(message(gettext_noop("五年目标")))),
        "programme": programme,
        "as_of": scope.as_of,
        "scope": whole if scope.place is None else None,
        "cards": [
            (
                one,
                measured(one.amount, one.unit),
                figures.get(f"target:{one.uuid}"),
                [_line(one, year) for year in one.years.all()],
                forms.get(str(one.uuid)),
            )
            for one in found
        ],
        "form": forms.get("form"),
    }
    return render(request, "programmes/targets.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def correct_target(request: Request, code: str, uuid: str) -> HttpResponse:
    """GET and POST /programmes/<code>/targets/<uuid>/: its name, its number and what its years are to add."""
    request.viewer.require(ProgrammePermission.MANAGE, programme=code)
    target = plans.get_target(viewer=request.viewer, programme=code, uuid=ids.parse_id(uuid))
    programme, stands, back = target.programme, target.stands, reverse("programmes:targets", args=[code])
    years = range(programme.starts_on.year, programme.ends_on.year + 1)
    make = partial(TargetCorrectionForm, years=years, stood=stands, initial=stands)
    act = Act(make, partial(targets.correct_target, target=target.uuid), gettext_noop("已更正“%(name)s”。"))
    forms, went = answered(request, {"form": act}, "form", lambda _: redirect(back))
    title = message(gettext_noop("更正目标“%(name)s”"), name=target.name)
    way = (*crumbs(programme), Crumb(message(gettext_noop("五年目标")), back), Crumb(title))
    context = {"crumbs": way, "programme": programme, "title": title, "back": back, **forms}
    return went or render(request, "components/correct.html", context, status=status_of(forms["form"]))


def _target_acts(request: Request, programme: Programme, found: Iterable[Target]) -> dict[str, Act]:
    years = range(programme.starts_on.year, programme.ends_on.year + 1)
    report = partial(TargetReportForm, years=years, today=clock.local_date(request.at))
    save = partial(targets.set_target, programme=programme.code)
    return {
        "form": Act(partial(TargetForm, years=years), save, gettext_noop("已定目标“%(name)s”。")),
        **{
            str(one.uuid): Act(
                partial(report, auto_id=f"report-{one.uuid}_%s"),
                partial(targets.report_target, target=one.uuid),
                gettext_noop("已填报“%(name)s” %(year)s 年的完成数。"),
            )
            for one in found
        },
    }


def _line(target: Target, year: TargetYear) -> tuple[TargetYear, Measure, Measure | None, Share | None]:
    """What one year was to add and has added, and the share; None where nothing was planned or reported."""
    planned = measured(year.planned, target.unit)
    reached = None if year.reached is None else measured(year.reached, target.unit)
    share = Share(reached, planned, YEAR_PLAN) if reached is not None and year.planned else None
    return year, planned, reached, share
