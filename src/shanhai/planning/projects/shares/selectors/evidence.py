# SPDX-License-Identifier: Apache-2.0
"""The rows behind the figures of projects: projects that are counted, or lines whose money is added up."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db.models import F, Q, Sum
from django.db.models.expressions import Combinable

from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.figures import EvidencePage, EvidenceRow, FigureScope, Source, Strength
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.kernel.shares import Measure
from shanhai.kernel.units import PROJECT, Quantity
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.planning.projects.core.selectors import funds_as_of
from shanhai.planning.projects.models import AllocationLine, Project
from shanhai.planning.projects.shares.rules.money import livelihood_part
from shanhai.planning.projects.shares.selectors.portfolio import (
    COLUMNS,
    accepted,
    completed,
    lines_in,
    livelihood_of,
    projects_in,
    started,
)
from shanhai.planning.projects.states import GRASSROOTS, Novelty

ALL = ~Q(pk__in=[])
NEW, CONTINUING = Q(novelty=Novelty.NEW), Q(novelty=Novelty.CONTINUING)
WITHIN = Q(cross_year=False)

# By figure and base, the usual base first: which projects are the part, and which the whole.
Sets = dict[str, dict[str, tuple[Q, Q]]]


def _sets(on: date) -> Sets:
    return {
        "project_count": {"": (ALL, ALL)},
        "start_rate": {
            "new_projects": (NEW & started(on), NEW),
            "continuing_projects": (CONTINUING & started(on), CONTINUING),
            "all_projects": (started(on), ALL),
        },
        "completion_rate": {
            "all_projects": (completed(on), ALL),
            "within_year_projects": (WITHIN & completed(on), WITHIN),
        },
        "acceptance_rate": {
            "completed_projects": (accepted(on), completed(on)),
            "all_projects": (accepted(on), ALL),
        },
    }


PART = message(gettext_noop("分子：计入的各行"))
WHOLE = message(gettext_noop("分母：全部各行"))


def list_evidence(*, viewer: Actor, scope: FigureScope, key: str, part: str, offset: int, limit: int) -> EvidencePage:
    """A page of the rows of a figure's "part" or "whole", whose total is the figure's. Raises NotVisible."""
    currency = get_programme(viewer=viewer, code=scope.programme).currency
    sets = _sets(scope.as_of)
    title = PART if part == "part" else WHOLE
    if key in sets:
        by_base = sets[key]
        pair = by_base.get(scope.base or "", next(iter(by_base.values())))
        return _projects(viewer, scope, pair[0] if part == "part" else pair[1], title, offset, limit)
    if key == "investment_completion_rate":
        column = "completed_investment_fen" if part == "part" else "total_investment_fen"
        return _investments(viewer, scope, column, title, offset, limit, currency)
    if key in ("livelihood_share", "grassroots_share"):
        return _lines(viewer, scope, key if part == "part" else "", title, offset, limit, currency)
    raise NotVisible(gettext_noop("没有找到这个数。请从页面上的数重新进入。"))


def _projects(viewer: Actor, scope: FigureScope, kept: Q, title: Message, offset: int, limit: int) -> EvidencePage:
    found = projects_in(viewer=viewer, programme=scope.programme, place=scope.place, year=scope.year).filter(kept)
    count = found.count()
    page = found.order_by("code", "pk")[offset : offset + limit]
    rows = tuple(_row(project, Quantity(Decimal(1), PROJECT)) for project in page)
    return EvidencePage(title, rows, count, Quantity(Decimal(count), PROJECT))


def _investments(
    viewer: Actor, scope: FigureScope, column: str, title: Message, offset: int, limit: int, currency: str
) -> EvidencePage:
    found = projects_in(viewer=viewer, programme=scope.programme, place=scope.place, year=scope.year)
    found = found.filter(**{f"{column}__gt": 0})
    page = list(found.order_by("code", "pk")[offset : offset + limit])
    total = found.aggregate(total=Sum(column, default=0))["total"]
    rows = tuple(_row(project, Money(getattr(project, column), currency)) for project in page)
    return EvidencePage(title, rows, found.count(), Money(total, currency))


def _lines(
    viewer: Actor, scope: FigureScope, tag: str, title: Message, offset: int, limit: int, currency: str
) -> EvidencePage:
    base = scope.base or "plan"
    key = base.removesuffix("_by_implementer")
    key = key if key in ("plan", "arrived", "paid") else "plan"
    column = COLUMNS[key]
    level = "implementer_level" if base.endswith("_by_implementer") else "beneficiary_level"
    found = lines_in(viewer=viewer, programme=scope.programme, place=scope.place, year=scope.year)
    if tag == "grassroots_share":
        found = found.filter(**{f"{level}__in": GRASSROOTS})
    elif tag == "livelihood_share":
        found = found.filter(livelihood_percent__gt=0)
    since = Q(funds_changed_on__gt=scope.as_of) if key != "plan" else Q(pk__in=[])
    found = found.filter(Q(**{f"{column}__gt": 0}) | since).select_related("project", "yearly_plan", "fund_source")

    moved = list(found.filter(since).order_by("pk"))
    then = funds_as_of(moved, scope.programme, currency, scope.as_of)
    page = list(found.order_by("project__code", "-yearly_plan__year", "fund_source__code", "pk")[offset:][:limit])
    summed: Combinable = livelihood_of(column) if tag == "livelihood_share" else F(column)
    now = found.aggregate(total=Sum(summed, default=0))["total"]
    change = sum(
        _counted(line, getattr(then[line.pk], key), tag) - _counted(line, getattr(line, column), tag) for line in moved
    )
    rows = tuple(
        _row(
            line.project,
            Money(
                _counted(line, getattr(then[line.pk], key) if line.pk in then else getattr(line, column), tag), currency
            ),
            f" · {line.yearly_plan.year} · {line.fund_source.name}",
        )
        for line in page
    )
    return EvidencePage(title, rows, found.count(), Money(now + change, currency))


def _counted(line: AllocationLine, fen: int, tag: str) -> int:
    return livelihood_part(fen, line.livelihood_percent) if tag == "livelihood_share" else fen


def _row(project: Project, measure: Measure, more: str = "") -> EvidenceRow:
    source = Source(project.code, f"/projects/{project.uuid}/")
    return EvidenceRow(f"{project.code} {project.name}{more}", measure, Strength.FORM, source=source)
