# SPDX-License-Identifier: Apache-2.0
"""The months, the groups of one month, and the report of one group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shanhai.base.accounts import selectors as accounts
from shanhai.base.accounts.selectors import Request
from shanhai.base.forms import saved
from shanhai.kernel import clock, ids
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb
from shanhai.planning.programmes.campaigns import selectors as board
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.core.selectors.scopes import scope_from
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.rounds import labels, selectors, services
from shanhai.planning.rounds.forms import ReportForm, RoundForm
from shanhai.planning.rounds.models import GroupReport, ReportingRound
from shanhai.planning.rounds.states import IN_HAND, ReportState, RoundState
from shanhai.registers.tables.selectors.writing import CONTENT_TYPE

ROUNDS = gettext_noop("月报")
MISSING = gettext_noop("还没有收进来：%(groups)s。")
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
    opened = saved(
        request, form, lambda given: services.open_round(by=request.viewer, at=request.at, programme=code, **given)
    )
    if opened is None:
        return _list(request, code, form=form)
    messages.success(request, gettext("已开报，各组可以填了。"))
    return redirect("rounds:detail", uuid=opened.uuid)


@require_safe
def round_page(request: Request, uuid: str) -> HttpResponse:
    """GET /rounds/<uuid>/: where each group stands, whose turn it is, and what has moved in the last seven days."""
    found, rows = selectors.get_round(viewer=request.viewer, uuid=ids.parse_id(uuid), at=request.at)
    code, tally = found.programme.code, Counter(row.state for row in rows)
    count, moved = board.list_moved(viewer=request.viewer, programme=code, since=request.at - LATELY, limit=15)
    context = {
        "crumbs": _crumbs(found),
        "round": found,
        "programme": found.programme,
        "state": labels.ROUNDS[RoundState(found.state)],
        "rows": [(row, *labels.REPORTS[row.state], labels.TURNS[row.state]) for row in rows],
        "tally": [(word, tally[state]) for state, (_kind, word) in labels.REPORTS.items()],
        "in_hand": sum(tally[state] for state in IN_HAND),
        "accepted": tally[ReportState.ACCEPTED],
        "running": found.state == RoundState.OPEN,
        "may_manage": request.viewer.may(ProgrammePermission.MANAGE, programme=code),
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
    services.close_round(by=request.viewer, at=request.at, round_uuid=ids.parse_id(uuid), because=because)
    messages.success(request, gettext("这一期月报已经结束。"))
    return redirect("rounds:detail", uuid=uuid)


@require_http_methods(["GET", "HEAD", "POST"])
def report_page(request: Request, uuid: str) -> HttpResponse:
    """GET /rounds/reports/<uuid>/: what a group reports; POST saves it, and with ``submit`` hands it in."""
    page = selectors.get_report(viewer=request.viewer, uuid=ids.parse_id(uuid))
    texts = {name: getattr(page.report, name) for name in ("summary", "next_steps", "needs")}
    form = ReportForm(request.POST if request.method == "POST" else None, lines=page.lines, initial=texts)
    submits = "submit" in request.POST

    def save(given: Mapping[str, Any]) -> GroupReport:
        asked: dict[str, Any] = {"by": request.viewer, "at": request.at, "report": page.report.uuid}
        written = services.save_report(**asked, lines=form.said(), **{name: given[name] for name in texts})
        return services.submit_report(**asked) if submits else written

    if request.method == "POST" and saved(request, form, save):
        messages.success(request, gettext("月报已上报，等办公室审核。") if submits else gettext("草稿已保存。"))
        return redirect("rounds:report", uuid=uuid)
    refs = {page.report.submitted_by, *(move.by for move in page.moves)}
    names = accounts.names_by_ref(viewer=request.viewer, refs=refs)
    report, state = page.report, ReportState(page.report.state)
    context = {
        "crumbs": (*_crumbs(report.round), Crumb(report.group.name)),
        "page": page,
        "report": report,
        "programme": report.round.programme,
        "form": form,
        "following": page.may_judge and selectors.next_to_judge(viewer=request.viewer, after=report),
        "state": labels.REPORTS[state],
        "turn": labels.TURNS[state],
        "moves": [(move, *labels.REPORTS[ReportState(move.new)], names.get(move.by, move.by)) for move in page.moves],
        "late": report.round.due_on < clock.local_date(request.at) and state in IN_HAND,
    }
    return render(request, "rounds/report.html", context, status=422 if form.errors else 200)


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
    judged = judge(by=request.viewer, at=request.at, report=ids.parse_id(uuid), because=because)
    text = gettext("已通过，进展已记入任务。") if accepted else gettext("已退回，本组会看到您的意见。")
    messages.success(request, text)
    following = selectors.next_to_judge(viewer=request.viewer, after=judged)
    if following is None:
        return redirect("rounds:detail", uuid=judged.round.uuid)
    return redirect("rounds:report", uuid=following.uuid)


@require_safe
def compiled(request: Request, uuid: str) -> HttpResponse:
    """GET /rounds/<uuid>/compiled/: the accepted reports of all groups on one page, to be read and printed."""
    found, accepted, missing = selectors.compiled(viewer=request.viewer, uuid=ids.parse_id(uuid))
    context = {
        "crumbs": (*_crumbs(found), Crumb(message(gettext_noop("汇编")))),
        "round": found,
        "programme": found.programme,
        "reports": accepted,
        "missing": missing and message(MISSING, groups=tuple(one.group.name for one in missing)),
    }
    return render(request, "rounds/compiled.html", context)


@require_safe
def export(request: Request, uuid: str) -> HttpResponse:
    """GET /rounds/<uuid>/compiled.xlsx: the same as a table."""
    content = selectors.compiled_workbook(viewer=request.viewer, uuid=ids.parse_id(uuid))
    answer = HttpResponse(content, content_type=CONTENT_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="report-{uuid[:8]}.xlsx"'
    return answer


def _list(request: Request, code: str | None, *, form: RoundForm | None = None) -> HttpResponse:
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
    return render(request, "rounds/list.html", context, status=422 if form else 200)


def _crumbs(of: ReportingRound) -> tuple[Crumb, ...]:
    month = message(gettext_noop("%(year)s 年 %(month)s 月"), year=str(of.year), month=str(of.month))
    return TODAY, Crumb(message(ROUNDS), reverse("rounds:list")), Crumb(month, reverse("rounds:detail", args=[of.uuid]))
