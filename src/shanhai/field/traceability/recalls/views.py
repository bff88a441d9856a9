# SPDX-License-Identifier: Apache-2.0
"""A thing with its trees; recalls from their start to their end; problems that people reported."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shanhai.base import formats
from shanhai.base.accounts import selectors as accounts
from shanhai.base.accounts.selectors import Request
from shanhai.base.forms import Act, answered, status_of
from shanhai.field.traceability.chains.selectors.products import called
from shanhai.field.traceability.labels import LOT_KINDS, LOTS, PAPERS, PROBLEM_KINDS, RECALL_STATES
from shanhai.field.traceability.models import Recall
from shanhai.field.traceability.permissions import TracePermission
from shanhai.field.traceability.recalls.forms import AnswerForm, EndForm, ProblemAnswerForm, StartForm
from shanhai.field.traceability.recalls.rules.balance import words_of
from shanhai.field.traceability.recalls.selectors import recalls as selectors
from shanhai.field.traceability.recalls.selectors.lots import Traced, claimants, holder_of, rows_of, trace
from shanhai.field.traceability.recalls.selectors.things import Thing, find_thing, path_of
from shanhai.field.traceability.recalls.services import problems, recalling
from shanhai.field.traceability.recalls.values import Tree
from shanhai.field.traceability.states import LotKind, LotState, ProblemKind, RecallState, ReportKind
from shanhai.kernel import clock, ids
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb, Page, page_number
from shanhai.registers.tables.selectors.writing import Column, downloaded, write_table

TRACE, GOODS, RECALLS = gettext_noop("溯源"), gettext_noop("溯源批次"), gettext_noop("召回")
PROBLEM = gettext_noop("反映的问题")
SIZE = 50
_ALL = 100_000


@require_safe
def lot_page(request: Request, code: str) -> HttpResponse:
    """GET /trace/lots/<code>/: a thing: from where, to where, balance, tests, who has it, what does not fit."""
    traced = trace(viewer=request.viewer, text=code)
    drawn = {"start": StartForm()} if _may_start(request, traced) else {}
    return _lot(request, traced, drawn)


@require_POST
def start(request: Request, code: str) -> HttpResponse:
    """POST /trace/recall/<code>/: call it back, or drill that."""
    thing = find_thing(viewer=request.viewer, text=code)
    request.viewer.require(TracePermission.INSPECT, **thing.scope)
    acts = {"start": Act(StartForm, partial(recalling.start_recall, thing=thing.identifier))}
    drawn, went = answered(request, acts, "start", lambda made: redirect("recalls:recall", uuid=made.uuid))
    return went or _lot(request, trace(viewer=request.viewer, text=code), drawn)


def _crumbs(*more: Crumb) -> tuple[Crumb, ...]:
    return (TODAY, Crumb(message(TRACE), reverse("chains:today")), *more)


def _may_start(request: Request, traced: Traced) -> bool:
    return request.viewer.may(TracePermission.INSPECT, **traced.thing.scope)


def _lot(request: Request, traced: Traced, drawn: dict[str, Any]) -> HttpResponse:
    thing = traced.thing
    context = {
        "crumbs": _crumbs(Crumb(message(GOODS), reverse("chains:lots")), Crumb(thing.name)),
        "thing": thing,
        "what": _what(thing),
        "state": LOTS[LotState(thing.lot.state)] if thing.lot else None,
        "holder": holder_of(traced),
        "back": _part(request, traced, traced.back, "back"),
        "forth": _part(request, traced, traced.forth, "forth"),
        "balances": [
            (one, {name: words_of(getattr(one, name), one.grams) for name in ("came_in", "used", "packed", "lost")},
             words_of(one.left, one.grams), None if one.unexplained is None else words_of(one.unexplained, one.grams),
             words_of(one.lost_in_work, one.grams) if one.put_in else "")
            for one in traced.balances
        ],
        "findings": [(one, gettext("、").join(claimants(traced, one))) for one in traced.findings],
        "wrong": traced.story.wrong,
        "events": traced.story.events[-SIZE:][::-1],
        "more_events": len(traced.story.events) > SIZE or traced.story.cut,
        "tests": [(one, *PAPERS[ReportKind(one.kind), one.passed]) for one in traced.tests[:SIZE]],
        "recalls": [(one, *RECALL_STATES[RecallState(one.state)]) for one in traced.recalls],
        "acts": drawn,
    }  # fmt: skip
    return render(request, "recalls/lot.html", context, status=status_of(*drawn.values()))


def _what(thing: Thing) -> str:
    """What a lot of ours is: the product and the kind; "" of what others name."""
    if (lot := thing.lot) is None:
        return ""
    return f"{called(lot.product_class.definition['names'])} · {formats.say(LOT_KINDS[LotKind(lot.kind)])}"


def _part(request: Request, traced: Traced, tree: Tree, parameter: str) -> Page:
    count = len(tree.nodes) - 1
    number = min(page_number(request.GET.get(parameter, "")), max(1, -(-count // SIZE)))
    rows = rows_of(tree, traced.holders, 1 + (number - 1) * SIZE, SIZE)
    links = [
        (
            row,
            reverse("recalls:lot", args=[path_of(row.identifier)]),
            LOT_KINDS[LotKind(row.lot.kind)] if row.lot else "",
        )
        for row in rows
    ]
    return Page(links, count, number, SIZE, parameter)


@require_safe
def recall_list(request: Request) -> HttpResponse:
    """GET /trace/recalls/: recalls and drills in sight."""
    if not any(map(request.viewer.may_somewhere, (TracePermission.VIEW, TracePermission.RECORD))):
        raise NotVisible(gettext_noop("没有找到您要的内容。请从菜单重新进入。"))
    page = Page.of(selectors.list_recalls(viewer=request.viewer), request.GET.get("page", ""))
    context = {
        "crumbs": _crumbs(Crumb(message(RECALLS))),
        "title": message(RECALLS),
        "rows": [(one, _name(one), *RECALL_STATES[RecallState(one.state)]) for one in page.rows],
        "page": page,
        "filtered": False,
    }
    return render(request, "recalls/list.html", context)


@require_safe
def recall_page(request: Request, uuid: str) -> HttpResponse:
    """GET /trace/recalls/<uuid>/: whom it reached, who answered, the list, how long that took."""
    recall = selectors.get_recall(viewer=request.viewer, uuid=ids.parse_id(uuid))
    drawn, _went = answered(request, _acts(request, recall), "", redirect)
    return _recall(request, recall, drawn)


@require_POST
def recall_act(request: Request, uuid: str, act: str) -> HttpResponse:
    """POST /trace/recalls/<uuid>/<act>: answer for one's party, or end it."""
    recall = selectors.get_recall(viewer=request.viewer, uuid=ids.parse_id(uuid))
    if act == "end":
        request.viewer.require(TracePermission.INSPECT, programme=recall.programme.code, place=recall.place)
    acts = _every_act(request, recall)
    drawn, went = answered(request, acts, act, lambda _made: redirect("recalls:recall", uuid=uuid))
    return went or _recall(request, recall, drawn)


