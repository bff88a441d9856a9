# SPDX-License-Identifier: Apache-2.0
"""Versions of the thresholds of a site: all of them, drafting one, measuring references, one with its trial."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shanhai.base.accounts.selectors import Request, name_in, names_by_ref
from shanhai.base.forms import Act, ReasonForm, SavingForm, answered, refused, status_of
from shanhai.base.jobs.selectors import get_job
from shanhai.field.sensors.values import datetime_of
from shanhai.kernel import ids
from shanhai.kernel.errors import BadInput, NotVisible
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.parts import Crumb
from shanhai.operations.hazards.criteria.rules.rates import critical_rate
from shanhai.operations.hazards.criteria.values import Thresholds
from shanhai.operations.hazards.labels import LEVELS, QUANTITIES, THRESHOLD_STATES
from shanhai.operations.hazards.models import HazardSite, ThresholdSet
from shanhai.operations.hazards.permissions import HazardPermission
from shanhai.operations.hazards.sites.forms import thresholds as forms
from shanhai.operations.hazards.sites.rules.thresholds import differences, value_at
from shanhai.operations.hazards.sites.selectors.past import measure_points, period_of
from shanhai.operations.hazards.sites.selectors.sites import get_site, thresholds_of
from shanhai.operations.hazards.sites.selectors.thresholds import beginning_of, get_thresholds, list_thresholds
from shanhai.operations.hazards.sites.services import thresholds as services
from shanhai.operations.hazards.sites.values import TRIAL
from shanhai.operations.hazards.sites.views.parts import crumb_of, crumbs
from shanhai.operations.hazards.states import ThresholdState
from shanhai.operations.hazards.values import Level, Quantity

BOTH = ["GET", "HEAD", "POST"]
VERSIONS = gettext_noop("阈值")
REFERENCE = {
    "rate": gettext_noop("平均 v̄（每天）"),
    "spread": gettext_noop("标准差 σ"),
    "source": gettext_noop("来源"),
}
DIFFERS = {
    "added": gettext_noop("多出来的"),
    "lost": gettext_noop("少掉的"),
    "moved": gettext_noop("时间或级别变了的"),
}


@require_safe
def threshold_list(request: Request, code: str) -> HttpResponse:
    """GET /hazards/sites/<code>/thresholds/: every version, the newest first."""
    site = get_site(viewer=request.viewer, code=code)
    found = list_thresholds(site)
    names = names_by_ref(
        viewer=request.viewer, refs={ref for one in found for ref in (one.drafted_by, one.approved_by)}
    )
    context = {
        **_about(site),
        "crumbs": crumbs(crumb_of(site), Crumb(message(VERSIONS))),
        "rows": [
            (
                one,
                THRESHOLD_STATES[ThresholdState(one.state)],
                name_in(names, one.drafted_by),
                name_in(names, one.approved_by),
            )
            for one in found
        ],
        "may_manage": request.viewer.may(HazardPermission.MANAGE, **site.scope),
    }
    return render(request, "hazards/thresholds.html", context)


@require_http_methods(BOTH)
def threshold_new(request: Request, code: str) -> HttpResponse:
    """GET and POST /hazards/sites/<code>/thresholds/new: draft a version; ?start= says from what."""
    site = get_site(viewer=request.viewer, code=code)
    request.viewer.require(HazardPermission.MANAGE, **site.scope)
    start = request.GET.get("start", "")
    numbers = beginning_of(site, start)
    form = partial(forms.ThresholdForm, numbers=numbers, latest=_latest(site))
    act = Act(
        form, partial(services.draft_thresholds, site=code), gettext_noop("已存为草稿，等别人批准；批准以前不作数。")
    )
    drawn, went = answered(request, {"form": act}, _sent(request), _to_page)
    title = message(gettext_noop("拟阈值"))
    context = {**_about(site), "crumbs": _way(site, title), "title": title, "form": drawn["form"], "start": start}
    return went or render(request, "hazards/threshold_new.html", context, status=status_of(drawn["form"]))


@require_http_methods(BOTH)
def threshold_references(request: Request, code: str) -> HttpResponse:
    """GET and POST /hazards/sites/<code>/thresholds/references: rates of a quiet time, looked at, then drafted."""
    site = get_site(viewer=request.viewer, code=code)
    request.viewer.require(HazardPermission.MANAGE, **site.scope)
    first, last = forms.as_period(request.GET)
    asked = forms.PeriodForm(request.GET if "first" in request.GET else None)
    rows: list[dict[str, Any]] = []
    if first and last:
        try:
            rows = _measured(site, *period_of(first, last, at=request.at))
        except BadInput as error:
            asked.add_error("last", refused(error))
    initial = {"first": first, "last": last, "seen": _latest(site)}
    act = Act(
        partial(forms.ReferenceForm, initial=initial),
        partial(services.draft_references, site=code),
        gettext_noop("基准速率已写进草稿，等别人批准。"),
    )
    drawn, went = answered(request, {"form": act}, _sent(request), _to_page)
    title = message(gettext_noop("量基准速率"))
    context = {**_about(site), "crumbs": _way(site, title), "title": title, "asked": asked, "rows": rows}
    context |= {"form": drawn["form"] if rows or request.method == "POST" else None}
    return went or render(request, "hazards/references.html", context, status=status_of(drawn["form"]))


def _measured(site: HazardSite, begin: int, end: int) -> list[dict[str, Any]]:
    by = Thresholds.read(beginning_of(site)).rate
    return [
        {
            "point": one.point,
            "quantity": QUANTITIES[Quantity(one.point.quantity)],
            "found": one.found,
            "base": one.found and critical_rate(one.found.mean, one.found.spread, by),
            "lack": one.lack,
        }
        for one in measure_points(site, begin, end)
    ]


@require_safe
def threshold_page(request: Request, uuid: str) -> HttpResponse:
    """GET /hazards/thresholds/<uuid>/: one version: its numbers beside those in force, and what may be done."""
    found = get_thresholds(viewer=request.viewer, uuid=ids.parse_id(uuid))
    drawn, _went = answered(request, _acts(request, found), "", redirect)
    return _page(request, found, drawn, _trial(request, found))


@require_POST
def threshold_act(request: Request, uuid: str, act: str) -> HttpResponse:
    """POST /hazards/thresholds/<uuid>/<act>: approve, discard, try on the past."""
    found = get_thresholds(viewer=request.viewer, uuid=ids.parse_id(uuid))

    def then(made: Any) -> HttpResponse:
        if act == "try":
            return redirect("jobs:detail", uuid=made)
        return redirect("hazards:thresholds-one", uuid=uuid)

    if not (acts := _acts(request, found)):
        request.viewer.require(HazardPermission.MANAGE, **found.site.scope)
    drawn, went = answered(request, acts, act, then, site=found.site.name, version=found.version)
    return went or _page(request, found, drawn)


def _trial(request: Request, found: ThresholdSet) -> Mapping[str, Any] | None:
    """What came of a trial of this version, by the job that the viewer had started (?tried=)."""
    with suppress(NotVisible):
        job = get_job(viewer=request.viewer, uuid=ids.parse_id(request.GET.get("tried", "")))
        if job.url and job.kind == TRIAL and job.arguments["thresholds"] == str(found.uuid):
            return _told(job.outcome)
    return None


def _acts(request: Request, found: ThresholdSet) -> dict[str, Act]:
    viewer, key = request.viewer, found.uuid
    manages, confirms = (
        viewer.may(one, **found.site.scope) for one in (HazardPermission.MANAGE, HazardPermission.CONFIRM)
    )
    if not (manages or confirms):
        return {}
    acts = {"try": Act(forms.PeriodForm, partial(services.start_trial, thresholds=key))}
    if found.state == ThresholdState.DRAFT:
        acts["discard"] = Act(
            ReasonForm,
            partial(services.discard_thresholds, thresholds=key),
            gettext_noop("%(site)s：第 %(version)s 版草稿已作废。"),
        )
        if confirms:
            acts["approve"] = Act(
                SavingForm,
                partial(services.approve_thresholds, thresholds=key),
                gettext_noop("%(site)s：第 %(version)s 版阈值已批准，从现在起按它判断。"),
            )
    return acts


def _page(
    request: Request, found: ThresholdSet, drawn: dict[str, Any], tried: Mapping[str, Any] | None = None
) -> HttpResponse:
    site, in_force = found.site, thresholds_of(found.site)
    numbers = Thresholds.read(found.numbers).write()
    before = Thresholds.read(in_force.numbers if in_force else {"kind": site.kind}).write()
    names = names_by_ref(viewer=request.viewer, refs={found.drafted_by, found.approved_by})
    points = {str(uuid): name for uuid, name in site.points.values_list("uuid", "name")}
    moves = found.moves.order_by("-at")
    version = message(gettext_noop("第 %(version)s 版"), version=str(found.version))
    context = {
        **_about(site),
        "crumbs": _way(site, version),
        "title": version,
        "set": found,
        "state": THRESHOLD_STATES[ThresholdState(found.state)],
        "drafted_by": name_in(names, found.drafted_by),
        "approved_by": name_in(names, found.approved_by),
        "own": found.drafted_by == request.viewer.ref,
        "in_force": in_force,
        "differs": [] if in_force == found else _differing(before, numbers, points),
        "references": [{"point": points.get(key, key), **one} for key, one in numbers["references"].items()],
        "important": [(words, _shown(value_at(numbers, path))) for path, words in forms.NUMBERS.items()],
        "json": json.dumps(numbers, ensure_ascii=False, indent=1),
        "moves": [(one, THRESHOLD_STATES[ThresholdState(one.new)]) for one in moves],
        "acts": drawn,
        "tried": tried,
    }
    return render(request, "hazards/threshold.html", context, status=status_of(*drawn.values()))


def _differing(
    before: Mapping[str, Any], numbers: Mapping[str, Any], points: Mapping[str, str]
) -> list[tuple[Message | None, str, str, str]]:
    """The numbers that differ: in words where they have some, by their path, as it was and as it is.

    Whether a reference is approved is no number: it is, with its version.
    """
    return [
        (_words_of(one.path, points), one.path, _shown(one.old), _shown(one.new))
        for one in differences(before, numbers)
        if not one.path.endswith(".approved")
    ]


def _words_of(path: str, points: Mapping[str, str]) -> Message | None:
    if path in forms.NUMBERS:
        return message(forms.NUMBERS[path])
    group, _dot, rest = path.partition(".")
    key, _dot, name = rest.partition(".")
    if group == "references" and name in REFERENCE:
        text = gettext_noop("“%(point)s”的基准速率：%(what)s")
        return message(text, point=points.get(key, key), what=message(REFERENCE[name]))
    return None


def _shown(value: Any) -> str:
    """A threshold as a person writes it; a dash where there is none."""
    if value is None:
        return "—"
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _told(tried: Mapping[str, Any]) -> dict[str, Any]:
    def line(one: Sequence[Any]) -> dict[str, Any]:
        begin, until, highest = one
        ended = None if until is None else datetime_of(until)
        return {"begin": datetime_of(begin), "until": ended, "highest": LEVELS[Level(highest)]}

    return {
        "readings": tried["readings"],
        "after": [line(one) for one in tried["after"]],
        "before": tried["before"],
        "differs": [(DIFFERS[what], [line(one) for one in found]) for what, found in tried["differs"].items()],
    }


def _about(site: HazardSite) -> dict[str, Any]:
    return {"site": site, "back": reverse("hazards:thresholds", args=[site.code]), "title": message(VERSIONS)}


def _way(site: HazardSite, here: Any) -> tuple[Crumb, ...]:
    return crumbs(
        crumb_of(site), Crumb(message(VERSIONS), reverse("hazards:thresholds", args=[site.code])), Crumb(here)
    )


def _latest(site: HazardSite) -> int:
    return max((one.version for one in list_thresholds(site)), default=0)


def _sent(request: Request) -> str:
    return "form" if request.method == "POST" else ""


def _to_page(made: ThresholdSet) -> HttpResponse:
    return redirect("hazards:thresholds-one", uuid=made.uuid)
