# SPDX-License-Identifier: Apache-2.0
"""The list of projects: filtered, ordered, a page at a time with the sums of all that match, or as a workbook."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import IO, Any
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef, Q, Sum

from shanhai.base.formats import named
from shanhai.kernel.actors import Actor
from shanhai.kernel.money import CURRENCY, Money
from shanhai.planning.programmes.money.selectors import list_categories
from shanhai.planning.projects.core.selectors import in_place
from shanhai.planning.projects.dossier.selectors.gates import waiting_for
from shanhai.planning.projects.labels.tables import DELIVERIES, FIELDS, LEVELS, NOVELTIES, STAGES
from shanhai.planning.projects.models import AllocationLine, Project, ProjectQuerySet
from shanhai.planning.projects.rules import late_since
from shanhai.planning.projects.states import Delivery, Novelty, Stage
from shanhai.planning.projects.values import Dates
from shanhai.registers.tables.selectors.writing import columns_of, in_wan, write_table

ORDERS = {
    "code": ("code",),
    "name": ("initials", "name"),
    "county": ("place__code", "code"),
    "stage": ("stage", "code"),
    "planned_finish": ("planned_finish_on", "code"),
    "total_investment": ("total_investment_fen", "code"),
    "completed_investment": ("completed_investment_fen", "code"),
}
MAX_LIMIT = 500
# What becomes something else in a row, then what its last fields are.
_OF_ROWS = (
    "pk", "currency", "stage", "total_investment_fen", "completed_investment_fen",
    "uuid", "code", "name", "place__code", "place__name", "place__name_en", "category", "delivery", "novelty",
    "progress_percent", "provenance", "planned_start_on", "planned_finish_on",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ProjectFilters:
    """What to keep. ``text`` is a part of the name or code, or pinyin initials; ``county`` may be any division's code.

    ``year`` keeps projects that year's plan gives money to, and counts only that money. ``waits`` keeps what waits for
    the viewer at a gate, by the key of ``dossier.selectors.gates.Waiting``.
    """

    text: str = ""
    stage: Stage | None = None
    county: str | None = None
    category: str | None = None
    delivery: Delivery | None = None
    year: int | None = None
    late: bool = False
    only: frozenset[UUID] | None = None
    novelty: Novelty | None = None
    cross_year: bool = False
    capital: bool | None = None
    waits: str = ""


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """A project as a list shows it; stage, delivery and novelty are keys of ``labels``."""

    stage: Stage
    late_since: date | None
    total_investment: Money
    completed_investment: Money
    plan: Money
    arrived: Money
    paid: Money
    uuid: UUID
    code: str
    name: str
    place: str
    place_name: str
    place_name_en: str
    category: str
    delivery: Delivery
    novelty: Novelty
    progress_percent: int
    provenance: str
    planned_start_on: date | None
    planned_finish_on: date | None


@dataclass(frozen=True, slots=True)
class ProjectSums:
    """The sums over everything that matches; the investments are those of the projects that are not ``cancelled``."""

    total_investment: Money
    completed_investment: Money
    plan: Money
    arrived: Money
    paid: Money
    cancelled: int


@dataclass(frozen=True, slots=True)
class ProjectList:
    """A page of rows out of ``count``, with the sums of all ``count``."""

    rows: tuple[ProjectRow, ...]
    count: int
    sums: ProjectSums


def list_projects(
    *,
    viewer: Actor,
    programme: str,
    on: date,
    filters: ProjectFilters | None = None,
    order: str = "code",
    offset: int = 0,
    limit: int = 50,
) -> ProjectList:
    """The projects of a programme that the viewer may see; ``on`` is the day for lateness. Four queries.

    ``order`` is a key of ORDERS, with "-" before it for the other way round; an unknown one orders by code.
    """
    filters = filters or ProjectFilters()
    found = filtered(viewer=viewer, programme=programme, on=on, filters=filters)
    lines = AllocationLine.objects.all()
    lines = lines if filters.year is None else lines.filter(yearly_plan__year=filters.year)
    amounts = {"plan": Sum("amount_fen"), "arrived": Sum("arrived_fen"), "paid": Sum("paid_fen")}

    counted = ~Q(stage=Stage.CANCELLED)
    investments = {"total": "total_investment_fen", "done": "completed_investment_fen"}
    whole = found.aggregate(
        count=Count("pk"),
        cancelled=Count("pk", filter=~counted),
        unit=Max("currency"),
        **{name: Sum(column, filter=counted, default=0) for name, column in investments.items()},
    )
    if not whole["count"]:
        nothing = Money(0)
        return ProjectList((), 0, ProjectSums(nothing, nothing, nothing, nothing, nothing, 0))
    currency = whole["unit"] or CURRENCY
    funds = lines.filter(project__in=found.values("pk")).aggregate(**amounts)
    page = found.order_by(*ordered(order))[max(offset, 0) :][: max(1, min(limit, MAX_LIMIT))]
    kept = list(page.values_list(*_OF_ROWS))
    of_page = lines.filter(project__in=[key for key, *_ in kept]).order_by("project").values_list("project")
    by_project: dict[int, tuple[int, ...]] = {key: tuple(fen) for key, *fen in of_page.annotate(**amounts)}
    rows = tuple(_row(on, by_project.get(row[0], (0, 0, 0)), *row[1:]) for row in kept)
    plan, arrived, paid = (Money(funds[key] or 0, currency) for key in amounts)
    invested = Money(whole["total"], currency), Money(whole["done"], currency)
    sums = ProjectSums(*invested, plan, arrived, paid, whole["cancelled"])
    return ProjectList(rows, whole["count"], sums)


def filtered(*, viewer: Actor, programme: str, on: date, filters: ProjectFilters) -> ProjectQuerySet:
    """The visible projects of a programme that match, in no order."""
    found = Project.objects.visible_to(viewer).filter(programme__code=programme).matching(filters.text)
    for name in ("stage", "category", "delivery", "novelty", "capital"):
        if (asked := getattr(filters, name)) is not None:
            found = found.filter(**{name: asked})
    if filters.county:
        found = found.filter(in_place(filters.county, "place__code"))
    if filters.cross_year:
        found = found.filter(cross_year=True)
    if filters.year is not None:
        lines = AllocationLine.objects.filter(project=OuterRef("pk"), yearly_plan__year=filters.year, since__lte=on)
        found = found.filter(Exists(lines))
    if filters.waits:
        found = found.alias(waits=waiting_for(viewer, on)).filter(waits=filters.waits)
    if filters.only is not None:
        found = found.filter(uuid__in=filters.only)
    return found.late(on) if filters.late else found


def categories_in_use(*, viewer: Actor, programme: str, on: date) -> list[tuple[str, str]]:
    """The categories that the visible projects have, by code and name, in the order of the classification.

    A code that the classification in force does not know stands last, under itself.
    """
    found = Project.objects.visible_to(viewer).filter(programme__code=programme).exclude(category="")
    used = set(found.values_list("category", flat=True).distinct().order_by("category"))
    known = [(item.code, named(item)) for item in list_categories(viewer=viewer, on=on) if item.code in used]
    return known + [(code, code) for code in sorted(used - {code for code, _ in known})]


def ordered(order: str) -> tuple[str, ...]:
    """The columns behind a key of ORDERS, ending in a unique one."""
    sign = "-" if order.startswith("-") else ""
    keys = ORDERS.get(order.removeprefix("-"), ORDERS["code"])
    return (*(f"{sign}{key}" for key in keys), f"{sign}pk")


def _row(on: date, fen: tuple[int, ...], currency: str, stands: str, total: int, done: int, *own: Any) -> ProjectRow:
    stage, (plan, arrived, paid) = Stage(stands), fen
    return ProjectRow(
        stage,
        late_since(stage, start=own[-2], finish=own[-1], on=on),
        Money(total, currency),
        Money(done, currency),
        Money(plan, currency),
        Money(arrived, currency),
        Money(paid, currency),
        *own,
    )


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
    categories = {item.code: named(item) for item in list_categories(viewer=viewer, on=on)}
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
