# SPDX-License-Identifier: Apache-2.0
"""The list of adjustments, the page of one, and the steps that are taken there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from shanhai.base.accounts import selectors as accounts
from shanhai.base.accounts.selectors import Request
from shanhai.kernel import ids
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.kernel.parts import TODAY, Crumb, Happening, Page, page_number
from shanhai.planning.adjustments import labels
from shanhai.planning.adjustments.forms import FilterForm, PaperForm
from shanhai.planning.adjustments.models import SUBJECT, Adjustment
from shanhai.planning.adjustments.permissions import AdjustmentPermission
from shanhai.planning.adjustments.rules.approval import BY_KEY
from shanhai.planning.adjustments.rules.effects import broken_floors
from shanhai.planning.adjustments.selectors.adjustments import AdjustmentPage, adjustment_page, list_adjustments
from shanhai.planning.adjustments.services import deciding, proposing
from shanhai.planning.adjustments.states import Kind, PaperKind, State, Verdict
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.core.selectors.scopes import scope_from
from shanhai.registers.documents import selectors as documents

SIZE = 20
ADJUSTMENTS = gettext_noop("调整")
DONE = {
    "submit": _("已报送，等审批。"),
    "withdraw": _("已撤回。"),
    "approve": _("已批准。办公室可以执行了。"),
    "refuse": _("已记下：不同意。"),
    "return": _("已退回提出的人。"),
    "apply": _("已执行，项目已经改过来。"),
    "support": _("已记下您的意见。"),
    "doubt": _("已记下您的意见。"),
}
PLAN_DONE = _("已执行，追加的部分已下达记账。")


@require_safe
def adjustment_list(request: Request) -> HttpResponse:
    """GET /adjustments/: filtered, twenty a page, the latest first."""
    scope = scope_from(viewer=request.viewer, asked=request.GET, at=request.at)
    context: dict[str, Any] = {"crumbs": (TODAY, Crumb(message(ADJUSTMENTS)))}
    if scope is not None:
        form, number = FilterForm(request.GET), page_number(request.GET.get("page", ""))
        found = list_adjustments(
            viewer=request.viewer,
            programme=scope.programme,
            filters=form.filters(),
            offset=(number - 1) * SIZE,
            limit=SIZE,
        )
        names = accounts.names_by_ref(viewer=request.viewer, refs={row.proposed_by for row in found.rows})
        context |= {
            "programme": programmes.get_programme(viewer=request.viewer, code=scope.programme),
            "form": form,
            "listed": [
                (row, _words(row), _name(row.proposed_by, names), row.pk in found.waiting) for row in found.rows
            ],
            "page": Page(rows=found.rows, count=found.count, number=number, size=SIZE),
            "may_plan": request.viewer.may(AdjustmentPermission.PROPOSE, programme=scope.programme),
            "filtered": any(request.GET.get(name) for name in form.fields),
        }
    return render(request, "adjustments/list.html", context)


@require_safe
def page(request: Request, uuid: str) -> HttpResponse:
    """GET /adjustments/<uuid>/: old and new, what it does to the shares, who said what, and what may be done."""
    return _render(request, adjustment_page(viewer=request.viewer, uuid=ids.parse_id(uuid)), PaperForm())


@require_POST
def paper(request: Request, uuid: str) -> HttpResponse:
    """POST /adjustments/<uuid>/papers: one file."""
    shown = adjustment_page(viewer=request.viewer, uuid=ids.parse_id(uuid))
    form = PaperForm(request.POST, request.FILES)
    if not form.is_valid():
        return _render(request, shown, form, status=422)
    file = form.cleaned_data["file"]
    proposing.add_paper(
        by=request.viewer,
        at=request.at,
        adjustment=shown.adjustment.uuid,
        file=file,
        name=file.name,
        kind=PaperKind(form.cleaned_data["kind"]),
    )
    messages.success(request, gettext("已存下“%(name)s”。") % {"name": file.name})
    return redirect("adjustments:detail", uuid=uuid)


@require_POST
def act(request: Request, uuid: str, act: str) -> HttpResponse:
    """POST /adjustments/<uuid>/<act>: one step, if the adjustment still stands where the page showed it."""
    words = request.POST.get("words", "")
    here: dict[str, Any] = {"by": request.viewer, "at": request.at, "adjustment": ids.parse_id(uuid)}
    seen: dict[str, Any] = {"seen": next((state for state in State if state.value == request.POST.get("seen")), None)}
    steps: dict[str, Callable[[], object]] = {
        "submit": lambda: proposing.submit_adjustment(**here, **seen),
        "withdraw": lambda: proposing.withdraw_adjustment(**here, **seen, because=words),
        "approve": lambda: deciding.decide_adjustment(**here, **seen, to=State.APPROVED, words=words),
        "refuse": lambda: deciding.decide_adjustment(**here, **seen, to=State.REFUSED, words=words),
        "return": lambda: deciding.decide_adjustment(**here, **seen, to=State.RETURNED, words=words),
        "apply": lambda: deciding.apply_adjustment(**here, **seen),
        "support": lambda: deciding.give_opinion(**here, verdict=Verdict.SUPPORTED, words=words),
        "doubt": lambda: deciding.give_opinion(**here, verdict=Verdict.DOUBTED, words=words),
    }
    if act not in steps:
        raise NotVisible(gettext_noop("没有找到您要的内容。请从菜单重新进入。"))
    done = steps[act]()
    of_plan = act == "apply" and isinstance(done, Adjustment) and done.kind == Kind.PLAN
    messages.success(request, str(PLAN_DONE if of_plan else DONE[act]))
    return redirect("adjustments:detail", uuid=uuid)


def way(programme: str) -> tuple[Crumb, ...]:
    """The crumbs that lead to the list of a programme."""
    return TODAY, Crumb(message(ADJUSTMENTS), f"{reverse('adjustments:list')}?programme={programme}")


def _render(request: Request, shown: AdjustmentPage, paper_form: PaperForm, *, status: int = 200) -> HttpResponse:
    row, currency = shown.adjustment, shown.adjustment.programme.currency
    names = accounts.names_by_ref(
        viewer=request.viewer, refs={row.proposed_by, *(opinion.by for opinion in shown.opinions)}
    )
    context = {
        "crumbs": (*way(row.programme.code), Crumb(row.code)),
        "shown": shown,
        "row": row,
        "words": _words(row),
        "rule": BY_KEY[shown.rule],
        "approver": labels.APPROVERS[BY_KEY[shown.rule].approver],
        "proposed_by": _name(row.proposed_by, names),
        "changes": [
            (
                change.name,
                labels.FIELDS[change.field],
                labels.shown(change.field, change.old, change.old_words, currency),
                labels.shown(change.field, change.new, change.new_words, currency),
            )
            for change in shown.changes
        ],
        "first": [(labels.FIELDS[change.field], Money(fen, currency)) for change, fen in shown.first],
        "broken": broken_floors(shown.effects),
        "happenings": [
            Happening(
                on=opinion.at,
                title=_name(opinion.by, names),
                status=labels.MARKS[Verdict(opinion.verdict)],
                word=str(labels.VERDICTS[Verdict(opinion.verdict)]),
                note=opinion.words,
            )
            for opinion in shown.opinions
        ],
        "proofs": documents.list_proofs(viewer=request.viewer, subject_type=SUBJECT, subject_id=row.uuid),
        "paper_form": paper_form,
    }
    return render(request, "adjustments/detail.html", context, status=status)


def _words(row: Adjustment) -> dict[str, Any]:
    kind, state = Kind(row.kind), State(row.state)
    return {"kind": labels.KINDS[kind], "state": labels.STATES[state], "status": labels.STATUSES[state]}


def _name(ref: str, names: Mapping[str, str]) -> str:
    return gettext("系统") if ref.startswith("system:") else names.get(ref, ref)
