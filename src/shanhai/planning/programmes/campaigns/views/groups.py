# SPDX-License-Identifier: Apache-2.0
"""The work groups of a programme: who they are, who belongs to them, and for the office, changing that."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

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
from shanhai.registers.tables.forms import Act, answered

GROUPS = gettext_noop("工作组")
NO_POST = gettext_noop("%(name)s（已没有填报任务的岗位）")


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
    rows = groups.list_groups(viewer=request.viewer, programme=code, retired=True)
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
    group = groups.get_group(viewer=request.viewer, uuid=ids.parse_id(uuid), programme=code)
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
