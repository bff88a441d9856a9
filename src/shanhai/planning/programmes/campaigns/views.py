# SPDX-License-Identifier: Apache-2.0
"""A campaign as a board, as a table and in time, made, filled and carried over; one task; the work groups."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from shanhai.base.accounts.selectors import Request, list_holders, names_by_ref
from shanhai.base.forms import Act, answered, saved
from shanhai.kernel import clock, ids
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import Crumb, Page
from shanhai.planning.programmes import labels
from shanhai.planning.programmes.access import may_report_for
from shanhai.planning.programmes.campaigns import selectors as campaigns
from shanhai.planning.programmes.campaigns.forms import (
    ActionForm,
    BoardFilterForm,
    CampaignForm,
    CarryOverForm,
    GroupForm,
    MembersForm,
    NewTaskForm,
    PaperForm,
    RetireForm,
    TaskForm,
    TaskMoveForm,
    TaskReportForm,
)
from shanhai.planning.programmes.campaigns.rules import Calendar, columns_ahead
from shanhai.planning.programmes.campaigns.selectors import BoardColumn
from shanhai.planning.programmes.campaigns.services import campaigns as writing
from shanhai.planning.programmes.campaigns.services import tasks as assigning
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.core.views import campaign_crumbs, crumbs
from shanhai.planning.programmes.models import Task, WorkGroup
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.programmes.states import GIVEN_UP, TASK_MOVES, Column, TaskState
from shanhai.registers.documents.selectors import list_proofs

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

LATELY = timedelta(days=7)
GROUPS = gettext_noop("工作组")
NO_POST = gettext_noop("%(name)s（已没有填报任务的岗位）")


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
def campaign_table(request: Request, uuid: str, here: str) -> HttpResponse:
    """GET /programmes/campaigns/<uuid>/tasks/ and /timeline/: the tasks as a table or in time, fifty a page."""
    context, filters = _context(request, uuid)
    campaign, today = context["campaign"], context["today"]
    calendar = Calendar(campaign.starts_on, campaign.due_on)
    found = campaigns.list_tasks(viewer=request.viewer, campaign=campaign, on=today, **filters)
    page = Page.of(found, request.GET.get("page", ""))
    context |= {
        "here": here,
        "page": page,
        "rows": [
            (task, campaigns.is_late(task, today), calendar.bar(task.starts_on, task.due_on)) for task in page.rows
        ],
        "calendar": calendar,
        "today_x": calendar.at(today) if calendar.first <= today <= calendar.last else None,
    }
    return render(request, f"programmes/campaign_{here}.html", context)


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


@require_http_methods(["GET", "HEAD", "POST"])
def task_page(request: Request, uuid: str, act: str = "") -> HttpResponse:
    """GET /programmes/tasks/<uuid>/: the task, its reports, its papers; POST /report, /correct and /papers below it."""
    task = campaigns.get_task(viewer=request.viewer, uuid=ids.parse_id(uuid))
    campaign, state, helpers = task.action.campaign, TaskState(task.state), [one.name for one in task.helpers.all()]
    code = campaign.programme.code
    acts = _acts(request, task, helpers)
    forms, went = answered(request, acts, act, lambda _: redirect("programmes:task", uuid), task=task.name)
    if went:
        return went
    if not request.viewer.may(ProgrammePermission.MANAGE, programme=code):
        del forms["task_form"]
    reports = campaigns.list_reports(task=task)
    names = names_by_ref(viewer=request.viewer, refs={report.by for report in reports})
    context = {
        "crumbs": (*campaign_crumbs(campaign), Crumb(task.name)),
        "task": task,
        "campaign": campaign,
        "programme": programmes.get_programme(viewer=request.viewer, code=code),
        "helpers": helpers,
        "late": campaigns.is_late(task, clock.local_date(request.at)),
        "reports": [(one, names.get(one.by, one.by)) for one in reports],
        "proofs": list_proofs(viewer=request.viewer, subject_type="programmes.task", subject_id=task.uuid),
        "may_report": may_report_for(request.viewer, task.group, code) and bool(TASK_MOVES[state]),
        "may_drop": Column.DROPPED in _ahead(request, task),
        **forms,
    }
    return render(request, "programmes/task.html", context, status=422 if request.method == "POST" else 200)


def _acts(request: Request, task: Task, helpers: list[str]) -> dict[str, Act]:
    written = {name: getattr(task, name) for name in ("name", "starts_on", "due_on", "measure")}
    written |= {"owner_group": task.group.name, "helpers": helpers}
    found = campaigns.list_groups(viewer=request.viewer, programme=task.action.campaign.programme.code)
    # Groups that rest meanwhile stay where they are.
    groups = dict.fromkeys([task.group.name, *helpers, *(group.name for group in found)])

    def prove(*, file: UploadedFile[Any], **given: Any) -> object:
        return assigning.prove_task(task=task.uuid, file=file.open(), name=file.name or "", **given)

    return {
        "report_form": Act(
            partial(TaskReportForm, initial={"progress_percent": task.progress_percent}),
            partial(assigning.report_progress, task=task.uuid),
            gettext_noop("已填报：%(task)s %(progress_percent)s%%。"),
        ),
        "task_form": Act(
            partial(TaskForm, groups=groups, initial=written),
            partial(assigning.correct_task, task=task.uuid),
            gettext_noop("任务已更正。"),
        ),
        "paper_form": Act(lambda sent: PaperForm(sent, request.FILES or None), prove, gettext_noop("证明材料已上传。")),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def move_task(request: Request, uuid: str) -> HttpResponse:
    """GET /programmes/tasks/<uuid>/move?to=: what moving a task asks for; POST moves it."""
    task = campaigns.get_task(viewer=request.viewer, uuid=ids.parse_id(uuid))
    asked = request.POST if request.method == "POST" else request.GET
    to = next((column for column in Column if column.value == asked.get("to")), None)
    if to is None:
        raise NotVisible(gettext_noop("没有这一栏。请从看板重新进入。"))
    back, address = _back(task, asked), reverse("programmes:task", args=[task.uuid])
    form = TaskMoveForm(request.POST if request.method == "POST" else None, to=to, initial=_initial(task))
    if request.method == "POST" and saved(request, form, lambda given: _move(request, task, to, given)):
        text = gettext("“%(task)s”已移到“%(column)s”。")
        messages.success(request, text % {"task": task.name, "column": gettext(labels.COLUMNS[to])})
        return redirect(back)
    way = (*campaign_crumbs(task.action.campaign), Crumb(task.name, address))
    context = {
        "crumbs": (*way, Crumb(message(gettext_noop("移动")))),
        "programme": task.action.campaign.programme,
        "task": task,
        "to": to,
        "column": labels.COLUMNS[to],
        "form": form,
        "back": back,
        "kept": asked.get("back", ""),
        "allowed": to in _ahead(request, task),
    }
    return render(request, "programmes/task_move.html", context, status=422 if form.errors else 200)


def _move(request: Request, task: Task, to: Column, given: Mapping[str, Any]) -> Task:
    asked: dict[str, Any] = {"by": request.viewer, "at": request.at, "task": task.uuid}
    if to is Column.DROPPED:
        return assigning.drop_task(**asked, because=given["note"])
    percent = {Column.WAITING: 0, Column.DONE: 100}.get(to, given.get("progress_percent", 0))
    return assigning.report_progress(**asked, progress_percent=percent, note=given["note"])


def _initial(task: Task) -> dict[str, int]:
    return {"progress_percent": task.progress_percent} if 0 < task.progress_percent < 100 else {}


def _ahead(request: Request, task: Task) -> tuple[Column, ...]:
    code = task.action.campaign.programme.code
    if not may_report_for(request.viewer, task.group, code):
        return ()
    may_drop = request.viewer.may(ProgrammePermission.MANAGE, programme=code)
    return columns_ahead(TaskState(task.state), task.progress_percent, may_drop=may_drop)


def _back(task: Task, asked: QueryDict) -> str:
    # Only the filters of the task's own board: an address from outside is never followed.
    kept = QueryDict(asked.get("back", ""))
    address = reverse("programmes:campaign", args=[task.action.campaign.uuid])
    return f"{address}?{kept.urlencode()}" if kept else address


@require_http_methods(["GET", "HEAD", "POST"])
def group_list(request: Request, code: str) -> HttpResponse:
    """GET /programmes/<code>/groups/: the groups with their members; POST adds one."""
    programme = programmes.get_programme(viewer=request.viewer, code=code)
    save = partial(writing.add_group, programme=code)
    acts = {"form": Act(GroupForm, save, gettext_noop("已增加工作组“%(name)s”。"))}
    if request.method == "POST":
        request.viewer.require(ProgrammePermission.MANAGE, programme=code)
    may_manage = request.viewer.may(ProgrammePermission.MANAGE, programme=code)
    forms, went = answered(request, acts if may_manage else {}, "form", lambda _: redirect("programmes:groups", code))
    if went:
        return went
    rows = campaigns.list_groups(viewer=request.viewer, programme=code, retired=True)
    names = names_by_ref(viewer=request.viewer, refs={one.ref for row in rows for one in row.members.all()})
    listed = [(row, sorted(names.get(one.ref, "—") for one in row.members.all())) for row in rows]
    context = {
        "crumbs": (*crumbs(programme), Crumb(message(GROUPS))),
        "programme": programme,
        "groups": [line for line in listed if line[0].retired_on is None],
        "retired": [line for line in listed if line[0].retired_on is not None],
        "may_manage": may_manage,
        **forms,
    }
    return render(request, "programmes/groups.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def group_page(request: Request, code: str, uuid: str, act: str = "") -> HttpResponse:
    """GET /programmes/<code>/groups/<uuid>/, POST /name, /members and /retire below it: what changes a group."""
    group = campaigns.get_group(viewer=request.viewer, uuid=ids.parse_id(uuid), programme=code)
    request.viewer.require(ProgrammePermission.MANAGE, programme=code)
    on, refs = clock.local_date(request.at), [one.ref for one in group.members.all()]
    acts = {
        "form": Act(
            partial(GroupForm, initial={"name": group.name, "duty": group.duty}),
            partial(writing.correct_group, group=group.uuid),
            gettext_noop("已保存工作组“%(name)s”。"),
        ),
        "members": Act(
            partial(MembersForm, people=_people(request, group), initial={"refs": refs}),
            partial(writing.choose_members, group=group.uuid),
            gettext_noop("已选定“%(name)s”的成员。"),
        ),
        "retire": Act(
            partial(RetireForm, initial={"on": on}),
            partial(writing.retire_group, group=group.uuid),
            gettext_noop("“%(name)s”已停用，做过的事都留着。"),
        ),
    }
    address = reverse("programmes:groups", args=[code])
    forms, went = answered(request, acts, act, lambda _: redirect(address), name=group.name)
    if went:
        return went
    context = {
        "crumbs": (*crumbs(group.programme), Crumb(message(GROUPS), address), Crumb(group.name)),
        "programme": group.programme,
        "group": group,
        **forms,
    }
    return render(request, "programmes/group.html", context, status=422 if request.method == "POST" else 200)


def _people(request: Request, group: WorkGroup) -> list[tuple[str, Any]]:
    """Who may be chosen: everybody who may report in the programme, and who belongs to the group already."""
    code = group.programme.code
    holders = list_holders(permission=ProgrammePermission.REPORT_TASK, programme=code, at=request.at)
    people = [(one.ref, one.name) for one in holders]
    left = {one.ref for one in group.members.all()} - {ref for ref, _ in people}
    names = names_by_ref(viewer=request.viewer, refs=left) if left else {}
    return people + [(ref, gettext(NO_POST) % {"name": names.get(ref, "—")}) for ref in sorted(left)]
