# SPDX-License-Identifier: Apache-2.0
"""The list of projects as a workbook: what the filter keeps, one row a line, which given back changes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import IO, Any

from shanhai.kernel.actors import Actor
from shanhai.planning.programmes.money.selectors.classifications import list_categories
from shanhai.planning.projects.labels.tables import DELIVERIES, FIELDS, LEVELS, NOVELTIES, STAGES
from shanhai.planning.projects.lists.selectors.lists import ProjectFilters, filtered, ordered
from shanhai.planning.projects.models import AllocationLine
from shanhai.planning.projects.values import Dates
from shanhai.registers.tables.selectors.writing import columns_of, in_wan, write_table

CHUNK = 2000
_OF_PROJECTS = (
    "pk", "code", "name", "place__name", "category", "delivery", "novelty", "cross_year", "capital", "stage",
    "total_investment_fen", "other_sources_fen", "completed_investment_fen", "progress_percent",
    *Dates.__dataclass_fields__, "altitude_m",
)  # fmt: skip
_OF_LINES = (
    "project_id", "yearly_plan__year", "fund_source__name", "amount_fen", "arrived_fen", "allotted_fen", "paid_fen",
    "livelihood_percent", "beneficiary_level", "implementer_level",
)  # fmt: skip
# A project without a line has a row all the same.
_NO_LINE: tuple[Any, ...] = (None,) * (len(_OF_LINES) - 1)
# The first word for each state is the one that is written.
_WORDS = {
    state.value: word
    for words in (STAGES, DELIVERIES, NOVELTIES, LEVELS)
    for word, state in reversed(list(words.items()))
}


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
    """Write every project that the filter keeps and the viewer may see, and answer how many. Three queries.

    ``above`` are the lines over the table: whose it is, of which day, filtered by what. A project has a row for each of
    its lines, or for those of the year that is filtered for. Words are those of the product in its own language: the
    import reads them.
    """
    found = filtered(viewer=viewer, programme=programme, on=on, filters=filters)
    lines = AllocationLine.objects.filter(project__in=found.values("pk"))
    lines = lines if filters.year is None else lines.filter(yearly_plan__year=filters.year)
    of_project: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for key, *line in lines.order_by("yearly_plan__year", "pk").values_list(*_OF_LINES).iterator(chunk_size=CHUNK):
        of_project[key].append(tuple(line))
    categories = {item.code: item.name for item in list_categories(viewer=viewer, on=on)}
    count = 0

    def rows() -> Iterator[list[object]]:
        nonlocal count
        wanted = found.order_by(*ordered(order)).values_list(*_OF_PROJECTS)
        for key, code, name, place, category, delivery, novelty, *more in wanted.iterator(chunk_size=CHUNK):
            cross_year, capital, stage, total, other, done, percent, *days, altitude = more
            count += 1
            for year, source, amount, arrived, allotted, paid, share, benefits, carries in of_project.get(
                key, [_NO_LINE]
            ):
                yield [
                    code, name, place, categories.get(category, category) or None, _WORDS[delivery], _WORDS[novelty],
                    "是" if cross_year else "否", "固投" if capital else "非固投", _WORDS[stage], year,
                    source, in_wan(total), *_in_wan(amount), in_wan(other),
                    *_in_wan(arrived, allotted, paid), in_wan(done), percent, share, _WORDS.get(benefits),
                    _WORDS.get(carries), *days, altitude,
                ]  # fmt: skip

    write_table(target, tab="项目", above=above, columns=columns_of(FIELDS), rows=rows())
    return count


def _in_wan(*amounts: int | None) -> list[float | None]:
    return [None if fen is None else in_wan(fen) for fen in amounts]
