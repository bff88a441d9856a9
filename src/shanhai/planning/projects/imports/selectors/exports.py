# SPDX-License-Identifier: Apache-2.0
"""The list of projects as a workbook: what the filter keeps, one row a project, with headers the import understands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import IO, Any

from django.db.models import Sum

from shanhai.kernel.actors import Actor
from shanhai.kernel.money import Money
from shanhai.kernel.units import WAN_YUAN, in_unit
from shanhai.planning.programmes.money.selectors.classifications import list_categories
from shanhai.planning.projects import labels
from shanhai.planning.projects.imports.rules.columns import DATE_FIELDS, HEADERS, MONEY_FIELDS
from shanhai.planning.projects.imports.selectors.templates import BRACKETS
from shanhai.planning.projects.lists.selectors.lists import ProjectFilters, filtered, ordered
from shanhai.planning.projects.models import AllocationLine, Project
from shanhai.planning.projects.states import Delivery, Novelty, Stage
from shanhai.registers.documents.selectors.spreadsheets import Column, write_table

CHUNK = 1000
COLUMNS = (
    "code", "name", "place", "category", "delivery", "novelty", "cross_year", "capital", "stage", "total_investment",
    "amount", "other_sources", "arrived", "allotted", "paid", "completed_investment", "progress_percent",
    "planned_start_on", "planned_finish_on", "started_on", "finished_on", "accepted_on", "altitude_m",
)  # fmt: skip
_SUMS = ("amount_fen", "arrived_fen", "allotted_fen", "paid_fen")


def export_projects(
    *,
    viewer: Actor,
    programme: str,
    on: date,
    target: IO[bytes],
    above: Sequence[str],
    filters: ProjectFilters,
    order: str = "code",
) -> int:
    """Write every project that the filter keeps and the viewer may see, and answer how many. Four queries.

    ``above`` are the lines over the table: whose it is, of which day, filtered by what. The money of a project is the
    sum of its lines, or of those of the year that is filtered for.
    """
    found = filtered(viewer=viewer, programme=programme, on=on, filters=filters)
    lines = AllocationLine.objects.filter(project__in=found.values("pk"))
    lines = lines if filters.year is None else lines.filter(yearly_plan__year=filters.year)
    by_project = {
        key: sums
        for key, *sums in lines.values_list("project").annotate(*(Sum(name) for name in _SUMS)).order_by("project")
    }
    names = {item.code: item.name for item in list_categories(viewer=viewer, on=on)}
    count = 0

    def rows() -> Iterator[list[object]]:
        nonlocal count
        for project in found.select_related("place").order_by(*ordered(order)).iterator(chunk_size=CHUNK):
            count += 1
            yield _row(project, by_project.get(project.pk, [0] * len(_SUMS)), names, words)

    words = {
        kind: {member: str(word) for member, word in table.items()}
        for kind, table in (("delivery", labels.DELIVERIES), ("novelty", labels.NOVELTIES), ("stage", labels.STAGES))
    }
    write_table(target, tab="项目", above=above, columns=[_column(name) for name in COLUMNS], rows=rows())
    return count


def _column(name: str) -> Column:
    header = f"{HEADERS[name][0]}{BRACKETS.get(name, '')}"
    if name in MONEY_FIELDS:
        return Column(header, form="#,##0.00####")
    if name in ("progress_percent", "altitude_m"):
        return Column(header, form="0")
    return Column(header, form="yyyy-mm-dd") if name in DATE_FIELDS else Column(header, 36 if name == "name" else 14)


def _row(
    project: Project, sums: Sequence[int], categories: Mapping[str, str], words: Mapping[str, Mapping[Any, str]]
) -> list[object]:
    amount, arrived, allotted, paid = (_wan(fen) for fen in sums)
    return [
        project.code,
        project.name,
        project.place.name,
        categories.get(project.category, project.category) or None,
        words["delivery"][Delivery(project.delivery)],
        words["novelty"][Novelty(project.novelty)],
        "是" if project.cross_year else "否",
        "固投" if project.capital else "非固投",
        words["stage"][Stage(project.stage)],
        _wan(project.total_investment_fen),
        amount,
        _wan(project.other_sources_fen),
        arrived,
        allotted,
        paid,
        _wan(project.completed_investment_fen),
        project.progress_percent,
        *(getattr(project, name) for name in DATE_FIELDS),
        project.altitude_m,
    ]


def _wan(fen: int) -> object:
    return in_unit(Money(fen), WAN_YUAN, 6)
