# SPDX-License-Identifier: Apache-2.0
"""Gathering what is stored, for comparison with the rows of a sheet. A fixed number of queries for any sheet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from shanhai.kernel.actors import Actor
from shanhai.kernel.money import Money
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
from shanhai.planning.projects.states import Level, Stage
from shanhai.planning.projects.values import Funds, LineFacts, Standing
from shanhai.registers.places.selectors.divisions import find_divisions, list_divisions

CHUNK = 500
_SUFFIXES = ("自治县", "县", "市", "区")


def load_known(*, viewer: Actor, programme: str, codes: Collection[str], words: Collection[str], today: date) -> Known:
    """What a sheet about the projects ``codes`` is compared with; ``words`` are what it names as places.

    Raises NotVisible for a programme the viewer may not see.
    """
    found = get_programme(viewer=viewer, code=programme)
    sources = list_fund_sources(viewer=viewer, programme=programme)
    plans = list_yearly_plans(viewer=viewer, programme=programme, amounts=True)
    lines = _lines(programme, found.currency, set(codes))
    places = _places(found.recipient.code)
    return Known(
        programme=programme,
        currency=found.currency,
        recipient_name=found.recipient.name,
        first_year=found.starts_on.year,
        last_year=found.ends_on.year,
        today=today,
        year=min(max(today.year, found.starts_on.year), found.ends_on.year),
        places=places,
        elsewhere=_elsewhere(words, places),
        categories=_categories(viewer, today),
        sources={source.code: source.code for source in sources} | {source.name: source.code for source in sources},
        plans={
            plan.year: KnownPlan(plan.state, {item.fund_source.code: item.amount_fen for item in plan.amounts.all()})
            for plan in plans
        },
        projects=_projects(viewer, programme, codes, lines),
        usual=_usual(programme, set(codes)),
        five_year_plan=found.five_year_plan_fen,
    )


def _places(recipient: str) -> dict[str, str]:
    divisions = list(list_divisions(under=recipient))
    short = {_shortened(division.name): division.code for division in divisions}
    full = {division.name: division.code for division in divisions}
    return short | full | {division.code: division.code for division in divisions} | {recipient: recipient}


def _shortened(name: str) -> str:
    suffix = next((suffix for suffix in _SUFFIXES if name.endswith(suffix)), "")
    return name.removesuffix(suffix) if len(name) - len(suffix) >= 2 else name


def _elsewhere(words: Collection[str], places: Collection[str]) -> dict[str, str]:
    strange = {word for word in words if word not in places}
    codes = {word for word in strange if word.isdigit() and len(word) == 6}
    named = {code: division.name for code, division in find_divisions(codes).items()}
    names = list_divisions().filter(name__in=sorted(strange - codes)[:CHUNK]) if strange - codes else ()
    return named | {division.name: division.name for division in names}


def _categories(viewer: Actor, on: date) -> dict[str, tuple[str, int]]:
    categories = list_categories(viewer=viewer, on=on)
    by_code = {item.code: (item.code, item.livelihood_percent) for item in categories}
    return by_code | {item.name: (item.code, item.livelihood_percent) for item in categories}


def _lines(programme: str, currency: str, codes: set[str]) -> dict[int, dict[LineKey, KnownLine]]:
    rows = AllocationLine.objects.filter(project__programme__code=programme)
    rows = rows.select_related("project", "yearly_plan", "fund_source").order_by("pk")
    found: dict[int, dict[LineKey, KnownLine]] = defaultdict(dict)
    kept = [line for line in rows.iterator(chunk_size=CHUNK) if line.project.code in codes]
    issued = ledger_funds(programme=programme, currency=currency, subjects=[str(line.uuid) for line in kept])
    for line in kept:
        key = (line.yearly_plan.year, line.fund_source.code)
        twin = found[line.project_id].get(key)
        facts = LineFacts(
            *key,
            Money(line.amount_fen, currency),
            line.livelihood_percent,
            Level(line.beneficiary_level),
            Level(line.implementer_level),
        )
        funds = Funds(line.arrived_fen, line.allotted_fen, line.paid_fen, issued.get(str(line.uuid), Funds()).issued)
        twins = twin.twins + 1 if twin else 1
        found[line.project_id][key] = KnownLine(line.pk, str(line.uuid), facts, funds, twins)
    return found


def _projects(
    viewer: Actor, programme: str, codes: Collection[str], lines: dict[int, dict[LineKey, KnownLine]]
) -> dict[str, KnownProject]:
    rows = Project.objects.visible_to(viewer).filter(programme__code=programme)
    rows = rows.select_related("place", "site", "owner").order_by("pk")
    wanted = set(codes)
    return {
        project.code: KnownProject(
            project.pk,
            project.facts,
            Standing(
                Stage(project.stage),
                Money(project.completed_investment_fen, project.currency),
                project.progress_percent,
            ),
            lines.get(project.pk, {}),
        )
        for project in rows.iterator(chunk_size=CHUNK)
        if project.code in wanted
    }


def _usual(programme: str, codes: set[str]) -> dict[int, tuple[int, ...]]:
    rows = AllocationLine.objects.counted().filter(project__programme__code=programme).order_by("pk")
    amounts: dict[int, list[int]] = defaultdict(list)
    for code, year, fen in rows.values_list("project__code", "yearly_plan__year", "amount_fen").iterator():
        if code not in codes:
            amounts[year].append(fen)
    return {year: tuple(found) for year, found in amounts.items()}
