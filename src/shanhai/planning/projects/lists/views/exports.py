# SPDX-License-Identifier: Apache-2.0
"""The list of projects as a workbook to download."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.http import FileResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from shanhai.base.accounts.selectors import Request
from shanhai.kernel import clock
from shanhai.kernel.errors import BadInput, NotVisible
from shanhai.kernel.messages import gettext_noop
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.core.selectors.scopes import scope_from
from shanhai.planning.projects.lists.selectors.exports import export_projects
from shanhai.planning.projects.lists.selectors.lists import ProjectFilters, list_briefs
from shanhai.planning.projects.lists.views.lists import filter_form, ticked
from shanhai.registers.tables.selectors.writing import CONTENT_TYPE

if TYPE_CHECKING:
    from shanhai.planning.programmes.models import Programme


@require_safe
def export(request: Request) -> FileResponse:
    """GET /projects/export.xlsx: everything that the filter of the list keeps, in the order of the list."""
    scope = scope_from(viewer=request.viewer, asked=request.GET, at=request.at)
    if scope is None:
        raise NotVisible(gettext_noop("没有找到您要的内容。请从菜单重新进入。"))
    programme = programmes.get_programme(viewer=request.viewer, code=scope.programme)
    form = filter_form(request, programme, as_of=scope.as_of)
    return workbook_of(request, programme, on=scope.as_of, filters=form.filters(), words=form.words())


@require_POST
def export_chosen(request: Request) -> FileResponse:
    """POST /projects/chosen.xlsx: the projects that are ticked in the list."""
    programme = programmes.get_programme(viewer=request.viewer, code=request.POST.get("programme", ""))
    chosen = ticked(request.POST.getlist("chosen"))
    if not chosen:
        raise BadInput(gettext_noop("还没有选项目。请在列表里打勾。"), "projects.too_many_at_once")
    briefs = list_briefs(viewer=request.viewer, programme=programme.code, projects=chosen)
    filters = ProjectFilters(only=frozenset(one.uuid for one in briefs))
    return workbook_of(request, programme, on=clock.local_date(request.at), filters=filters, words=[])


def workbook_of(
    request: Request, programme: Programme, *, on: date, filters: ProjectFilters, words: Sequence[str]
) -> FileResponse:
    """The projects that the filters keep as a file to download; ``words`` say above the table what was filtered for."""
    asked = "；".join(words) or (gettext("全部") if filters.only is None else gettext("选中的项目"))
    above = (
        gettext("%(programme)s 项目表") % {"programme": programme.name},
        gettext("数据截至 %(day)s · 筛选：%(asked)s · 单位：万元") % {"day": on.isoformat(), "asked": asked},
    )
    # The answer closes it, and with it it is gone.
    target = tempfile.TemporaryFile()  # noqa: SIM115
    export_projects(
        viewer=request.viewer,
        programme=programme.code,
        on=on,
        target=target,
        above=above,
        filters=filters,
        order=request.GET.get("order", "code"),
    )
    target.seek(0)
    name = f"{programme.code}-{on.isoformat()}.xlsx"
    return FileResponse(target, as_attachment=True, filename=name, content_type=CONTENT_TYPE)
