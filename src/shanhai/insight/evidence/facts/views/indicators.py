# SPDX-License-Identifier: Apache-2.0
"""The dictionary of indicators, and the page of one with all that was stated of it."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shanhai.base.accounts.selectors import Request
from shanhai.base.formats import named, say
from shanhai.base.forms import Act, answered, status_of
from shanhai.insight.evidence import labels
from shanhai.insight.evidence.facts import services
from shanhai.insight.evidence.facts.forms import EnterForm, IndicatorForm, RevisionForm, indicator_row
from shanhai.insight.evidence.facts.rules import written_period
from shanhai.insight.evidence.facts.selectors import (
    Group,
    computed_beside,
    flags_of,
    get_indicator,
    list_groups,
    list_indicators,
    places_of,
    source_of,
    value_words,
)
from shanhai.insight.evidence.models import Fact, Indicator
from shanhai.insight.evidence.permissions import EvidencePermission
from shanhai.insight.evidence.values import PeriodKind
from shanhai.kernel import ids
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.figures import FigureScope, Strength
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb, Page
from shanhai.kernel.proofs import all_figures
from shanhai.kernel.units import UNITS
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.core.selectors.scopes import scope_from

INDICATORS = message(gettext_noop("指标目录"))
SAID = gettext_noop("已保存。")


class FilterForm(forms.Form):
    """The filter above the list."""

    programme = forms.CharField(required=False, widget=forms.HiddenInput)
    text = forms.CharField(label=_("名称或编号"), required=False, max_length=100)


@require_safe
def indicator_list(request: Request) -> HttpResponse:
    """GET /evidence/indicators/: by name, fifty a page."""
    scope = scope_from(viewer=request.viewer, asked=request.GET, at=request.at)
    context: dict[str, Any] = {"crumbs": (*_way(), Crumb(INDICATORS)), "title": INDICATORS}
    if scope is not None:
        text = request.GET.get("text", "")[:100]
        rows = list_indicators(viewer=request.viewer, programme=scope.programme, text=text)
        page = Page.of(rows, request.GET.get("page", ""))
        context |= {
            "programme": programmes.get_programme(viewer=request.viewer, code=scope.programme),
            "form": FilterForm(request.GET),
            "rows": [(one, labels.PERIODS[PeriodKind(one.period)]) for one in page.rows],
            "page": page,
            "filtered": bool(text),
            "may_manage": request.viewer.may(EvidencePermission.MANAGE, programme=scope.programme),
        }
    return render(request, "evidence/indicators.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """GET and POST /evidence/indicators/new/: put one into the dictionary."""
    scope = scope_from(viewer=request.viewer, asked=request.GET, at=request.at)
    if scope is None:
        raise NotVisible(gettext_noop("没有找到您要的内容。请从菜单重新进入。"))
    request.viewer.require(EvidencePermission.MANAGE, programme=scope.programme)
    figures = _figures(request, scope)
    make = partial(services.make_indicator, programme=scope.programme)
    act = Act(partial(IndicatorForm, indicator=None, figures=figures), _with_facts(make), SAID)
    drawn, went = answered(request, {"form": act}, "form", lambda one: redirect("evidence:indicator", uuid=one.uuid))
    context = {
        "crumbs": (*_way(), Crumb(INDICATORS, reverse("evidence:indicators")), Crumb(message(gettext_noop("立指标")))),
        "programme": programmes.get_programme(viewer=request.viewer, code=scope.programme),
        **drawn,
    }
    return went or render(request, "evidence/indicator_new.html", context, status=status_of(drawn["form"]))


@require_safe
def page(request: Request, uuid: str) -> HttpResponse:
    """GET /evidence/indicators/<uuid>/: what was stated of it by period, and what our own books say."""
    return _page(request, uuid, "")


@require_POST
def act(request: Request, uuid: str, act: str) -> HttpResponse:
    """POST /evidence/indicators/<uuid>/<act>: correct it, enter a fact, or say that one replaces another."""
    return _page(request, uuid, act)


def _page(request: Request, uuid: str, sent: str) -> HttpResponse:
    indicator = get_indicator(viewer=request.viewer, uuid=ids.parse_id(uuid))
    code = indicator.programme.code
    may_manage = request.viewer.may(EvidencePermission.MANAGE, programme=code)
    groups = list_groups(viewer=request.viewer, indicator=indicator)
    drawn, went = _forms(request, indicator, groups, sent) if may_manage or sent else ({}, None)
    scope = FigureScope(code, local_date(request.at))
    beside = computed_beside(viewer=request.viewer, indicator=indicator, groups=groups, on=scope.as_of)
    places = dict(places_of(indicator.programme))
    context = {
        "crumbs": (*_way(), Crumb(INDICATORS, reverse("evidence:indicators")), Crumb(named(indicator))),
        "indicator": indicator,
        "programme": indicator.programme,
        "unit": UNITS[indicator.unit],
        "period": labels.PERIODS[PeriodKind(indicator.period)],
        "groups": [
            {
                "period": written_period(one.starts_on, one.ends_on),
                "place": places.get(one.place, one.place),
                "conflict": one.conflict,
                "computed": beside.get(one),
                "facts": [(*_shown(fact, one), False) for fact in one.holding]
                + [(*_shown(fact, one), True) for fact in one.past],
            }
            for one in groups
        ],
        "may_manage": may_manage,
        **drawn,
    }
    return went or render(request, "evidence/indicator.html", context, status=status_of(*drawn.values()))


def _forms(request: Request, indicator: Indicator, groups: list[Group], sent: str) -> tuple[dict[str, Any], Any]:
    viewer, code = request.viewer, indicator.programme.code
    places = places_of(indicator.programme)
    figures = _figures(request, FigureScope(code, local_date(request.at)))
    correct = partial(services.correct_indicator, indicator=indicator.uuid)
    acts = {
        "correct": Act(
            partial(IndicatorForm, indicator=indicator, figures=figures),
            _with_facts(correct, "because", "seen", code=indicator.code),
            SAID,
        ),
        "enter": Act(
            lambda data: EnterForm(data, request.FILES if data else None, places=places),
            partial(services.enter_fact, indicator=indicator.uuid),
            SAID,
        ),
    }
    offered = [(fact, f"{written_period(*fact.of[1:])}{_at(fact, dict(places))} · {say(value_words(fact))}")
               for group in groups if len(group.holding) > 1 for fact in group.holding]  # fmt: skip
    if offered:
        acts["revise"] = Act(partial(RevisionForm, facts=offered), services.mark_revision, SAID)
    viewer.require(EvidencePermission.MANAGE, programme=code)
    return answered(request, acts, sent, lambda _made: redirect("evidence:indicator", uuid=indicator.uuid))


def _at(fact: Fact, places: dict[str, str]) -> str:
    return f" · {places.get(fact.place, fact.place)}" if fact.place else ""


def _with_facts(save: Any, *names: str, **own: Any) -> Any:
    """A service that is told the facts of an indicator as one value, of which ``own`` are not typed."""

    def told(*, by: Any, at: Any, **given: Any) -> object:
        facts = indicator_row({**given, **own})
        return save(by=by, at=at, facts=facts, **{name: given[name] for name in names})

    return told


def _figures(request: Request, scope: FigureScope) -> list[tuple[str, str]]:
    """The figures of ours that an indicator may name, by what they are called."""
    found = all_figures(request.viewer, scope)
    return [(one.key, say(one.label)) for one in found if not one.key.startswith(("fact:", "statement:"))]


def _shown(fact: Fact, group: Group) -> tuple[Any, ...]:
    return fact, value_words(fact), Strength(fact.strength), source_of(fact), flags_of(fact, conflict=group.conflict)


def _way() -> tuple[Crumb, ...]:
    return TODAY, Crumb(message(gettext_noop("证据")), reverse("evidence:list"))
