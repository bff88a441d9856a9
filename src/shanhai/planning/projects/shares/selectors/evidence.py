# SPDX-License-Identifier: Apache-2.0
"""The rows behind the figures of projects: projects that are counted, or lines whose money is added up."""

from __future__ import annotations

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
from shanhai.planning.projects.rules import RATES
from shanhai.planning.projects.shares.rules.money import livelihood_part
from shanhai.planning.projects.shares.selectors.portfolio import (
    COLUMNS,
    counted_on,
    lines_in,
    livelihood_of,
    projects_in,
)
from shanhai.planning.projects.states import GRASSROOTS

PART = message(gettext_noop("分子：计入的各行"))
WHOLE = message(gettext_noop("分母：全部各行"))


def list_evidence(*, viewer: Actor, scope: FigureScope, key: str, part: str, offset: int, limit: int) -> EvidencePage:
    """A page of the rows of a figure's "part" or "whole", whose total is the figure's. Raises NotVisible."""
    currency = get_programme(viewer=viewer, code=scope.programme).currency
    title = PART if part == "part" else WHOLE
    if key == "project_count" or key in RATES:
        names = {base.key: (first, second) for base, first, second in RATES.get(key, ())}
        of_part, of_whole = names.get(scope.base or "", next(iter(names.values()), ("total", "total")))
        kept = counted_on(scope.as_of)[of_part if part == "part" else of_whole]
        return _projects(viewer, scope, kept, title, offset, limit)
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
