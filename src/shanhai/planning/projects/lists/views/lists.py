# SPDX-License-Identifier: Apache-2.0
"""The list of projects with its columns, one step for those that were ticked in it, and both as workbooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from shanhai.base import formats
from shanhai.base.accounts.selectors import Request
from shanhai.base.formats import name_of, named
from shanhai.base.forms import saved, status_of
from shanhai.base.saved_views.selectors import list_views
from shanhai.kernel import clock, ids
from shanhai.kernel.errors import BadInput, NotVisible
from shanhai.kernel.figures import FigureScope
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb, Page, page_number
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.projects import labels
from shanhai.planning.projects.core.selectors import list_these, renamed_places
from shanhai.planning.projects.core.views import PROJECTS, framed
from shanhai.planning.projects.dossier.services.stages import Moved, move_together
from shanhai.planning.projects.lists.forms import FilterForm, TogetherForm
from shanhai.planning.projects.lists.selectors.lists import (
    ProjectFilters,
    ProjectRow,
    ProjectSums,
    categories_in_use,
    export_projects,
    list_projects,
)
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.projects.states import Stage
from shanhai.registers.places import selectors as places
from shanhai.registers.tables.selectors.writing import downloaded

if TYPE_CHECKING:
    from shanhai.planning.programmes.models import Programme


SIZES = (20, 50, 100)
PASSING = frozenset({"columns", "page"})


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of the list as it is drawn: its name, how it is built, and its cells."""

    row: ProjectRow
    head: str
    kind: str
    cells: list[tuple[str, str, object]]


@require_safe
@framed("projects/list.html", replace(PROJECTS, url=""))
def project_list(request: Request, scope: FigureScope, programme: Programme) -> HttpResponse | dict[str, Any]:
    """GET /projects/: filtered, ordered, twenty, fifty or a hundred a page, with the sums of all that match.

    Asked nothing it leads to the viewer's default view; ``view=all`` shows all.
    """
    views = list_views(viewer=request.viewer, page="projects:list", query=request.GET.urlencode())
    if views.opens_with:
        return redirect(f"{request.path}?{views.opens_with}&{urlencode({'programme': programme.code})}")
    form = filter_form(request, programme, as_of=scope.as_of)
    number = page_number(request.GET.get("page", ""))
    size = rows_asked(request) or next((size for size in SIZES if request.GET.get("rows") == str(size)), SIZES[0])
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
    return {
        "usual_fields": [field for field in fields if field.name not in form.FURTHER],
        "further_fields": [field for field in fields if field.name in form.FURTHER],
        "views": views,
        "views_url": request.path,
        "form": form,
        "sizes": SIZES,
        "offered": [(one, one in columns) for one in COLUMNS],
        "columns": columns,
        "sums": writer.sums(found.sums),
        "rounding": formats.rounding_note(
            *(
                ([getattr(row, one.key) for row in found.rows], getattr(found.sums, one.key))
                for one in columns
                if one.kind == "money"
            )
        ),
        # What choosing columns leaves as it is.
        "carried": [(name, one) for name, many in request.GET.lists() if name not in PASSING for one in many if one],
        "found": found,
        "listed": [Listed(row, writer.head(row), writer.kind(row), writer.cells(row)) for row in found.rows],
        "page": Page(rows=found.rows, count=found.count, number=number, size=size),
        "together": together,
        "may_move": request.viewer.may_somewhere(ProjectPermission.MOVE),
        "may_import": request.viewer.may_somewhere(ProjectPermission.IMPORT, programme=programme.code),
        "filtered": any(request.GET.get(name) for name in form.fields),
    }


def rows_asked(request: Request) -> int:
    """How many rows a page shows that is asked for all of them, to be printed; 0 where it is not."""
    return settings.PRINTED_ROWS if request.GET.get("rows") == "all" else 0