@require_safe
def recall_table(request: Request, uuid: str) -> FileResponse:
    """GET /trace/recalls/<uuid>/list.xlsx: the whole list."""
    recall = selectors.get_recall(viewer=request.viewer, uuid=ids.parse_id(uuid))
    columns = [
        Column(gettext("层"), 6, "0"), Column(gettext("标识"), 60), Column(gettext("在谁手里"), 30),
        Column(gettext("什么时候不再含有"), 20), Column(gettext("后来加入"), 10), Column(gettext("已扣货"), 10),
        Column(gettext("已售出"), 20), Column(gettext("剩余（克）"), 12, "0"),
    ]  # fmt: skip
    found: QuerySet[Any] = selectors.listed(viewer=request.viewer, recall=recall)
    rows = (
        (
            one.depth, one.identifier, one.holder.organisation.name if one.holder else gettext("不知道"),
            formats.moment(one.left_at) if one.left_at else "", gettext("是") if one.later else "",
            gettext("是") if one.held else "", formats.moment(one.sold_at) if one.sold_at else "",
            one.left,
        )
        for one in found[:_ALL]
    )  # fmt: skip
    kind = gettext("演练") if recall.drill else gettext("召回")
    above = [f"{kind} · {recall.identifier}", recall.because, formats.moment(request.at)]
    name = f"recall-{clock.local_date(recall.started_at).isoformat()}.xlsx"
    return downloaded(name, lambda target: write_table(target, tab=kind, above=above, columns=columns, rows=rows))


