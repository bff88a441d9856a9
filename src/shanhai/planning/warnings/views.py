# SPDX-License-Identifier: Apache-2.0
"""The list of warnings, one with its history and the form to act on it, and the rules themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from shanhai.base.accounts import selectors as accounts
from shanhai.base.accounts.selectors import Request
from shanhai.base.formats import named
from shanhai.base.forms import saved, status_of
from shanhai.base.jobs import services as jobs
from shanhai.kernel import ids
from shanhai.kernel.errors import Conflict, NotVisible
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb, Happening, Page, page_number
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.core.selectors.scopes import scope_from
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.warnings import labels
from shanhai.planning.warnings.forms import ActForm, FilterForm
from shanhai.planning.warnings.models import EarlyWarning, WarningMove
from shanhai.planning.warnings.rules.catalogue import CATALOGUE
from shanhai.planning.warnings.rules.findings import from_json
from shanhai.planning.warnings.selectors import actions_of, count_by_rule, get_warning, list_moves, list_warnings
from shanhai.planning.warnings.services import JOB
from shanhai.planning.warnings.services import act as act_on
from shanhai.planning.warnings.states import Action, Ending, Happened
from shanhai.registers.places import selectors as place_register
from shanhai.registers.places.selectors import county_choices

SIZE = 20
WARNINGS = gettext_noop("预警")
RULES = gettext_noop("预警规则")


@require_safe
def warning_list(request: Request) -> HttpResponse:
    """GET /warnings/: filtered, the gravest and oldest first, twenty a page."""
    scope = scope_from(viewer=request.viewer, asked=request.GET, at=request.at)
    if scope is None:
        return render(request, "warnings/list.html", {"crumbs": (TODAY, Crumb(message(WARNINGS)))})
    programme = programmes.get_programme(viewer=request.viewer, code=scope.programme)
    counties = county_choices(programme.recipient.code)
    form = FilterForm(request.GET, counties=counties)
    found = list_warnings(viewer=request.viewer, programme=programme.code, **form.filters())
    number = page_number(request.GET.get("page", ""))
    page = Page(list(found[(number - 1) * SIZE : number * SIZE]), found.count(), number, SIZE)
    names = dict(counties)
    context = {
        "crumbs": (TODAY, Crumb(message(WARNINGS))),
        "programme": programme,
        "form": form,
        "listed": [(row, names.get(row.place, row.place)) for row in page.rows],
        "page": page,
        "may_evaluate": request.viewer.may(ProgrammePermission.MANAGE, programme=programme.code),
        "filtered": any(request.GET.get(name) for name in form.fields),
    }
    return render(request, "warnings/list.html", context)


@require_safe
def detail(request: Request, uuid: str) -> HttpResponse:
    """GET /warnings/<uuid>/: why, since when, who must act, what to do next, and all that happened."""
    return _detail(request, get_warning(viewer=request.viewer, uuid=ids.parse_id(uuid)))


@require_POST
def act(request: Request, uuid: str) -> HttpResponse:
    """POST /warnings/<uuid>/act: what was done about it. What was typed stays when it is refused."""
    row = get_warning(viewer=request.viewer, uuid=ids.parse_id(uuid))
    form = ActForm(request.POST, actions=Action)

    def save(given: Mapping[str, Any]) -> object:
        action = Action(given["action"])
        asked = {"warning": row.uuid, "action": action, "words": given["words"], "seen_acts": given["seen"]}
        return act_on(by=request.viewer, at=request.at, **asked)

    if not saved(request, form, save):
        row = get_warning(viewer=request.viewer, uuid=row.uuid)
        if not actions_of(request.viewer, row):
            # There is no form any more that could say it.
            raise Conflict(gettext_noop("这条预警已经关闭，不用再处理。"))
        return _detail(request, row, form)
    messages.success(request, gettext("已记下。"))
    return redirect("warnings:detail", uuid=row.uuid)


@require_safe
def rules(request: Request) -> HttpResponse:
    """GET /warnings/rules/: every rule as data, with how many of its warnings are not closed."""
    scope = scope_from(viewer=request.viewer, asked=request.GET, at=request.at)
    live = count_by_rule(viewer=request.viewer, programme=scope.programme) if scope else {}
    crumbs = (TODAY, Crumb(message(WARNINGS), reverse("warnings:list")), Crumb(message(RULES)))
    context = {
        "crumbs": crumbs,
        "programme": programmes.get_programme(viewer=request.viewer, code=scope.programme) if scope else None,
        "rules": [
            (rule, labels.SEVERITIES[rule.severity], labels.who_acts(rule.acts), live.get(rule.key, 0))
            for rule in CATALOGUE.values()
        ],
    }
    return render(request, "warnings/rules.html", context)


@require_POST
def evaluate(request: Request) -> HttpResponse:
    """POST /warnings/evaluate: ask all rules now, in the background."""
    scope = scope_from(viewer=request.viewer, asked=request.POST, at=request.at)
    if scope is None:
        raise NotVisible(gettext_noop("没有找到您要的内容。请从菜单重新进入。"))
    request.viewer.require(ProgrammePermission.MANAGE, programme=scope.programme)
    job = jobs.start(by=request.viewer, at=request.at, kind=JOB, arguments={"programme": scope.programme})
    return redirect("jobs:detail", uuid=job)


def _detail(request: Request, row: EarlyWarning, form: ActForm | None = None) -> HttpResponse:
    places = place_register.find_divisions([row.place] if row.place else [])
    moves = list_moves(viewer=request.viewer, warning=row.uuid)
    names = accounts.names_by_ref(viewer=request.viewer, refs={move.by for move in moves})
    actions = actions_of(request.viewer, row)
    context = {
        "crumbs": (
            TODAY,
            Crumb(message(WARNINGS), reverse("warnings:list")),
            Crumb(row.its_rule.said["title"]),
        ),
        "row": row,
        "programme": row.programme,
        "place": named(places[row.place]) if row.place in places else row.place,
        "ending": labels.ENDINGS[Ending(row.ending)] if row.ending else "",
        "happenings": [_happening(move, accounts.name_in(names, move.by)) for move in moves],
        "form": (form or ActForm(actions=actions, initial={"seen": row.acts})) if actions else None,
    }
    return render(request, "warnings/detail.html", context, status=status_of(form))


def _happening(move: WarningMove, name: str) -> Happening:
    status, word = labels.HAPPENED[Happened(move.happened)]
    title: Message | str = name
    if move.why is not None:
        title = move.warning.its_rule.say(move.warning.its_rule.why, from_json(move.why))
    elif move.action:
        title = f"{labels.ACTIONS[Action(move.action)]}：{move.words}"
    return Happening(on=move.at, title=title, status=status, word=str(word), note=name)