def filter_form(request: Request, programme: Programme, *, as_of: date) -> FilterForm:
    """The filter that the address asks for, with the counties and the years there are."""
    found = {one.code: named(one) for one in places.list_counties_of(programme.recipient.code, ended=True)}
    old = renamed_places(found).keys() - {request.GET.get("county")}
    counties = [(code, name) for code, name in found.items() if code not in old]
    years = range(min(programme.ends_on.year, as_of.year), programme.starts_on.year - 1, -1)
    categories = categories_in_use(viewer=request.viewer, programme=programme.code, on=as_of)
    return FilterForm(request.GET, counties=counties, years=years, categories=categories)


TITLE = message(gettext_noop("一起推动"))


@require_POST
def together(request: Request) -> HttpResponse:
    """POST /projects/together: the ticked projects each a step on, with what came of each."""
    programme = programmes.get_programme(viewer=request.viewer, code=request.POST.get("programme", ""))
    seen = ticked(request.POST.getlist("chosen"))
    if not request.viewer.may_somewhere(ProjectPermission.MOVE):
        raise NotVisible(gettext_noop("没有找到您要的内容。请从菜单重新进入。"))
    form = TogetherForm(request.POST)
    step = partial(move_together, by=request.viewer, at=request.at, programme=programme.code, seen=seen)
    moved: tuple[Moved, ...] = saved(request, form, lambda given: step(**given)) or ()
    context = {
        "crumbs": (TODAY, PROJECTS, Crumb(TITLE)),
        "programme": programme,
        "form": form,
        "chosen": request.POST.getlist("chosen"),
        "to": labels.STAGES[form.cleaned_data["to"]] if not form.errors else "",
        "moved": [one for one in moved if one.refusal is None],
        "refused": [(one, labels.STAGES[Stage(one.project.stage)]) for one in moved if one.refusal is not None],
        "back": f"{reverse('projects:list')}?programme={programme.code}",
    }
    return render(request, "projects/together.html", context, status=status_of(form))


def ticked(chosen: list[str]) -> dict[UUID, Stage]:
    """The ticked projects with the stage that stood beside each: "<uuid> <stage>"."""
    found = {}
    for text in chosen:
        uuid, _, stage = text.partition(" ")
        if stage not in set(Stage):
            raise BadInput(gettext_noop("选中的项目读不懂。请刷新列表后再选。"))
        found[ids.parse_id(uuid)] = Stage(stage)
    return found


@dataclass(frozen=True, slots=True)
class Column:
    """A column beside the name: its header, how its cells are drawn, and the order its header leads to."""

    key: str
    header: Promise
    kind: str = "text"
    order: str = ""
    usual: bool = True


COLUMNS = (
    Column("code", _("编号"), "code", order="code"),
    Column("place_name", _("县（市）"), order="county"),
    Column("category", _("类别"), usual=False),
    Column("delivery", _("建设方式"), usual=False),
    Column("novelty", _("新建或续建"), usual=False),
    Column("stage", _("阶段"), "status", order="stage"),
    Column("progress_percent", _("形象进度"), "percent", usual=False),
    Column("total_investment", _("总投资"), "money", order="-total_investment"),
    Column("completed_investment", _("完成投资"), "money", order="-completed_investment", usual=False),
    Column("plan", _("援助资金"), "money"),
    Column("arrived", _("到位"), "money"),
    Column("paid", _("支付"), "money"),
    Column("planned_start_on", _("计划开工"), "day", usual=False),
    Column("planned_finish_on", _("计划完工"), "day", order="planned_finish"),
)


def chosen_columns(asked: Sequence[str]) -> tuple[Column, ...]:
    """The columns that are asked for, in their fixed order; the usual ones where none there is is asked for."""
    return tuple(one for one in COLUMNS if one.key in asked) or tuple(one for one in COLUMNS if one.usual)


