# SPDX-License-Identifier: Apache-2.0
"""The list of projects, and one step for those that were ticked in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from shanhai.base.accounts.selectors import Request
from shanhai.base.saved_views.selectors import list_views
from shanhai.kernel import ids
from shanhai.kernel.errors import BadInput, NotVisible
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb, Page, page_number
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.core.selectors.scopes import scope_from
from shanhai.planning.projects import labels
from shanhai.planning.projects.core.selectors.projects import renamed_places
from shanhai.planning.projects.lists.forms import FilterForm, TogetherForm
from shanhai.planning.projects.lists.selectors.lists import ProjectRow, categories_in_use, list_projects
from shanhai.planning.projects.lists.services import Moved, move_together
from shanhai.planning.projects.lists.views.columns import COLUMNS, RowWriter, chosen_columns
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.projects.states import Stage
from shanhai.registers.places import selectors as places

if TYPE_CHECKING:
    from shanhai.planning.programmes.models import Programme


SIZES = (20, 50, 100)
PROJECTS = gettext_noop("项目")


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of the list as it is drawn: its name, how it is built, and its cells."""

    row: ProjectRow
    head: str
    kind: str
    cells: list[tuple[str, str, object]]


@require_safe
def project_list(request: Request) -> HttpResponse:
    """GET /projects/: filtered, ordered, twenty, fifty or a hundred a page, with the sums of all that match.

    Asked nothing it leads to the viewer's default view; ``view=all`` shows all.
    """
    scope = scope_from(viewer=request.viewer, asked=request.GET, at=request.at)
    if scope is None:
        return render(request, "projects/list.html", {"crumbs": (TODAY, Crumb(message(PROJECTS)))})
    programme = programmes.get_programme(viewer=request.viewer, code=scope.programme)
    views = list_views(viewer=request.viewer, page="projects:list", query=request.GET.urlencode())
    if views.opens_with:
        return redirect(f"{request.path}?{views.opens_with}&{urlencode({'programme': programme.code})}")
    form = filter_form(request, programme, as_of=scope.as_of)
    number, size = page_number(request.GET.get("page", "")), rows_a_page(request.GET)
    order = request.GET.get("order", "code")
    columns = chosen_columns(request.GET.getlist("columns"))
    categories = dict(form.categories)
    found = list_projects(
        viewer=request.viewer,
        programme=programme.code,
        on=scope.as_of,
        filters=form.filters(),
        order=order,
        offset=(number - 1) * size,
        limit=size,
    )
    together = TogetherForm(auto_id="together_%s", initial={"on": scope.as_of}) if found.rows else None
    writer = RowWriter(columns, categories, programme=programme.code, ticks=together is not None)
    fields = list(form)
    context = {
        "crumbs": (TODAY, Crumb(message(PROJECTS))),
        "programme": programme,
        "usual_fields": [field for field in fields if field.name not in form.FURTHER],
        "further_fields": [field for field in fields if field.name in form.FURTHER],
        "views": views,
        "views_url": request.path,
        "form": form,
        "sizes": SIZES,
        "offered": [(one, one in columns) for one in COLUMNS],
        "columns": columns,
        "sums": writer.sums(found.sums),
        "carried": _carried(request.GET),
        "found": found,
        "listed": [Listed(row, writer.head(row), writer.kind(row), writer.cells(row)) for row in found.rows],
        "page": Page(rows=found.rows, count=found.count, number=number, size=size),
        "together": together,
        "may_move": request.viewer.may_somewhere(ProjectPermission.MOVE),
        "may_import": request.viewer.may(ProjectPermission.IMPORT, programme=programme.code),
        "filtered": any(request.GET.get(name) for name in form.fields),
    }
    return render(request, "projects/list.html", context)


def filter_form(request: Request, programme: Programme, *, as_of: date) -> FilterForm:
    """The filter that the address asks for, with the counties and the years there are."""
    found = {one.code: one.name for one in places.list_counties_of(programme.recipient.code, ended=True)}
    old = renamed_places(found).keys() - {request.GET.get("county")}
    counties = [(code, name) for code, name in found.items() if code not in old]
    years = range(min(programme.ends_on.year, as_of.year), programme.starts_on.year - 1, -1)
    categories = categories_in_use(viewer=request.viewer, programme=programme.code, on=as_of)
    return FilterForm(request.GET, counties=counties, years=years, categories=categories)


def rows_a_page(asked: QueryDict) -> int:
    """How many rows the address asks for; twenty where it asks for none of the sizes there are."""
    return next((size for size in SIZES if asked.get("rows") == str(size)), SIZES[0])


def _carried(asked: QueryDict) -> list[tuple[str, str]]:
    """What choosing columns leaves as it is."""
    return [
        (name, value) for name in asked if name not in {"columns", "page"} for value in asked.getlist(name) if value
    ]


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
