# SPDX-License-Identifier: Apache-2.0
"""One task: what it is, what was reported, what proves it; moving it on the board."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from shanhai.base.accounts import selectors as accounts
from shanhai.base.accounts.selectors import Request
from shanhai.kernel import clock, ids
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import Crumb
from shanhai.planning.programmes import labels
from shanhai.planning.programmes.access import may_report_for
from shanhai.planning.programmes.campaigns import selectors as campaigns
from shanhai.planning.programmes.campaigns.forms import PaperForm, TaskForm, TaskMoveForm, TaskReportForm
from shanhai.planning.programmes.campaigns.rules import columns_ahead
from shanhai.planning.programmes.campaigns.services import tasks as writing
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.core.views import campaign_crumbs
from shanhai.planning.programmes.models import Task
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.programmes.states import TASK_MOVES, Column, TaskState
from shanhai.registers.documents.selectors import list_proofs
from shanhai.registers.tables.forms import Act, answered, saved

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile


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
    names = accounts.names_by_ref(viewer=request.viewer, refs={report.by for report in reports})
    context = {
        "crumbs": (*campaign_crumbs(campaign), Crumb(task.name)),
        "task": task,
        "campaign": campaign,
        "programme": programmes.get_programme(viewer=request.viewer, code=code),
        "helpers": helpers,
        "state": labels.TASKS[state],
        "late": campaigns.is_late(task, clock.local_date(request.at)),
        "reports": [(one, *labels.TASKS[TaskState(one.new)], names.get(one.by, one.by)) for one in reports],
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
        return writing.prove_task(task=task.uuid, file=file.open(), name=file.name or "", **given)

    return {
        "report_form": Act(
            partial(TaskReportForm, initial={"progress_percent": task.progress_percent}),
            partial(writing.report_progress, task=task.uuid),
            gettext_noop("已填报：%(task)s %(progress_percent)s%%。"),
        ),
        "task_form": Act(
            partial(TaskForm, groups=groups, initial=written),
            partial(writing.correct_task, task=task.uuid),
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
    if request.method == "POST" and saved(form, lambda given: _move(request, task, to, given)):
        text = gettext("“%(task)s”已移到“%(column)s”。")
        messages.success(request, text % {"task": task.name, "column": gettext(labels.COLUMNS[to])})
        return redirect(back)
    way = (*campaign_crumbs(task.action.campaign), Crumb(task.name, address))
    context = {
        "crumbs": (*way, Crumb(message(gettext_noop("移动")))),
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
        return writing.drop_task(**asked, because=given["note"])
    percent = {Column.WAITING: 0, Column.DONE: 100}.get(to, given.get("progress_percent", 0))
    return writing.report_progress(**asked, progress_percent=percent, note=given["note"])


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
