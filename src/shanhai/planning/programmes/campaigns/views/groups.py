# SPDX-License-Identifier: Apache-2.0
"""The work groups of a programme: who they are, who belongs to them, and for the office, changing that."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shanhai.base.accounts.selectors import Request, list_holders, names_by_ref
from shanhai.kernel import clock, ids
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import Crumb
from shanhai.planning.programmes.campaigns import selectors as groups
from shanhai.planning.programmes.campaigns.forms import GroupForm, MembersForm, RetireForm
from shanhai.planning.programmes.campaigns.services import campaigns as writing
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.core.views import crumbs
from shanhai.planning.programmes.models import WorkGroup
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.registers.tables.forms import SavingForm, saved

GROUPS = gettext_noop("工作组")
NO_POST = gettext_noop("%(name)s（已没有填报任务的岗位）")


@require_http_methods(["GET", "HEAD", "POST"])
def group_list(request: Request, code: str) -> HttpResponse:
    """GET /programmes/<code>/groups/: the groups with their members; POST adds one."""
    programme = programmes.get_programme(viewer=request.viewer, code=code)
    may_manage = request.viewer.may(ProgrammePermission.MANAGE, programme=code)
    form = GroupForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        request.viewer.require(ProgrammePermission.MANAGE, programme=code)
        if saved(form, lambda given: writing.add_group(by=request.viewer, at=request.at, programme=code, **given)):
            messages.success(request, gettext("已增加工作组“%(name)s”。") % {"name": form.cleaned_data["name"]})
            return redirect("programmes:groups", code)
    rows = groups.list_groups(viewer=request.viewer, programme=code, retired=True)
    names = names_by_ref(viewer=request.viewer, refs={one.ref for row in rows for one in row.members.all()})
    listed = [(row, sorted(names.get(one.ref, "—") for one in row.members.all())) for row in rows]
    context = {
        "crumbs": (*crumbs(programme), Crumb(message(GROUPS))),
        "programme": programme,
        "groups": [line for line in listed if line[0].retired_on is None],
        "retired": [line for line in listed if line[0].retired_on is not None],
        "may_manage": may_manage,
        "form": form if may_manage else None,
    }
    return render(request, "programmes/groups.html", context, status=422 if form.errors else 200)


@require_safe
def group_page(request: Request, code: str, uuid: str) -> HttpResponse:
    """GET /programmes/<code>/groups/<uuid>/: the forms that change a group."""
    return _page(request, _group(request, code, uuid))


@require_POST
def rename_group(request: Request, code: str, uuid: str) -> HttpResponse:
    """POST /programmes/<code>/groups/<uuid>/name: another name or duty."""
    group, form = _group(request, code, uuid), GroupForm(request.POST)
    if saved(form, lambda given: writing.correct_group(by=request.viewer, at=request.at, group=group.uuid, **given)):
        messages.success(request, gettext("已保存工作组“%(name)s”。") % {"name": form.cleaned_data["name"]})
        return redirect("programmes:groups", code)
    return _page(request, group, form=form)


@require_POST
def choose_members(request: Request, code: str, uuid: str) -> HttpResponse:
    """POST /programmes/<code>/groups/<uuid>/members: just these people."""
    group = _group(request, code, uuid)
    form = MembersForm(request.POST, people=_people(request, group))
    if saved(form, lambda given: writing.choose_members(by=request.viewer, at=request.at, group=group.uuid, **given)):
        messages.success(request, gettext("已选定“%(name)s”的成员。") % {"name": group.name})
        return redirect("programmes:groups", code)
    return _page(request, group, members=form)


@require_POST
def retire_group(request: Request, code: str, uuid: str) -> HttpResponse:
    """POST /programmes/<code>/groups/<uuid>/retire: no more tasks for it."""
    group, form = _group(request, code, uuid), RetireForm(request.POST)
    if saved(form, lambda given: writing.retire_group(by=request.viewer, at=request.at, group=group.uuid, **given)):
        messages.success(request, gettext("“%(name)s”已停用，做过的事都留着。") % {"name": group.name})
        return redirect("programmes:groups", code)
    return _page(request, group, retire=form)


def _group(request: Request, code: str, uuid: str) -> WorkGroup:
    group = groups.get_group(viewer=request.viewer, uuid=ids.parse_id(uuid), programme=code)
    request.viewer.require(ProgrammePermission.MANAGE, programme=code)
    return group


def _page(request: Request, group: WorkGroup, **sent: SavingForm) -> HttpResponse:
    """The page; ``sent`` is the form that was sent and not saved, by its name on the page."""
    address = reverse("programmes:groups", args=[group.programme.code])
    chosen = {"refs": [one.ref for one in group.members.all()]}
    context = {
        "crumbs": (*crumbs(group.programme), Crumb(message(GROUPS), address), Crumb(group.name)),
        "programme": group.programme,
        "group": group,
        "form": GroupForm(initial={"name": group.name, "duty": group.duty}),
        "members": MembersForm(people=_people(request, group), initial=chosen),
        "retire": RetireForm(initial={"on": clock.local_date(request.at)}),
        **sent,
    }
    return render(request, "programmes/group.html", context, status=422 if sent else 200)


def _people(request: Request, group: WorkGroup) -> list[tuple[str, Any]]:
    """Who may be chosen: everybody who may report in the programme, and who belongs to the group already."""
    code = group.programme.code
    holders = list_holders(permission=ProgrammePermission.REPORT_TASK, programme=code, at=request.at)
    people = [(one.ref, one.name) for one in holders]
    left = {one.ref for one in group.members.all()} - {ref for ref, _ in people}
    names = names_by_ref(viewer=request.viewer, refs=left) if left else {}
    return people + [(ref, gettext(NO_POST) % {"name": names.get(ref, "—")}) for ref in sorted(left)]
