# SPDX-License-Identifier: Apache-2.0
"""A campaign as a board, as a table and in time; starting one, filling it, carrying it over."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from shanhai.base.accounts.selectors import Request
from shanhai.kernel import clock, ids
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import Crumb, Page
from shanhai.planning.programmes import labels
from shanhai.planning.programmes.campaigns import selectors as campaigns
from shanhai.planning.programmes.campaigns.forms import (
    ActionForm,
    BoardFilterForm,
    CampaignForm,
    CarryOverForm,
    NewTaskForm,
)
from shanhai.planning.programmes.campaigns.rules import Calendar, columns_ahead
from shanhai.planning.programmes.campaigns.selectors import BoardColumn
from shanhai.planning.programmes.campaigns.services import campaigns as writing
from shanhai.planning.programmes.campaigns.services import tasks as assigning
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.core.views import campaign_crumbs, crumbs
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.programmes.states import GIVEN_UP, TaskState
from shanhai.registers.tables.forms import Act, answered

LATELY = timedelta(days=7)


@require_safe
def campaign_board(request: Request, uuid: str) -> HttpResponse:
    """GET /programmes/campaigns/<uuid>/: the tasks in columns, to be moved; what has moved in the last seven days."""
    context, filters = _context(request, uuid)
    campaign, today = context["campaign"], context["today"]
    columns = campaigns.list_columns(viewer=request.viewer, campaign=campaign, on=today, **filters)
    count, moved = campaigns.list_moved(
        viewer=request.viewer,
        programme=campaign.programme.code,
        campaign=campaign,
        since=request.at - LATELY,
        limit=10,
    )
    mine = {group.name for group in campaigns.own_groups(viewer=request.viewer, programme=campaign.programme.code)}
    context |= {
        "columns": [_drawn(column, context["may_manage"], mine, today) for column in columns],
        "moved": moved,
        "moved_count": count,
        "here": "board",
    }
    return render(request, "programmes/campaign_board.html", context)


def _drawn(column: BoardColumn, may_manage: bool, mine: set[str], today: date) -> tuple[BoardColumn, str, list[Any]]:
    """A column, its name, and each task: whether it is late, a word on its state, the columns it may go to."""
    cards = []
    for task in column.cards:
        may, state = may_manage or task.group.name in mine, TaskState(task.state)
        ahead = columns_ahead(state, task.progress_percent, may_drop=may_manage) if may else ()
        word = labels.TASKS[state][1] if state in GIVEN_UP else ""
        late = campaigns.is_late(task, today)
        cards.append((task, late, word, [(one, labels.COLUMNS[one]) for one in ahead]))
    return column, labels.COLUMNS[column.key], cards


@require_safe
def campaign_tasks(request: Request, uuid: str) -> HttpResponse:
    """GET /programmes/campaigns/<uuid>/tasks/: the tasks as a table, fifty a page."""
    context, filters = _context(request, uuid)
    return render(request, "programmes/campaign_tasks.html", _rows(request, context, filters, "tasks"))


@require_safe
def campaign_timeline(request: Request, uuid: str) -> HttpResponse:
    """GET /programmes/campaigns/<uuid>/timeline/: the tasks in time, fifty a page."""
    context, filters = _context(request, uuid)
    campaign, today = context["campaign"], context["today"]
    calendar = Calendar(campaign.starts_on, campaign.due_on)
    within = calendar.first <= today <= calendar.last
    context |= {"calendar": calendar, "today_x": calendar.at(today) if within else None}
    return render(request, "programmes/campaign_timeline.html", _rows(request, context, filters, "timeline", calendar))


def _rows(
    request: Request, context: dict[str, Any], filters: dict[str, Any], here: str, calendar: Calendar | None = None
) -> dict[str, Any]:
    campaign, today = context["campaign"], context["today"]
    found = campaigns.list_tasks(viewer=request.viewer, campaign=campaign, on=today, **filters)
    page = Page.of(found, request.GET.get("page", ""))
    rows = [
        (
            task,
            labels.TASKS[TaskState(task.state)],
            campaigns.is_late(task, today),
            calendar.bar(task.starts_on, task.due_on) if calendar else None,
        )
        for task in page.rows
    ]
    return context | {"rows": rows, "page": page, "here": here}


@require_http_methods(["GET", "HEAD", "POST"])
def new_campaign(request: Request, code: str) -> HttpResponse:
    """GET and POST /programmes/<code>/campaigns/new/: start a year's campaign."""
    programme = programmes.get_programme(viewer=request.viewer, code=code)
    request.viewer.require(ProgrammePermission.MANAGE, programme=code)
    make = partial(CampaignForm, initial={"year": clock.local_date(request.at).year})
    save = partial(writing.start_campaign, programme=code)
    acts = {"form": Act(make, save, gettext_noop("活动已建好。请加行动和任务。"))}
    forms, went = answered(request, acts, "form", lambda made: redirect("programmes:campaign-edit", made.uuid))
    if went:
        return went
    way = (*crumbs(programme), Crumb(message(gettext_noop("新的年度活动"))))
    context = {"crumbs": way, "programme": programme, **forms}
    return render(request, "programmes/campaign_new.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_campaign(request: Request, uuid: str, act: str = "") -> HttpResponse:
    """GET /programmes/campaigns/<uuid>/edit/, POST /actions, /tasks and /carry-over below it: what fills a campaign."""
    campaign = campaigns.get_campaign(viewer=request.viewer, uuid=ids.parse_id(uuid))
    programme = programmes.get_programme(viewer=request.viewer, code=campaign.programme.code)
    request.viewer.require(ProgrammePermission.MANAGE, programme=programme.code)
    names = [group.name for group in campaigns.list_groups(viewer=request.viewer, programme=programme.code)]
    actions = campaigns.list_actions(campaign=campaign)
    carried = {"year": campaign.year + 1, "name": campaign.name}
    acts = {
        "action_form": Act(
            ActionForm, partial(writing.add_action, campaign=campaign.uuid), gettext_noop("已加行动“%(name)s”。")
        ),
        "task_form": Act(
            partial(NewTaskForm, groups=names, actions=actions),
            assigning.add_task,
            gettext_noop("已加任务“%(name)s”。"),
        ),
        "carry_form": Act(partial(CarryOverForm, initial=carried), partial(writing.carry_over, campaign=campaign.uuid)),
    }

    def then(made: Any) -> HttpResponse:
        if act != "carry_form":
            return redirect("programmes:campaign-edit", uuid)
        target, count = made
        text = gettext("已结转 %(tasks)s 项任务到 %(year)s 年。请给它们定期限。")
        messages.success(request, text % {"tasks": count, "year": target.year})
        return redirect("programmes:campaign", target.uuid)

    forms, went = answered(request, acts, act, then)
    if went:
        return went
    context = {
        "crumbs": (*campaign_crumbs(campaign), Crumb(message(gettext_noop("行动和任务")))),
        "campaign": campaign,
        "programme": programme,
        "actions": actions,
        "groups": names,
        **forms,
    }
    return render(request, "programmes/campaign_edit.html", context, status=422 if request.method == "POST" else 200)


def _context(request: Request, uuid: str) -> tuple[dict[str, Any], dict[str, Any]]:
    campaign = campaigns.get_campaign(viewer=request.viewer, uuid=ids.parse_id(uuid))
    programme = programmes.get_programme(viewer=request.viewer, code=campaign.programme.code)
    form = BoardFilterForm(
        request.GET,
        groups=[
            (str(one.uuid), one.name)
            for one in campaigns.list_groups(viewer=request.viewer, programme=programme.code, retired=True)
        ],
        actions=[(str(one.uuid), one.name) for one in campaigns.list_actions(campaign=campaign)],
    )
    context = {
        "crumbs": (*crumbs(programme), Crumb(f"{campaign.year} · {campaign.name}")),
        "campaign": campaign,
        "programme": programme,
        "form": form,
        "filtered": any(request.GET.get(name) for name in form.fields),
        "query": request.GET.urlencode(),
        "today": clock.local_date(request.at),
        "may_manage": request.viewer.may(ProgrammePermission.MANAGE, programme=programme.code),
    }
    return context, form.cleaned_data if form.is_valid() else {}
