# SPDX-License-Identifier: Apache-2.0
"""A programme's projects by county: how many, how far, with what money and for whom; and the rows behind the figures.

Added up in the database, as of a day (ADR 23). Lines carry the ledger's totals, their amount and their tags of today.
Where one of these has changed after the day asked for, the ledger and ``AllocationLineQuerySet.then`` say what it was.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from decimal import Decimal
from functools import reduce
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, Case, Count, F, Q, Sum, Value, When
from django.db.models.expressions import Combinable

from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.figures import EvidencePage, EvidenceRow, FigureScope, Source, Strength
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.money import CURRENCY, Money
from shanhai.kernel.page_memory import remembered
from shanhai.kernel.shares import Measure, Share
from shanhai.kernel.units import PROJECT, Quantity
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.planning.projects.core.selectors import (
    AsSubject,
    as_stated,
    as_they_stood,
    funds_as_of,
    in_place,
    renamed_places,
    rows_by_line,
)
from shanhai.planning.projects.models import AllocationLine, Project
from shanhai.planning.projects.models import AllocationLineQuerySet as Lines
from shanhai.planning.projects.models import ProjectQuerySet as Projects
from shanhai.planning.projects.models.projects import late_on
from shanhai.planning.projects.rules import RATES, Counts, rates
from shanhai.planning.projects.shares.rules import money as rules
from shanhai.planning.projects.shares.rules.money import TaggedSums, livelihood_part
from shanhai.planning.projects.states import ACCEPTED_ON, FINISHED, GRASSROOTS, STARTED, Novelty, Stage
from shanhai.planning.projects.values import NO_MONEY
from shanhai.registers.places.selectors import find_divisions

COLUMNS = {"plan": "amount_fen", "arrived": "arrived_fen", "allotted": "allotted_fen", "paid": "paid_fen"}
MOVING = {key: column for key, column in COLUMNS.items() if key != "plan"}
NO_SUMS: Mapping[str, TaggedSums] = dict.fromkeys(COLUMNS, TaggedSums())
NO_COUNTS = Counts()


@dataclass(frozen=True, slots=True)
class CountyRow:
    """One county, or all together: counts, investment, and sums of lines by "plan", "arrived", "allotted", "paid"."""

    place: str = ""
    name: str = ""
    name_en: str = ""
    counts: Counts = NO_COUNTS
    planned_investment: Money = NO_MONEY
    completed_investment: Money = NO_MONEY
    sums: Mapping[str, TaggedSums] = field(default_factory=lambda: NO_SUMS)
    currency: str = CURRENCY
    made_up: int = 0

    @property
    def provenance(self) -> str:
        """ "demo" when any of the projects is made up."""
        return "demo" if self.made_up else ""

    def amount(self, key: str) -> Money:
        """What the lines add up to: "plan", "arrived", "allotted" or "paid"."""
        return Money(self.sums[key].whole, self.currency)

    @property
    def rates(self) -> dict[str, dict[str, Share]]:
        """How far projects and their investment have come, by figure and base, the usual base first."""
        return rates(self.counts, completed=self.completed_investment, planned=self.planned_investment)

    @property
    def livelihood_shares(self) -> dict[str, Share]:
        """The livelihood share by base."""
        return rules.livelihood_shares(self.sums, self.currency)

    @property
    def grassroots_shares(self) -> dict[str, Share]:
        """The grassroots share by base."""
        return rules.grassroots_shares(self.sums, self.currency)

    def plus(self, other: CountyRow) -> CountyRow:
        """Both together, without a name."""
        return CountyRow(
            counts=self.counts.plus(other.counts),
            planned_investment=self.planned_investment + other.planned_investment,
            completed_investment=self.completed_investment + other.completed_investment,
            sums={key: self.sums[key].plus(other.sums[key]) for key in COLUMNS},
            currency=self.currency,
            made_up=self.made_up + other.made_up,
        )


@dataclass(frozen=True, slots=True)
class CountyTable:
    """The counties in the order of their codes, and all of them together."""

    rows: tuple[CountyRow, ...]
    total: CountyRow


@remembered
def county_table(
    *, viewer: Actor, programme: str, as_of: date, place: str | None = None, year: int | None = None
) -> CountyTable:
    """What the viewer may see of a programme by county; ``year`` keeps what that year's plan pays for.

    Cancelled projects are left out, their lines are not. Four queries, one more when lines have changed since
    ``as_of``. Raises NotVisible.
    """
    currency = get_programme(viewer=viewer, code=programme).currency
    counted = projects_in(viewer=viewer, programme=programme, as_of=as_of, place=place, year=year)
    rows = {row.place: row for row in _counted_by_place(counted, as_of, currency)}
    lines = lines_in(viewer=viewer, programme=programme, as_of=as_of, place=place, year=year)
    sums, changed = _sums_by_place(lines, as_of)
    if changed:
        for code, had in _sums_then(lines, programme, currency, as_of).items():
            sums[code] = {key: sums[code][key].plus(more) for key, more in had.items()}
    empty = CountyRow(planned_investment=Money(0, currency), completed_investment=Money(0, currency), currency=currency)
    # Where all projects are cancelled there is still what was paid for them.
    for code, one in find_divisions(sums.keys() - rows.keys()).items():
        rows[code] = replace(empty, place=code, name=one.name, name_en=one.name_en)
    by_place: dict[str, CountyRow] = {}
    # What is stored keeps the code of its day; an old code and the one that followed it are one county.
    today = renamed_places(rows)
    for code, row in rows.items():
        now = today.get(code)
        place, name, name_en = (now.code, now.name, now.name_en) if now else (code, row.name, row.name_en)
        added = by_place.get(place, empty).plus(replace(row, sums=sums.get(code, NO_SUMS)))
        by_place[place] = replace(added, place=place, name=name, name_en=name_en)
    found = tuple(row for _, row in sorted(by_place.items()))
    return CountyTable(found, reduce(CountyRow.plus, found, empty))


def projects_in(
    *, viewer: Actor, programme: str, as_of: date, place: str | None = None, year: int | None = None
) -> Projects:
    """The projects that count toward rates: there and not cancelled on the day, paid for by that ``year``'s plan."""
    found = Project.objects.visible_to(viewer).counted(as_of).filter(programme__code=programme)
    if place is not None:
        found = found.filter(in_place(place, "place__code"))
    if year is not None:
        lines = AllocationLine.objects.filter(yearly_plan__year=year, since__lte=as_of)
        found = found.filter(pk__in=lines.values("project"))
    stood: Projects = as_stated(as_they_stood(found, as_of), as_of)
    return stood