class RowWriter:
    """Writes the rows of one page: every word of a heading, a stage or a kind is translated and escaped once."""

    def __init__(
        self, columns: Sequence[Column], categories: Mapping[str, str], *, programme: str, ticks: bool
    ) -> None:
        self._columns = [(one.key, one.kind, escape(str(one.header))) for one in columns]
        self._categories, self._ticks = categories, gettext("选中 %(name)s") if ticks else ""
        self._words: dict[str, dict[Any, str]] = {
            "delivery": {one: str(word) for one, word in labels.DELIVERIES.items()},
            "novelty": {one: str(word) for one, word in labels.NOVELTIES.items()},
        }
        self._address, self._asked = reverse("projects:list"), urlencode({"programme": programme})

    def head(self, row: ProjectRow) -> SafeString:
        """The name of the project, which leads to its page, behind the box to tick it."""
        name, box = escape(row.name), ""
        if self._ticks:
            label = escape(self._ticks % {"name": row.name})
            chosen = f"{row.uuid} {row.stage.value}"
            box = f'<input type="checkbox" form="together" name="chosen" value="{chosen}" aria-label="{label}"> '
        # Every part is escaped above, or is an address or a state of ours.
        return mark_safe(f'{box}<a href="{self._address}{row.uuid}/?{self._asked}">{name}</a>')  # noqa: S308

    def kind(self, row: ProjectRow) -> str:
        """How it is built, and whether it is new."""
        return f"{self._words['delivery'][row.delivery]} · {self._words['novelty'][row.novelty]}"

    def cells(self, row: ProjectRow) -> list[tuple[str, str, object]]:
        """What stands in the columns, for the tag ``cells``."""
        return [(heading, kind, self._value(row, key)) for key, kind, heading in self._columns]

    def sums(self, sums: ProjectSums) -> list[tuple[str, str, object]]:
        """What stands below the columns: a sum below money, nothing below anything else."""
        return [
            (heading, kind, getattr(sums, key)) if kind == "money" else (heading, "nothing", None)
            for key, kind, heading in self._columns
        ]

    def _value(self, row: ProjectRow, key: str) -> object:
        if key == "category":
            return self._categories.get(row.category, row.category)
        if key == "place_name":
            return name_of(row.place_name, row.place_name_en)
        if key == "stage":
            return labels.stage_words(row.stage, row.late_since, row.planned_finish_on)
        if key in {"delivery", "novelty"}:
            return self._words[key][getattr(row, key)]
        return getattr(row, key)


@require_safe
@framed()
def export(request: Request, scope: FigureScope, programme: Programme) -> FileResponse:
    """GET /projects/export.xlsx: everything that the filter of the list keeps, in the order of the list."""
    form = filter_form(request, programme, as_of=scope.as_of)
    return workbook_of(request, programme, on=scope.as_of, filters=form.filters(), words=form.words())


@require_POST
def export_chosen(request: Request) -> FileResponse:
    """POST /projects/chosen.xlsx: the projects that are ticked in the list."""
    programme = programmes.get_programme(viewer=request.viewer, code=request.POST.get("programme", ""))
    chosen = ticked(request.POST.getlist("chosen"))
    if not chosen:
        raise BadInput(gettext_noop("还没有选项目。请在列表里打勾。"), "projects.too_many_at_once")
    briefs = list_these(viewer=request.viewer, programme=programme.code, projects=chosen)
    filters = ProjectFilters(only=frozenset(one.uuid for one in briefs))
    return workbook_of(request, programme, on=clock.local_date(request.at), filters=filters, words=[])


def workbook_of(
    request: Request, programme: Programme, *, on: date, filters: ProjectFilters, words: Sequence[str]
) -> FileResponse:
    """The projects that the filters keep as a file to download; ``words`` say above the table what was filtered for."""
    asked = gettext("；").join(words) or (gettext("全部") if filters.only is None else gettext("选中的项目"))
    above = (
        gettext("%(programme)s 项目表") % {"programme": named(programme)},
        gettext("数据截至 %(day)s · 筛选：%(asked)s · 单位：万元") % {"day": on.isoformat(), "asked": asked},
    )
    return downloaded(
        f"{programme.code}-{on.isoformat()}.xlsx",
        lambda target: export_projects(
            viewer=request.viewer,
            programme=programme.code,
            on=on,
            target=target,
            above=above,
            filters=filters,
            order=request.GET.get("order", "code"),
        ),
    )