def _every_act(request: Request, recall: Recall) -> dict[str, Act]:
    acts = {"end": Act(EndForm, partial(recalling.end_recall, recall=recall.uuid), gettext_noop("已结束这次召回。"))}
    said = gettext_noop("已记下答复。情况有变可以再答。")
    for one in selectors.own_reaches(viewer=request.viewer, recall=recall):
        save = partial(recalling.answer_recall, reach=one.uuid)
        acts[f"answer-{one.uuid}"] = Act(partial(AnswerForm, reach=one), save, said)
    return acts


def _acts(request: Request, recall: Recall) -> dict[str, Act]:
    """The forms that this viewer may send now."""
    acts = _every_act(request, recall) if recall.state == RecallState.OPEN else {}
    if not request.viewer.may(TracePermission.INSPECT, programme=recall.programme.code, place=recall.place):
        acts.pop("end", None)
    return acts


def _recall(request: Request, recall: Recall, drawn: dict[str, Any]) -> HttpResponse:
    viewer = request.viewer
    page = Page.of(selectors.listed(viewer=viewer, recall=recall), request.GET.get("page", ""), SIZE)
    answers = [(act, form) for act, form in drawn.items() if isinstance(form, AnswerForm)]
    parties = [form.reach.party_id for _, form in answers]
    there = selectors.still_with(recall=recall, parties=parties) if parties else {}
    told = Page.of(selectors.reached(viewer=viewer, recall=recall), request.GET.get("told", ""), SIZE)
    context = {
        "crumbs": _crumbs(Crumb(message(RECALLS), reverse("recalls:list")), Crumb(_name(recall))),
        "recall": recall,
        "name": _name(recall),
        "state": RECALL_STATES[RecallState(recall.state)],
        "reach": selectors.reach_of(recall),
        "whole": viewer.may(TracePermission.VIEW, programme=recall.programme.code, place=recall.place),
        "told": Page(told.rows, told.count, told.number, SIZE, "told"),
        "page": page,
        "rows": [
            (
                one,
                _name(one),
                reverse("recalls:lot", args=[path_of(one.identifier)]),
                LOT_KINDS[LotKind(one.kind)] if one.kind else "",
            )
            for one in page.rows
        ],
        "who": accounts.name_in(accounts.names_by_ref(viewer=viewer, refs=[recall.started_by]), recall.started_by),
        "answers": [(act, form, there.get(form.reach.party_id)) for act, form in answers],
        "acts": drawn,
    }
    return render(request, "recalls/recall.html", context, status=status_of(*drawn.values()))


@require_http_methods(["GET", "HEAD", "POST"])
def problem_page(request: Request, uuid: str) -> HttpResponse:
    """/trace/problems/<uuid>/: what somebody reported who scanned; POST says what came of it."""
    found = selectors.get_problem(viewer=request.viewer, uuid=ids.parse_id(uuid))
    may = request.viewer.may(TracePermission.INSPECT, programme=found.programme.code, place=found.place)
    if request.method == "POST":
        request.viewer.require(TracePermission.INSPECT, programme=found.programme.code, place=found.place)
    said = gettext_noop("已记下怎样处理的。")
    acts = {"answer": Act(ProblemAnswerForm, partial(problems.answer_problem, problem=found.uuid), said)}
    offered = acts if may and (found.answered_at is None or request.method == "POST") else {}
    drawn, went = answered(request, offered, "answer", lambda _made: redirect("recalls:problem", uuid=uuid))
    if went:
        return went
    context = {
        "crumbs": _crumbs(Crumb(message(PROBLEM)), Crumb(_name(found))),
        "problem": found,
        "name": _name(found),
        "kind": PROBLEM_KINDS[ProblemKind(found.kind)],
        "lot": reverse("recalls:lot", args=[path_of(found.identifier)]),
        "acts": drawn,
    }
    return render(request, "recalls/problem.html", context, status=status_of(*drawn.values()))


def _name(row: Any) -> str | Message:
    path = path_of(row.identifier)
    return path.rpartition("/")[2] if "/x/" in row.identifier else path
