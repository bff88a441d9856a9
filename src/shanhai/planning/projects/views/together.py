# SPDX-License-Identifier: Apache-2.0
"""What is done with the projects that are ticked in the list: moved, or exported."""

from __future__ import annotations

from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from shanhai.base.accounts.permissions import Permission
from shanhai.base.accounts.selectors import Request
from shanhai.kernel import clock, ids
from shanhai.kernel.errors import BadInput, NotVisible
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import Crumb
from shanhai.planning.programmes.selectors import programmes
from shanhai.planning.projects import labels
from shanhai.planning.projects.forms import TogetherForm
from shanhai.planning.projects.selectors.lists import ProjectFilters, list_briefs
from shanhai.planning.projects.services.together import Moved, TooManyAtOnce, move_together
from shanhai.planning.projects.states import Stage
from shanhai.planning.projects.views.exchange import workbook_of
from shanhai.planning.projects.views.lists import PROJECTS, TODAY

TITLE = message(gettext_noop("一起推动"))


@require_POST
def together(request: Request) -> HttpResponse | FileResponse:
    """POST /projects/together: the ticked projects as a workbook, or each a step on, with what came of each."""
    programme = programmes.get_programme(viewer=request.viewer, code=request.POST.get("programme", ""))
    seen = _ticked(request.POST.getlist("chosen"))
    if "export" in request.POST:
        if not seen:
            raise TooManyAtOnce(gettext_noop("还没有选项目。请在列表里打勾。"))
        briefs = list_briefs(viewer=request.viewer, programme=programme.code, projects=seen)
        only = frozenset(one.uuid for one in briefs)
        on = clock.local_date(request.at)
        return workbook_of(request, programme, on=on, filters=ProjectFilters(only=only), words=[])
    if not request.viewer.may_somewhere(Permission.PROJECT_MOVE):
        raise NotVisible(gettext_noop("没有找到您要的内容。请从菜单重新进入。"))
    form = TogetherForm(request.POST)
    moved: tuple[Moved, ...] = ()
    if form.is_valid():
        moved = move_together(
            by=request.viewer,
            at=request.at,
            programme=programme.code,
            seen=seen,
            to=Stage(form.cleaned_data["to"]),
            on=form.cleaned_data["on"],
            because=form.cleaned_data["because"],
        )
    address = f"{reverse('projects:list')}?programme={programme.code}"
    context = {
        "crumbs": (TODAY, Crumb(message(PROJECTS), address), Crumb(TITLE)),
        "programme": programme,
        "form": form,
        "to": labels.STAGES[Stage(form.cleaned_data["to"])] if form.is_valid() else "",
        "moved": [one for one in moved if one.refusal is None],
        "refused": [(one, labels.STAGES[one.project.stage]) for one in moved if one.refusal is not None],
        "back": address,
    }
    return render(request, "projects/together.html", context, status=422 if form.errors else 200)


def _ticked(chosen: list[str]) -> dict[UUID, Stage]:
    """The ticked projects with the stage that stood beside each: "<uuid> <stage>"."""
    found = {}
    for text in chosen:
        uuid, _, stage = text.partition(" ")
        if stage not in {one.value for one in Stage}:
            raise BadInput(gettext_noop("选中的项目读不懂。请刷新列表后再选。"))
        found[ids.parse_id(uuid)] = Stage(stage)
    return found
