# SPDX-License-Identifier: Apache-2.0
"""The evaluations of a programme, one of them with its items, and a template."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from shanhai.base.accounts.selectors import Request
from shanhai.base.forms import Act, ReasonForm, SavingForm, answered, status_of
from shanhai.insight.evaluations import labels, selectors, services
from shanhai.insight.evaluations.forms import (
    AppealForm,
    AssessForm,
    AttachForm,
    DecideForm,
    InForceForm,
    LinesForm,
    OpenForm,
)
from shanhai.insight.evaluations.models import Evaluation, Template
from shanhai.insight.evaluations.permissions import EvaluationPermission
from shanhai.insight.evaluations.selectors import Sheet, figure_scope
from shanhai.insight.evaluations.states import EvaluationState, TemplateState
from shanhai.insight.evaluations.values import Scoring
from shanhai.insight.evidence.permissions import EvidencePermission
from shanhai.kernel import ids
from shanhai.kernel.clock import local_date
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.planning.programmes.core.selectors.scopes import scope_from
from shanhai.planning.programmes.values import shortest

NAME = message(gettext_noop("考核"))
EVIDENCE = Crumb(message(gettext_noop("证据")), "/evidence/")
# What is done with the items of an evaluation, and what with it as a whole.
LINE_ACTS = {
    "assess": gettext_noop("保存自评"),
    "submit": gettext_noop("上报自评"),
    "decide": gettext_noop("评定"),
    "appeal": gettext_noop("提出申诉"),
}
OTHER_ACTS = {
    "attach": (gettext_noop("附证据"), gettext_noop("一份文件附在一个指标下。上报时，附了哪些和数一起留下。")),
    "send-back": (gettext_noop("退回"), gettext_noop("退回以后可以再改自评；再上报时，数重新取。")),
    "freeze": (gettext_noop("封存"), gettext_noop("封存以后，得分和数都不再改动，也不能再申诉。")),
}


@require_safe
def evaluation_list(request: Request) -> HttpResponse:
    """GET /evaluations/: the evaluations and the templates of a programme."""
    scope = scope_from(viewer=request.viewer, asked=request.GET, at=request.at)
    context: dict[str, Any] = {"crumbs": (TODAY, EVIDENCE, Crumb(NAME))}
    if scope is not None:
        asked: dict[str, Any] = {"viewer": request.viewer, "programme": scope.programme}
        context |= {
            "programme": get_programme(viewer=request.viewer, code=scope.programme),
            "evaluations": [
                (one, *labels.EVALUATIONS[EvaluationState(one.state)]) for one in selectors.list_evaluations(**asked)
            ],
            "templates": [
                (one, *labels.TEMPLATES[TemplateState(one.state)]) for one in selectors.list_templates(**asked)
            ],
            "may_manage": request.viewer.may(EvidencePermission.MANAGE, programme=scope.programme),
        }
    return render(request, "evaluations/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def template_page(request: Request, uuid: str, act: str = "") -> HttpResponse:
    """GET /evaluations/templates/<uuid>/; POST …/in-force puts it in force, …/open begins an evaluation by it."""
    found = selectors.get_template(viewer=request.viewer, uuid=ids.parse_id(uuid))
    drawn, went = answered(request, _template_acts(request, found), act, _to_page, name=found.name)
    items = [(item, labels.SCORINGS[Scoring(item.scoring)]) for item in found.items.order_by("position")]
    context = {
        "crumbs": _crumbs(found.programme.code, found.name),
        "template": found,
        "programme": found.programme,
        "state": labels.TEMPLATES[TemplateState(found.state)],
        "items": items,
        "in_force": drawn.get("in-force"),
        "open": drawn.get("open"),
    }
    return went or render(request, "evaluations/template.html", context, status=status_of(*drawn.values()))


def _template_acts(request: Request, found: Template) -> Mapping[str, Act]:
    acts, code = {}, found.programme.code
    if found.state == TemplateState.DRAFT and request.viewer.may(EvaluationPermission.DECIDE, programme=code):
        put = partial(services.put_in_force, template=found.uuid)
        acts["in-force"] = Act(InForceForm, put, gettext_noop("“%(name)s”已启用。"))
    if found.state == TemplateState.IN_FORCE and request.viewer.may(EvidencePermission.MANAGE, programme=code):
        begin = partial(services.open_evaluation, template=found.uuid)
        acts["open"] = Act(OpenForm, begin, gettext_noop("已开始，请填自评。"))
    return acts


def _to_page(made: Template | Evaluation) -> HttpResponse:
    page = "evaluations:detail" if isinstance(made, Evaluation) else "evaluations:template"
    return redirect(page, uuid=made.uuid)


@require_http_methods(["GET", "HEAD", "POST"])
def evaluation_page(request: Request, uuid: str, act: str = "") -> HttpResponse:
    """GET /evaluations/<uuid>/: items, figures, points; POST …/<act> does what may be done in its state."""
    on = local_date(request.at)
    sheet = selectors.get_sheet(viewer=request.viewer, uuid=ids.parse_id(uuid), on=on)
    found = sheet.evaluation
    scope = figure_scope(found, on=on)
    drawn, went = answered(request, _acts(sheet, request.FILES), act, _to_page)
    by_line = [name for name in LINE_ACTS if name in drawn]
    lines_form = drawn[act if act in by_line else by_line[0]] if by_line else None
    context = {
        "crumbs": _crumbs(found.programme.code, str(found.template.name)),
        "sheet": sheet,
        "evaluation": found,
        "programme": found.programme,
        "state": labels.EVALUATIONS[EvaluationState(found.state)],
        "scope": scope,
        "live": found.state == EvaluationState.ASSESSING,
        "rows": [
            (line, _asked(line), _said(line), *_fields(lines_form, line.score.item.position)) for line in sheet.lines
        ],
        "forms": drawn,
        "lines_form": lines_form,
        "buttons": [(name, LINE_ACTS[name]) for name in by_line],
        "others": [(name, *words, drawn[name]) for name, words in OTHER_ACTS.items() if name in drawn],
        "moves": [
            (move, *labels.EVALUATIONS[EvaluationState(move.new)], sheet.names.get(move.by, ""))
            for move in found.moves.order_by("-pk")
        ],
    }
    return went or render(request, "evaluations/detail.html", context, status=status_of(*drawn.values()))


def _asked(line: selectors.Line) -> str:
    return labels.ASKED[Scoring(line.score.item.scoring)]


def _said(line: selectors.Line) -> str:
    """What was reached, where a person said it."""
    if line.figure or line.reached is None:
        return ""
    scoring, number = line.score.item.scoring, shortest(line.reached)
    return gettext(labels.YES_NO.get(number, number)) if scoring == Scoring.YES_NO else number


def _fields(form: forms.Form | None, place: int) -> tuple[Any, Any]:
    """The number and the words of an item as fields of the form that is drawn; None for what it does not ask."""
    if form is None:
        return None, None
    named = [name for name in form.fields if name.endswith(f"_{place}")]
    numbers = [form[name] for name in named if name.startswith(("reached", "points"))]
    words = [form[name] for name in named if not name.startswith(("reached", "points"))]
    return next(iter(numbers), None), next(iter(words), None)


def _acts(sheet: Sheet, files: Any) -> Mapping[str, Act]:
    """The forms of an evaluation by name, for this viewer in its state."""
    state, uuid = EvaluationState(sheet.evaluation.state), sheet.evaluation.uuid
    acts: dict[str, Act] = {}

    def lines(form: type[LinesForm], save: Callable[..., object], said: str) -> Act:
        return Act(lambda data: form(data, lines=sheet.lines), partial(save, evaluation=uuid), said)

    if sheet.may_assess and state == EvaluationState.ASSESSING:
        acts["assess"] = lines(AssessForm, services.assess, gettext_noop("自评已保存。"))
        acts["attach"] = Act(
            lambda data: AttachForm(data, files if data else None, lines=sheet.lines),
            partial(services.attach_file, evaluation=uuid),
            gettext_noop("证据已附上。"),
        )
        acts["submit"] = lines(AssessForm, services.submit, gettext_noop("自评已上报，等评定。"))
    if sheet.may_decide and state in (EvaluationState.SUBMITTED, EvaluationState.APPEALED):
        acts["decide"] = lines(DecideForm, services.decide, gettext_noop("已评定。"))
    if sheet.may_decide and state == EvaluationState.SUBMITTED:
        acts["send-back"] = Act(ReasonForm, partial(services.send_back, evaluation=uuid), gettext_noop("已退回。"))
    if sheet.may_assess and state == EvaluationState.DECIDED:
        acts["appeal"] = lines(AppealForm, services.appeal, gettext_noop("已提出申诉。"))
    if sheet.may_decide and state == EvaluationState.DECIDED:
        acts["freeze"] = Act(SavingForm, partial(services.freeze, evaluation=uuid), gettext_noop("已封存，不再改动。"))
    return acts


def _crumbs(programme: str, name: str) -> tuple[Crumb, ...]:
    return TODAY, EVIDENCE, Crumb(NAME, f"/evaluations/?programme={programme}"), Crumb(name)