def lines_in(
    *, viewer: Actor, programme: str, as_of: date | None = None, place: str | None = None, year: int | None = None
) -> Lines:
    """The allocation lines of a programme, also of cancelled projects (they have what was paid); ``as_of`` a day those
    that were in force then, of which ``then`` says what they had.
    """
    found = AllocationLine.objects.visible_to(viewer).filter(project__programme__code=programme)
    if as_of is not None:
        found = found.filter(since__lte=as_of)
    if place is not None:
        found = found.filter(in_place(place, "project__place__code"))
    return found if year is None else found.filter(yearly_plan__year=year)


def changed_since(as_of: date) -> Q:
    """Lines whose columns are not what they had at the end of ``as_of``."""
    return Q(funds_changed_on__gt=as_of) | Q(changed_on__gt=as_of)


def counted_on(day: date) -> dict[str, Q]:
    """The projects of ``projects_in`` that are counted, by what ``Counts`` calls them: where they stood then.

    A step of which no day is known counts from the day on which it was recorded.
    """
    new, continuing = Q(novelty_then=Novelty.NEW), Q(novelty_then=Novelty.CONTINUING)
    within = Q(cross_year=False)
    started = Q(started_on__lte=day) | _stood_undated("started_on", STARTED)
    completed = Q(finished_on__lte=day) | _stood_undated("finished_on", FINISHED)
    return {
        "total": Q(),
        "new": new,
        "new_started": new & started,
        "continuing": continuing,
        "continuing_started": continuing & started,
        "started": started,
        "completed": completed,
        "within": within,
        "within_completed": within & completed,
        "accepted": Q(accepted_on__lte=day) | _stood_undated("accepted_on", ACCEPTED_ON),
        "late": late_on(day, "stage_then"),
    }


def _stood_undated(column: str, stages: Collection[Stage]) -> Q:
    """Those of which no day of the step is known, and that had taken it by the moves that have been recorded.

    Their stage of today comes first: it spares the moves of those that have not come so far yet.
    """
    return Q(**{column: None}, stage__in=[*stages, Stage.CANCELLED], stage_then__in=stages)


def livelihood_of(amount: str | Combinable, percent: str = "livelihood_percent") -> Combinable:
    """The livelihood part of a line's column in SQL, to the fen as ``rules.money.livelihood_part`` has it."""
    fen = F(amount) if isinstance(amount, str) else amount
    return (fen * F(percent) + 50) / 100


