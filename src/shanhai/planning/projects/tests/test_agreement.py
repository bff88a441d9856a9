# SPDX-License-Identifier: Apache-2.0
"""Figures that are made twice, in Python and in SQL, from the line's columns and from the ledger: they agree."""

from datetime import date
from random import Random

import pytest

from shanhai.kernel.actors import system
from shanhai.kernel.money import Money
from shanhai.kernel.registry import registries
from shanhai.planning.programmes.values import StepKind
from shanhai.planning.projects.models import AllocationLine
from shanhai.planning.projects.shares import services as funds
from shanhai.planning.projects.shares.rules.flow import SOURCE, Cell, links_of, sums_of
from shanhai.planning.projects.shares.rules.money import TaggedSums, livelihood_part
from shanhai.planning.projects.shares.selectors import portfolio
from shanhai.planning.projects.shares.selectors.flow import money_flow
from shanhai.planning.projects.states import GRASSROOTS, Level
from shanhai.planning.projects.tests.builders import a_line, a_programme, a_project
from shanhai.registers.ledger.values import Source
from tests.cast import AT, DEPUTY

pytestmark = pytest.mark.django_db
THEN, SINCE = date(2026, 6, 1), date(2026, 6, 2)
# Whoever holds every permission may go beyond the ceilings.
POSTER = system("test", tuple(registries.permissions))
PERCENTS = (0, 1, 33, 49, 50, 67, 99, 100)


def post(act, line, fen, on):
    source, amount = Source("test", f"{act}:{line.pk}:{on}"), Money(fen)
    because = {} if act == "arrive" else {"because": "应急抢修"}
    funds.take_step(
        by=POSTER, at=AT, kind=StepKind(act), line=line.uuid, amount=amount, on_date=on, source=source, **because
    )


@pytest.fixture
def lines():
    """Lines of every percentage and of mixed levels, with odd fen arrived, some with more than that allotted."""
    a_programme()
    chance = Random(20261128)
    project = a_project(stage="under_way", total_investment=Money.from_yuan(9000))
    levels = list(Level)
    lines = [
        a_line(
            project=project, yuan=chance.randrange(90, 200), livelihood_percent=percent,
            beneficiary_level=chance.choice(levels), implementer_level=chance.choice(levels),
        )
        for percent in PERCENTS
    ]  # fmt: skip
    for number, line in enumerate(lines):
        arrived = chance.randrange(1001, 25_000 if number % 2 else 2000, 2)
        post("arrive", line, arrived, THEN)
        if number:
            allotted = chance.randrange(2001, 3000, 2)
            post("allot", line, allotted, THEN)
            post("pay", line, allotted - chance.randrange(1, 1000), THEN)
    return list(AllocationLine.objects.order_by("pk"))


def by_the_rules(lines):
    """What the lines' columns add up to in plain Python."""
    sums = dict.fromkeys(portfolio.COLUMNS, TaggedSums())
    for line in lines:
        for key, column in portfolio.COLUMNS.items():
            fen = getattr(line, column)
            sums[key] = sums[key].plus(
                TaggedSums(
                    fen,
                    livelihood_part(fen, line.livelihood_percent),
                    fen if line.beneficiary_level in GRASSROOTS else 0,
                    fen if line.implementer_level in GRASSROOTS else 0,
                )
            )
    return sums


def flow_by_the_rules(lines):
    sums = sums_of(0, 0, 0, 0)
    for line in lines:
        sums = sums.plus(sums_of(line.amount_fen, line.arrived_fen, line.allotted_fen, line.paid_fen))
    return links_of([Cell("province", "513301", True, sums)], {"province": (1_000_000, 0)})


def drawn(links):
    return {(link.source, link.target): link.fen for link in links}


@pytest.mark.parametrize("moved_since", [False, True], ids=["columns", "ledger"])
def test_sums_by_tag_and_the_flow_are_those_of_the_rules(lines, moved_since):
    expected, flow = by_the_rules(lines), flow_by_the_rules(lines)
    if moved_since:
        # The columns are of today, so the day before is read from the ledger, of some lines and not of others.
        for line in lines[::2]:
            post("arrive", line, 7, SINCE)

    table = portfolio.county_table(viewer=DEPUTY, programme="zj-ganzi", as_of=THEN)
    found = money_flow(viewer=DEPUTY, programme="zj-ganzi", as_of=THEN, by="county")

    assert table.total.sums == expected
    assert drawn(found.links) == drawn(flow)
    assert any(0 < sums.livelihood < sums.whole for sums in expected.values())
    assert (SOURCE + "province", "plan") in drawn(flow)
