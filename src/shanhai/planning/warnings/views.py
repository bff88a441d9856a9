# SPDX-License-Identifier: Apache-2.0
"""The list of warnings, one with its history and the form to act on it, and the rules themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from shanhai.base.accounts import selectors as accounts
from shanhai.base.accounts.selectors import Request
from shanhai.base.formats import say
from shanhai.base.jobs import services as jobs
from shanhai.kernel import ids
from shanhai.kernel.errors import DomainError, NotVisible
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb, Happening, Page, Status, page_number
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.core.selectors.scopes import scope_from
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.warnings import labels
from shanhai.planning.warnings.forms import ActForm, FilterForm
from shanhai.planning.warnings.rules.catalogue import CATALOGUE, Rule
from shanhai.planning.warnings.selectors.warnings import (
    MoveRow,
    WarningRow,
    count_by_rule,
    get_warning,
    list_moves,
    list_warnings,
)
from shanhai.planning.warnings.services import JOB
from shanhai.planning.warnings.services import act as act_on
from shanhai.planning.warnings.states import Action
from shanhai.planning.warnings.values import SubjectKind
from shanhai.registers.places import selectors as place_register

SIZE = 20
WARNINGS = gettext_noop("预警")
RULES = gettext_noop("预警规则")


@dataclass(frozen=True, slots=True)
class RuleInWords:
    """A rule as the pages say it; ``live`` is how many of its warnings are not closed."""

    rule: Rule[Any]
    title: Message
    next_step: Message
    closes: Message
    source: Message
    status: Status
    severity: Promise
    who: tuple[Promise, ...]
    live: int = 0


@dataclass(frozen=True, slots=True)
class Listed:
    """A warning with its words; ``url`` is the page of what it is about."""

    row: WarningRow
    rule: RuleInWords
    status: Status
    state: Promise
    place: str
    url: str


@require_safe
def warning_list(request: Request) -> HttpResponse:
    """GET /warnings/: filtered, the gravest and oldest first, twenty a page."""
    scope = scope_from(viewer=request.viewer, asked=request.GET, at=request.at)
    if scope is None:
        return render(request, "warnings/list.html", {"crumbs": (TODAY, Crumb(message(WARNINGS)))})
    programme = programmes.get_programme(viewer=request.viewer, code=scope.programme)
    counties = [(one.code, one.name) for one in place_register.list_counties_of(programme.recipient.code)]
    form, number = FilterForm(request.GET, counties=counties), page_number(request.GET.get("page", ""))
    count, rows = list_warnings(
        viewer=request.viewer,
        programme=programme.code,
        filters=form.filters(),
        offset=(number - 1) * SIZE,
        limit=SIZE,
    )
    names = dict(counties)
    context = {
        "crumbs": (TODAY, Crumb(message(WARNINGS))),
        "programme": programme,
        "form": form,
        "listed": [_listed(row, names) for row in rows],
        "page": Page(rows=rows, count=count, number=number, size=SIZE),
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
    if not form.is_valid():
        return _detail(request, row, form, status=422)
    given = form.cleaned_data
    try:
        act_on(
            by=request.viewer,
            at=request.at,
            warning=row.uuid,
            action=Action(given["action"]),
            words=given["words"],
            seen_acts=given["seen"],
        )
    except DomainError as error:
        if not row.may_act and not row.may_dismiss:
            raise
        form.add_error(None, say(error.message))
        return _detail(request, get_warning(viewer=request.viewer, uuid=row.uuid), form, status=error.status)
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
        "rules": [_in_words(rule, live.get(rule.key, 0)) for rule in CATALOGUE.values()],
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


def _detail(request: Request, row: WarningRow, form: ActForm | None = None, status: int = 200) -> HttpResponse:
    places = place_register.find_divisions([row.place] if row.place else [])
    listed = _listed(row, {code: place.name for code, place in places.items()})
    moves = list_moves(viewer=request.viewer, warning=row.uuid)
    names = accounts.names_by_ref(viewer=request.viewer, refs={move.by for move in moves})
    actions = [one for one in Action if (row.may_dismiss if one is Action.DISMISSED else row.may_act)]
    context = {
        "crumbs": (
            TODAY,
            Crumb(message(WARNINGS), f"{reverse('warnings:list')}?programme={row.programme}"),
            Crumb(listed.rule.title),
        ),
        "one": listed,
        "ending": labels.ENDINGS[row.ending] if row.ending else "",
        "happenings": [_happening(move, _name(move.by, names)) for move in moves],
        "form": (form or ActForm(actions=actions, initial={"seen": row.acts})) if actions else None,
    }
    return render(request, "warnings/detail.html", context, status=status)


def _in_words(rule: Rule[Any], live: int = 0) -> RuleInWords:
    status, severity = labels.SEVERITIES[rule.severity]
    return RuleInWords(
        rule=rule,
        title=rule.say(rule.title),
        next_step=rule.say(rule.next_step),
        closes=rule.say(rule.closes),
        source=rule.say(rule.source),
        status=status,
        severity=severity,
        who=labels.who_acts(rule.acts),
        live=live,
    )


def _listed(row: WarningRow, names: Mapping[str, str]) -> Listed:
    status, state = labels.STATES[row.state]
    return Listed(row, _in_words(row.rule), status, state, names.get(row.place, row.place), _subject_url(row))


def _subject_url(row: WarningRow) -> str:
    if row.subject_kind is SubjectKind.PROJECT:
        return reverse("projects:detail", args=[row.subject])
    if row.subject_kind is SubjectKind.YEAR:
        return f"{reverse('funds')}?programme={row.programme}"
    return reverse("programmes:detail", args=[row.programme])


def _happening(move: MoveRow, name: str) -> Happening:
    status, word = labels.HAPPENED[move.happened]
    said: Sequence[str] = (str(labels.ACTIONS[move.action]), move.words) if move.action else ()
    return Happening(on=move.at, title=move.why or "：".join(said) or name, status=status, word=str(word), note=name)


def _name(ref: str, names: Mapping[str, str]) -> str:
    return gettext("系统") if ref.startswith("system:") else names.get(ref, ref)
