# SPDX-License-Identifier: Apache-2.0
"""The projects that are ticked in the list, moved together."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from shanhai.base.accounts.selectors import Request
from shanhai.kernel import ids
from shanhai.kernel.errors import BadInput, NotVisible
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.projects import labels
from shanhai.planning.projects.lists.forms import TogetherForm
from shanhai.planning.projects.lists.services import Moved, move_together
from shanhai.planning.projects.lists.views.lists import PROJECTS
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.projects.states import Stage

TITLE = message(gettext_noop("一起推动"))


@require_POST
def together(request: Request) -> HttpResponse:
    """POST /projects/together: the ticked projects each a step on, with what came of each."""
    programme = programmes.get_programme(viewer=request.viewer, code=request.POST.get("programme", ""))
    seen = ticked(request.POST.getlist("chosen"))
    if not request.viewer.may_somewhere(ProjectPermission.MOVE):
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


def ticked(chosen: list[str]) -> dict[UUID, Stage]:
    """The ticked projects with the stage that stood beside each: "<uuid> <stage>"."""
    found = {}
    for text in chosen:
        uuid, _, stage = text.partition(" ")
        if stage not in {one.value for one in Stage}:
            raise BadInput(gettext_noop("选中的项目读不懂。请刷新列表后再选。"))
        found[ids.parse_id(uuid)] = Stage(stage)
    return found
