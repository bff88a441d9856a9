# SPDX-License-Identifier: Apache-2.0
"""Gathering what is stored, for comparison with the rows of a sheet. A fixed number of queries for any sheet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import fields
from datetime import date

from shanhai.kernel.actors import Actor
from shanhai.kernel.money import Money
from shanhai.kernel.numerals import same_code
from shanhai.planning.programmes.core.selectors.programmes import get_programme, list_fund_sources
from shanhai.planning.programmes.money.selectors.classifications import list_categories
from shanhai.planning.programmes.plans.selectors import list_yearly_plans
from shanhai.planning.projects.core.selectors.line_funds import ledger_funds
from shanhai.planning.projects.imports.rules.known import (
    Known,
    KnownLine,
    KnownPlan,
    KnownProject,
    LineKey,
)
from shanhai.planning.projects.models import AllocationLine, Project
from shanhai.planning.projects.states import Delivery, Level, Novelty, Stage
from shanhai.planning.projects.values import Dates, Funds, LineFacts, ProjectFacts, Standing
from shanhai.registers.ledger.permissions import FundPermission
from shanhai.registers.places.selectors import PlaceWords, find_divisions, list_divisions

CHUNK = 500
_DAYS = tuple(field.name for field in fields(Dates))


def load_known(*, viewer: Actor, programme: str, codes: Collection[str], words: Collection[str], today: date) -> Known:
    """What a sheet about the projects ``codes`` is compared with; ``words`` are what it names as places.

    Raises NotVisible for a programme the viewer may not see.
    """
    found = get_programme(viewer=viewer, code=programme)
    sources = list_fund_sources(viewer=viewer, programme=programme)
    plans = list_yearly_plans(viewer=viewer, programme=programme, amounts=True)
    lines = _lines(programme, found.currency, set(codes))
    known_words = PlaceWords(found.recipient)
    places = {word: known_words.find(word) for word in words}
    return Known(
        programme=programme,
        currency=found.currency,
        recipient_name=found.recipient.name,
        first_year=found.starts_on.year,
        last_year=found.ends_on.year,
        today=today,
        year=min(max(today.year, found.starts_on.year), found.ends_on.year),
        places=places,
        place_names=known_words.names,
        former=frozenset(word for word in words if known_words.is_former(word)),
        elsewhere=_elsewhere({word for word in words if not places[word]}),
        categories=_categories(viewer, today),
        sources={source.code: source.code for source in sources} | {source.name: source.code for source in sources},
        plans={
            plan.year: KnownPlan(plan.state, {item.fund_source.code: item.amount_fen for item in plan.amounts.all()})
            for plan in plans
        },
        projects=_projects(viewer, programme, set(codes), lines),
        usual=_usual(programme, set(codes)),
        five_year_plan=found.five_year_plan_fen,
        codes=_codes(programme),
        may_post=viewer.may(FundPermission.POST, programme=programme),
    )


def _elsewhere(strange: Collection[str]) -> dict[str, str]:
    codes = {word for word in strange if word.isdigit() and len(word) == 6}
    named = {code: division.name for code, division in find_divisions(codes).items()}
    names = list_divisions().filter(name__in=sorted(set(strange) - codes)[:CHUNK]) if set(strange) - codes else ()
    return named | {division.name: division.name for division in names}


def _categories(viewer: Actor, on: date) -> dict[str, tuple[str, int]]:
    categories = list_categories(viewer=viewer, on=on)
    by_code = {item.code: (item.code, item.livelihood_percent) for item in categories}
    return by_code | {item.name: (item.code, item.livelihood_percent) for item in categories}


def _lines(programme: str, currency: str, codes: set[str]) -> dict[int, dict[LineKey, tuple[KnownLine, ...]]]:
    rows = AllocationLine.objects.filter(project__programme__code=programme).order_by("pk")
    columns = (
        "pk", "uuid", "project_id", "yearly_plan__year", "fund_source__code", "amount_fen", "livelihood_percent",
        "beneficiary_level", "implementer_level", "arrived_fen", "allotted_fen", "paid_fen", "project__code",
    )  # fmt: skip
    kept = [row for row in rows.values_list(*columns).iterator(chunk_size=CHUNK) if row[-1] in codes]
    issued = ledger_funds(programme=programme, currency=currency, subjects=[str(row[1]) for row in kept])
    found: dict[int, dict[LineKey, tuple[KnownLine, ...]]] = defaultdict(dict)
    for pk, uuid, project, year, source, fen, percent, beneficiary, implementer, *totals, _ in kept:
        facts = LineFacts(year, source, Money(fen, currency), percent, Level(beneficiary), Level(implementer))
        arrived, allotted, paid = totals
        funds = Funds(arrived, allotted, paid, issued.get(str(uuid), Funds()).issued)
        line = KnownLine(pk, str(uuid), facts, funds)
        found[project][year, source] = (*found[project].get((year, source), ()), line)
    return found


def _projects(
    viewer: Actor, programme: str, wanted: set[str], lines: dict[int, dict[LineKey, tuple[KnownLine, ...]]]
) -> dict[str, KnownProject]:
    rows = Project.objects.visible_to(viewer).filter(programme__code=programme).order_by("pk")
    columns = (
        "pk", "code", "name", "place__code", "delivery", "novelty", "category", "cross_year", "capital", "altitude_m",
        "total_investment_fen", "other_sources_fen", "site__uuid", "owner__uuid", "currency", "stage",
        "completed_investment_fen", "progress_percent", *_DAYS,
    )  # fmt: skip
    found = {}
    for row in rows.values_list(*columns).iterator(chunk_size=CHUNK):
        if row[1] not in wanted:
            continue
        pk, code, name, place, delivery, novelty, *more = row
        category, cross_year, capital, altitude, total, other, site, owner, currency, stage, done, percent, *days = more
        facts = ProjectFacts(
            code, name, place, Delivery(delivery), Novelty(novelty), category, cross_year, capital, altitude,
            Money(total, currency), Money(other, currency), Dates(*days), site, owner,
        )  # fmt: skip
        standing = Standing(Stage(stage), Money(done, currency), percent)
        found[code] = KnownProject(pk, facts, standing, lines.get(pk, {}))
    return found


def _codes(programme: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for code in Project.objects.filter(programme__code=programme).order_by("pk").values_list("code", flat=True):
        form = same_code(code)
        found[form] = (*found.get(form, ()), code)
    return found


def _usual(programme: str, codes: set[str]) -> dict[int, tuple[int, ...]]:
    rows = AllocationLine.objects.counted().filter(project__programme__code=programme).order_by("pk")
    amounts: dict[int, list[int]] = defaultdict(list)
    for code, year, fen in rows.values_list("project__code", "yearly_plan__year", "amount_fen").iterator():
        if code not in codes:
            amounts[year].append(fen)
    return {year: tuple(found) for year, found in amounts.items()}
