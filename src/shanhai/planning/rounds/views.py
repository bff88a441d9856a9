# SPDX-License-Identifier: Apache-2.0
"""The months, the groups of one month, and the report of one group."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shanhai.base.accounts import selectors as accounts
from shanhai.base.accounts.selectors import Request
from shanhai.base.formats import say
from shanhai.kernel import clock, ids
from shanhai.kernel.errors import BadInput, Conflict, DomainError, Refused
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb
from shanhai.planning.programmes.campaigns import selectors as board
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.core.selectors.scopes import scope_from
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.rounds import labels, selectors, services
from shanhai.planning.rounds.forms import ReportForm, RoundForm
from shanhai.planning.rounds.models import ReportingRound
from shanhai.planning.rounds.selectors import ReportPage
from shanhai.planning.rounds.states import IN_HAND, ReportState, RoundState

ROUNDS = gettext_noop("月报")
LATELY = timedelta(days=7)


@require_safe
def round_list(request: Request) -> HttpResponse:
    """GET /rounds/: the months of a programme, and where the viewer may, opening the next."""
    scope = scope_from(viewer=request.viewer, asked=request.GET, at=request.at)
    return _list(request, scope.programme if scope else None)


@require_POST
def open_new(request: Request) -> HttpResponse:
    """POST /rounds/open: open the reports on a month."""
    code, form = request.POST.get("programme", ""), RoundForm(request.POST)
    if not form.is_valid():
        return _list(request, code, form=form, status=422)
    try:
        opened = services.open_round(by=request.viewer, at=request.at, programme=code, **form.cleaned_data)
    except (BadInput, Conflict, Refused) as error:
        form.add_error(None, _words(error))
        return _list(request, code, form=form, status=422)
    messages.success(request, gettext("已开报，各组可以填了。"))
    return redirect("rounds:detail", uuid=opened.uuid)


@require_safe
def round_page(request: Request, uuid: str) -> HttpResponse:
    """GET /rounds/<uuid>/: where each group stands, whose turn it is, and what has moved in the last seven days."""
    found = selectors.get_round(viewer=request.viewer, uuid=ids.parse_id(uuid), at=request.at)
    count, moved = board.list_moved(
        viewer=request.viewer, programme=found.round.programme.code, since=request.at - LATELY, limit=15
    )
    context = {
        "crumbs": _crumbs(found.round),
        "page": found,
        "round": found.round,
        "programme": found.round.programme,
        "state": labels.ROUNDS[RoundState(found.round.state)],
        "rows": [(row, *labels.REPORTS[row.state], labels.TURNS[row.state]) for row in found.rows],
        "tally": [(word, found.count(state)) for state, (_kind, word) in labels.REPORTS.items()],
        "in_hand": found.count(*IN_HAND),
        "accepted": found.count(ReportState.ACCEPTED),
        "running": found.round.state == RoundState.OPEN,
        "moved": moved,
        "moved_count": count,
    }
    return render(request, "rounds/detail.html", context)


@require_POST
def remind(request: Request, uuid: str) -> HttpResponse:
    """POST /rounds/<uuid>/remind: remind the groups whose turn it is."""
    count = services.remind(by=request.viewer, at=request.at, round_uuid=ids.parse_id(uuid))
    messages.success(request, gettext("已催报 %(count)s 个组，他们打开“今日”就会看到。") % {"count": count})
    return redirect("rounds:detail", uuid=uuid)


@require_POST
def close(request: Request, uuid: str) -> HttpResponse:
    """POST /rounds/<uuid>/close: close the month for good."""
    because = request.POST.get("because", "")
    try:
        services.close_round(by=request.viewer, at=request.at, round_uuid=ids.parse_id(uuid), because=because)
    except (BadInput, Refused) as error:
        messages.error(request, _words(error))
    else:
        messages.success(request, gettext("这一期月报已经结束。"))
    return redirect("rounds:detail", uuid=uuid)


@require_http_methods(["GET", "HEAD", "POST"])
def report_page(request: Request, uuid: str) -> HttpResponse:
    """GET /rounds/reports/<uuid>/: what a group reports; POST saves it, and with ``submit`` hands it in."""
    page = selectors.get_report(viewer=request.viewer, uuid=ids.parse_id(uuid))
    if request.method != "POST":
        return _report(request, page, _form(page))
    form = _form(page, request.POST)
    if not form.is_valid():
        return _report(request, page, form, status=422)
    try:
        _save(request, page, form)
    except (BadInput, Refused) as error:
        form.add_error(None, _words(error))
        return _report(request, page, form, status=422)
    messages.success(request, gettext("月报已上报，等办公室审核。") if _submits(request) else gettext("草稿已保存。"))
    return redirect("rounds:report", uuid=uuid)


def _save(request: Request, page: ReportPage, form: ReportForm) -> None:
    texts = {name: form.cleaned_data[name] for name in ("summary", "next_steps", "needs")}
    report = page.report.uuid
    services.save_report(by=request.viewer, at=request.at, report=report, lines=form.said(), **texts)
    if _submits(request):
        services.submit_report(by=request.viewer, at=request.at, report=report)


@require_POST
def send_back(request: Request, uuid: str) -> HttpResponse:
    """POST /rounds/reports/<uuid>/return: send a report back with the reason."""
    return _judge(request, uuid, accepted=False)


@require_POST
def accept(request: Request, uuid: str) -> HttpResponse:
    """POST /rounds/reports/<uuid>/accept: accept a report; its percents become the tasks'."""
    return _judge(request, uuid, accepted=True)