def tagged(key: str, fen: str | Combinable) -> dict[str, Sum]:
    """What ``sums_from`` reads for ``key``: all of the lines' ``fen`` and the parts that carry a tag, added up."""
    return {
        f"{key}_whole": Sum(fen, default=0),
        f"{key}_livelihood": Sum(livelihood_of(fen), default=0),
        f"{key}_grassroots": Sum(fen, filter=Q(beneficiary_level__in=GRASSROOTS), default=0),
        f"{key}_grassroots_by_implementer": Sum(fen, filter=Q(implementer_level__in=GRASSROOTS), default=0),
    }


def sums_from(row: Mapping[str, int], key: str) -> TaggedSums:
    """The sums of ``tagged`` in a row of the database's answer."""
    return TaggedSums(*(row[f"{key}_{part.name}"] for part in fields(TaggedSums)))


def _counted_by_place(found: Projects, as_of: date, currency: str) -> list[CountyRow]:
    kept, names = counted_on(as_of), [field.name for field in fields(Counts)]
    rows: Any = (
        found.values("place__code", "place__name", "place__name_en")
        .annotate(
            **{name: Count("pk", filter=kept[name]) for name in names},
            planned_fen=Sum("total_investment_fen"),
            completed_fen=Sum("completed_investment_fen"),
            made_up=Count("pk", filter=Q(provenance="demo")),
        )
        .order_by("place__code")
    )
    return [
        CountyRow(
            row["place__code"],
            row["place__name"],
            row["place__name_en"],
            Counts(*(row[name] for name in names)),
            Money(row["planned_fen"], currency),
            Money(row["completed_fen"], currency),
            currency=currency,
            made_up=row["made_up"],
        )
        for row in rows
    ]


def _sums_by_place(lines: Lines, as_of: date) -> tuple[dict[str, dict[str, TaggedSums]], bool]:
    """What the lines have, but for those that have changed since; and whether any has."""
    nothing, since = Value(0, output_field=BigIntegerField()), changed_since(as_of)
    measures: dict[str, Any] = {"changed": Count("pk", filter=since)}
    for key, column in COLUMNS.items():
        measures |= tagged(key, Case(When(since, then=nothing), default=column))
    rows: Any = list(lines.values("project__place__code").annotate(**measures).order_by("project__place__code"))
    sums = {row["project__place__code"]: {key: sums_from(row, key) for key in COLUMNS} for row in rows}
    return sums, any(row["changed"] for row in rows)


def _sums_then(lines: Lines, programme: str, currency: str, as_of: date) -> dict[str, dict[str, TaggedSums]]:
    """What those of ``lines`` that have changed since had at ``as_of``, by place. One query.

    Added up in the database: as rows, ten thousand lines would be half of the page's time. First by line, without its
    tags, which SQLite does in the order of the keys.
    """
    moved = AllocationLine.objects.filter(changed_since(as_of))
    tagged = lines.filter(changed_since(as_of)).then(as_of).order_by()
    tagged = tagged.annotate(
        beneficiary=Case(When(beneficiary_level_then__in=GRASSROOTS, then=1), default=0),
        implementer=Case(When(implementer_level_then__in=GRASSROOTS, then=1), default=0),
    )
    tags = ("id", "project__place__code", "amount_fen_then", "livelihood_percent_then", "beneficiary", "implementer")
    parts = (
        tagged.values_list(*tags),
        moved.annotate(subject=AsSubject("uuid")).values_list("id", "subject"),
        rows_by_line(programme=programme, currency=currency, as_of=as_of).values_list("subject", *MOVING),
    )
    (tags_sql, *_), (moved_sql, *_), (rows_sql, *_) = made = [part.query.sql_with_params() for part in parts]
    had = {"plan": "amount_fen_then"} | {key: f"COALESCE({key}, 0)" for key in MOVING}
    sums = ", ".join(
        f"SUM({fen}), SUM(({fen} * livelihood_percent_then + 50) / 100), SUM({fen} * beneficiary), "
        f"SUM({fen} * implementer)"
        for fen in had.values()
    )
    by_line = ", ".join(f"CAST(SUM({key}) AS bigint) AS {key}" for key in MOVING)
    # The parts are made by the ORM, every value apart.
    statement = f"""
        SELECT project__place__code, {sums} FROM ({tags_sql}) AS tags LEFT JOIN (
            SELECT moved.id, {by_line} FROM ({moved_sql}) AS moved JOIN ({rows_sql}) AS kept
            ON kept.subject = moved.subject GROUP BY moved.id
        ) AS had ON had.id = tags.id GROUP BY project__place__code"""  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, [value for _, values in made for value in values])
        return {
            place: {key: TaggedSums(*map(int, found[4 * at : 4 * at + 4])) for at, key in enumerate(had)}
            for place, *found in cursor
        }


# Figures that are counts, by what ``Counts`` calls them.
COUNTED = {"project_count": "total", "late_count": "late"}
PART = message(gettext_noop("分子：计入的各行"))
WHOLE = message(gettext_noop("分母：全部各行"))


def list_evidence(*, viewer: Actor, scope: FigureScope, key: str, part: str, offset: int, limit: int) -> EvidencePage:
    """A page of the rows of a figure's "part" or "whole", whose total is the figure's. Raises NotVisible."""
    currency = get_programme(viewer=viewer, code=scope.programme).currency
    title, is_part = (PART, True) if part == "part" else (WHOLE, False)
    if key in ("livelihood_share", "grassroots_share"):
        return _lines(viewer, scope, key if is_part else "", title, offset, limit, currency)
    found = projects_in(viewer=viewer, **scope.selection)
    page = slice(offset, offset + limit)
    if key == "investment_completion_rate":
        column = "completed_investment_fen" if is_part else "total_investment_fen"
        found = found.filter(**{f"{column}__gt": 0})
        total = Money(found.aggregate(total=Sum(column, default=0))["total"], currency)
        listed = found.order_by("code", "pk")[page]
        rows = tuple(_row(project, Money(getattr(project, column), currency)) for project in listed)
        return EvidencePage(title, rows, found.count(), total)
    if key in COUNTED or key in RATES:
        names = {base.key: (first, second) for base, first, second in RATES.get(key, ())}
        usual = next(iter(names.values()), (COUNTED.get(key, "total"),) * 2)
        of_part, of_whole = names.get(scope.base or "", usual)
        found = found.filter(counted_on(scope.as_of)[of_part if is_part else of_whole])
        rows = tuple(_row(project, Quantity(Decimal(1), PROJECT)) for project in found.order_by("code", "pk")[page])
        count = found.count()
        return EvidencePage(title, rows, count, Quantity(Decimal(count), PROJECT))
    raise NotVisible(gettext_noop("没有找到这个数。请从页面上的数重新进入。"))


def _lines(
    viewer: Actor, scope: FigureScope, tag: str, title: Message, offset: int, limit: int, currency: str
) -> EvidencePage:
    base = scope.base or "plan"
    key = base.removesuffix("_by_implementer")
    key = key if key in ("plan", "arrived", "paid") else "plan"
    column = COLUMNS[key]
    level = "implementer_level" if base.endswith("_by_implementer") else "beneficiary_level"
    found: Any = lines_in(viewer=viewer, **scope.selection).then(scope.as_of)
    column = f"{column}_then" if key == "plan" else column
    if tag == "grassroots_share":
        found = found.filter(**{f"{level}_then__in": GRASSROOTS})
    elif tag == "livelihood_share":
        found = found.filter(livelihood_percent_then__gt=0)
    since = Q(funds_changed_on__gt=scope.as_of) if key != "plan" else Q(pk__in=[])
    found = found.filter(Q(**{f"{column}__gt": 0}) | since).select_related("project", "yearly_plan", "fund_source")

    moved = list(found.filter(since).order_by("pk"))
    then = funds_as_of(moved, scope.programme, currency, scope.as_of)
    page = list(found.order_by("project__code", "-yearly_plan__year", "fund_source__code", "pk")[offset:][:limit])
    summed: Combinable = livelihood_of(column, "livelihood_percent_then") if tag == "livelihood_share" else F(column)
    now = found.aggregate(total=Sum(summed, default=0))["total"]
    change = sum(
        _counted(line, getattr(then[line.pk], key), tag) - _counted(line, getattr(line, column), tag) for line in moved
    )
    had = [(line, getattr(then[line.pk], key) if line.pk in then else getattr(line, column)) for line in page]
    rows = tuple(
        replace(
            _row(line.project, Money(_counted(line, fen, tag), currency), f" · {line.words}"),
            percent=line.livelihood_percent_then if tag == "livelihood_share" else 100,
            of=Money(fen, currency),
        )
        for line, fen in had
    )
    return EvidencePage(title, rows, found.count(), Money(now + change, currency))


def _counted(line: Any, fen: int, tag: str) -> int:
    return livelihood_part(fen, line.livelihood_percent_then) if tag == "livelihood_share" else fen


def _row(project: Project, measure: Measure, more: str = "") -> EvidenceRow:
    source = Source(project.code, f"/projects/{project.uuid}/")
    return EvidenceRow(f"{project.code} {project.name}{more}", measure, Strength.FORM, source=source)