def _judge(request: Request, uuid: str, *, accepted: bool) -> HttpResponse:
    judge = services.accept_report if accepted else services.return_report
    because = request.POST.get("because", "")
    try:
        judged = judge(by=request.viewer, at=request.at, report=ids.parse_id(uuid), because=because)
    except (BadInput, Conflict, Refused) as error:
        messages.error(request, _words(error))
        return redirect("rounds:report", uuid=uuid)
    text = gettext("已通过，进展已记入任务。") if accepted else gettext("已退回，本组会看到您的意见。")
    messages.success(request, text)
    return redirect("rounds:detail", uuid=judged.round.uuid)


def _words(error: DomainError) -> str:
    return say(error.message)


def _submits(request: Request) -> bool:
    return "submit" in request.POST


def _form(page: ReportPage, data: object = None) -> ReportForm:
    initial = {name: getattr(page.report, name) for name in ("summary", "next_steps", "needs")}
    return ReportForm(data, lines=page.lines, initial=initial)


def _report(request: Request, page: ReportPage, form: ReportForm, *, status: int = 200) -> HttpResponse:
    refs = {page.report.submitted_by, *(move.by for move in page.moves)}
    names = accounts.names_by_ref(viewer=request.viewer, refs=refs)
    report = page.report
    context = {
        "crumbs": (*_crumbs(report.round), Crumb(report.group.name)),
        "page": page,
        "report": report,
        "programme": report.round.programme,
        "form": form,
        "state": labels.REPORTS[ReportState(report.state)],
        "turn": labels.TURNS[ReportState(report.state)],
        "moves": [(move, *labels.REPORTS[ReportState(move.new)], names.get(move.by, move.by)) for move in page.moves],
        "late": report.round.due_on < clock.local_date(request.at) and ReportState(report.state) in IN_HAND,
    }
    return render(request, "rounds/report.html", context, status=status)


def _list(request: Request, code: str | None, *, form: RoundForm | None = None, status: int = 200) -> HttpResponse:
    context: dict[str, object] = {"crumbs": (TODAY, Crumb(message(ROUNDS)))}
    if code is not None:
        programme = programmes.get_programme(viewer=request.viewer, code=code)
        may_open = request.viewer.may(ProgrammePermission.MANAGE, programme=code)
        year, month, opens_on, due_on = selectors.next_round(
            viewer=request.viewer, programme=code, on=clock.local_date(request.at)
        )
        days = {"year": year, "month": month, "opens_on": opens_on, "due_on": due_on}
        context |= {
            "programme": programme,
            "rounds": [
                (row, *labels.ROUNDS[RoundState(row.state)])
                for row in selectors.list_rounds(viewer=request.viewer, programme=code)
            ],
            "form": (form or RoundForm(initial=days)) if may_open else None,
        }
    return render(request, "rounds/list.html", context, status=status)


def _crumbs(of: ReportingRound) -> tuple[Crumb, ...]:
    month = message(gettext_noop("%(year)s 年 %(month)s 月"), year=str(of.year), month=str(of.month))
    listed = f"{reverse('rounds:list')}?programme={of.programme.code}"
    return TODAY, Crumb(message(ROUNDS), listed), Crumb(month, reverse("rounds:detail", args=[of.uuid]))
