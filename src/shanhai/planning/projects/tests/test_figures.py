# SPDX-License-Identifier: Apache-2.0
"""The county table, the figures, and that the rows of proof add up to them."""

from datetime import date
from decimal import Decimal

import pytest

from shanhai.kernel.errors import NotVisible
from shanhai.kernel.figures import FigureScope
from shanhai.kernel.money import Money
from shanhai.kernel.shares import Share, number_of
from shanhai.planning.projects.models import AllocationLine, Project
from shanhai.planning.projects.shares import services as funds
from shanhai.planning.projects.shares.providers import Projects
from shanhai.planning.projects.shares.selectors.portfolio import county_table, list_evidence
from shanhai.planning.projects.states import Level, Novelty
from shanhai.planning.projects.tests.builders import a_line, a_plan, a_programme, a_project, cancelled, some_money
from shanhai.planning.projects.values import Dates
from tests.cast import AT, AUDITOR, FINANCE, KANGDING, STRANGER

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 22)


def scope(**kw):
    return FigureScope(**{"programme": "zj-ganzi", "as_of": ON, **kw})


def figures(viewer=AUDITOR, **kw):
    return {figure.key: figure for figure in Projects().list_figures(viewer=viewer, scope=scope(**kw))}


@pytest.fixture
def portfolio():
    """Four projects that count and a cancelled one; money of 1,000 yuan planned, 500 arrived, 100 paid."""
    a_programme()
    a_plan(year=2025)
    school = a_project(
        code="A", stage="accepted", invested=1000,
        dates=Dates(started_on=date(2026, 4, 1), finished_on=date(2026, 8, 1), accepted_on=date(2026, 9, 1)),
    )  # fmt: skip
    road = a_project(
        code="B", stage="completed", cross_year=True, invested=800, dates=Dates(finished_on=date(2026, 10, 1))
    )
    water = a_project(code="C", stage="under_way", novelty=Novelty.CONTINUING, place="513322", provenance="demo")
    a_project(code="D", place="513322")
    dropped = a_project(code="X", yuan=999)
    cancelled(dropped)
    lines = [
        a_line(project=school, yuan=600, livelihood_percent=100),
        a_line(project=road, yuan=300, livelihood_percent=50, beneficiary_level=Level.PREFECTURE),
        a_line(project=water, yuan=100, livelihood_percent=33, implementer_level=Level.PREFECTURE, year=2025),
    ]
    some_money("arrive", lines[0], 400, on=date(2026, 5, 1))
    some_money("arrive", lines[1], 100, on=date(2026, 6, 1))
    some_money("allot", lines[0], 200, on=date(2026, 6, 1))
    some_money("pay", lines[0], 100, on=date(2026, 7, 1))
    return lines


def test_the_table_says_by_county_what_is_there(portfolio, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        table = county_table(viewer=AUDITOR, programme="zj-ganzi", as_of=ON)

    assert [(row.place, row.name, row.counts.total) for row in table.rows] == [
        ("513301", "康定市", 2),
        ("513322", "泸定县", 2),
    ]
    kangding = table.rows[0]
    assert (kangding.amount("plan"), kangding.amount("arrived"), kangding.amount("paid")) == (
        Money.from_yuan(900), Money.from_yuan(500), Money.from_yuan(100),
    )  # fmt: skip
    assert [next(iter(kangding.rates[key].values())).percent(0) for key in ("completion_rate", "acceptance_rate")] == [
        100,
        50,
    ]
    assert kangding.livelihood_shares["plan"].part == Money.from_yuan(750)
    assert table.total.amount("plan") == Money.from_yuan(1000)
    assert table.total.amount("allotted") == Money.from_yuan(200)


def test_a_year_keeps_the_projects_and_the_money_of_that_years_plan(portfolio):
    table = county_table(viewer=AUDITOR, programme="zj-ganzi", as_of=ON, year=2025)

    assert [(row.place, row.counts.total, row.amount("plan")) for row in table.rows] == [
        ("513322", 1, Money.from_yuan(100))
    ]


def test_the_figures_stand_on_their_bases(portfolio):
    found = figures()

    assert tuple(found) == Projects.keys
    assert found["project_count"].value.number == 4
    assert {key: figure.value.percent(1) for key, figure in found.items() if isinstance(figure.value, Share)} == {
        "start_rate": Decimal("66.7"),
        "completion_rate": Decimal("50.0"),
        "acceptance_rate": Decimal("50.0"),
        "investment_completion_rate": Decimal("45.0"),
        "livelihood_share": Decimal("78.3"),
        "grassroots_share": Decimal("70.0"),
    }
    assert [(share.base.key, share.percent(1)) for share in found["livelihood_share"].other_bases] == [
        ("arrived", Decimal("90.0")),
        ("paid", Decimal("100.0")),
    ]
    assert found["livelihood_share"].below_floor
    assert found["livelihood_share"].value.headroom(80) == Money.from_yuan(-17)
    assert {figure.provenance for figure in found.values()} == {"demo"}


def test_another_base_may_be_asked_for(portfolio):
    share = figures(base="arrived")["livelihood_share"]

    assert (share.base, share.value.percent(0), share.below_floor) == ("arrived", 90, False)


def test_a_county_user_gets_the_figures_of_the_county(portfolio):
    assert figures(KANGDING)["project_count"].value.number == 2
    assert figures(place="513322")["project_count"].value.number == 2


def test_a_programme_without_projects_has_gaps_that_say_what_to_do():
    a_programme()

    found = figures()

    assert {figure.value for figure in found.values()} == {None}
    assert "导入" in str(found["project_count"].gap)


def test_a_rate_without_a_denominator_is_a_gap_and_never_zero():
    a_programme()
    a_project(novelty=Novelty.CONTINUING)

    found = figures()

    assert found["start_rate"].value is None
    assert "新建项目" in str(found["start_rate"].gap)
    assert found["acceptance_rate"].value is None
    assert found["livelihood_share"].value is None
    assert found["completion_rate"].value.percent(0) == 0


def test_a_stranger_learns_nothing_of_the_programme(portfolio):
    with pytest.raises(NotVisible):
        Projects().list_figures(viewer=STRANGER, scope=scope())
    with pytest.raises(NotVisible):
        list_evidence(viewer=STRANGER, scope=scope(), key="project_count", part="part", offset=0, limit=10)


def test_an_earlier_day_sees_what_had_happened_by_then(portfolio):
    found = figures(as_of=date(2026, 6, 15))

    assert found["completion_rate"].value.percent(0) == 0
    assert found["start_rate"].value.part.number == 2
    arrived, paid = (
        found["livelihood_share"].other_bases[0],
        [share for share in found["livelihood_share"].other_bases if share.base.key == "paid"],
    )
    assert arrived.whole == Money.from_yuan(500)
    assert paid == []


def begin(day):
    """As if all had been recorded on that day."""
    Project.objects.update(since=day)
    AllocationLine.objects.update(since=day)


def test_a_day_before_all_money_still_knows_the_plan(portfolio):
    begin(date(2026, 4, 10))

    found = figures(as_of=date(2026, 4, 15))

    assert figures(as_of=date(2026, 4, 9))["project_count"].value is None
    # With the 999 yuan of the project that was cancelled later.
    assert found["livelihood_share"].value.whole == Money.from_yuan(1999)
    assert found["livelihood_share"].other_bases == ()


def test_what_was_taken_back_later_still_stood_on_the_day(portfolio):
    entry = some_money("pay", portfolio[0], 50, on=date(2026, 7, 2))
    funds.reverse(by=FINANCE, at=AT, entry=entry.uuid, because="付错了")

    assert figures(as_of=date(2026, 7, 31), base="paid")["livelihood_share"].value.whole == Money.from_yuan(150)
    assert figures(base="paid")["livelihood_share"].value.whole == Money.from_yuan(100)


BASES = [
    ("project_count", None),
    ("start_rate", None), ("start_rate", "continuing_projects"), ("start_rate", "all_projects"),
    ("completion_rate", None), ("completion_rate", "within_year_projects"),
    ("acceptance_rate", None), ("acceptance_rate", "all_projects"),
    ("investment_completion_rate", None),
    ("livelihood_share", None), ("livelihood_share", "arrived"), ("livelihood_share", "paid"),
    ("grassroots_share", None), ("grassroots_share", "arrived"), ("grassroots_share", "plan_by_implementer"),
    ("grassroots_share", "arrived_by_implementer"), ("grassroots_share", "paid_by_implementer"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("as_of", "arrived", "allotted", "paid", "for_livelihood"),
    [
        (date(2026, 4, 30), 0, 0, 0, 0),
        (date(2026, 5, 1), 400, 0, 0, 400),
        (date(2026, 6, 1), 500, 200, 0, 450),
        (date(2026, 7, 1), 500, 200, 100, 450),
    ],
)
def test_a_past_day_has_what_the_ledger_had_then(portfolio, as_of, arrived, allotted, paid, for_livelihood):
    total = county_table(viewer=AUDITOR, programme="zj-ganzi", as_of=as_of).total

    assert [total.amount(key) for key in ("arrived", "allotted", "paid")] == [
        Money.from_yuan(arrived), Money.from_yuan(allotted), Money.from_yuan(paid),
    ]  # fmt: skip
    assert total.livelihood_shares["arrived"].part == Money.from_yuan(for_livelihood)


@pytest.mark.parametrize(("key", "base"), BASES)
@pytest.mark.parametrize("as_of", [ON, date(2026, 6, 15)])
def test_the_rows_of_proof_add_up_to_the_figure(portfolio, key, base, as_of):
    some_money("arrive", portfolio[2], 10, on=date(2026, 11, 1))
    figure = figures(base=base, as_of=as_of)[key]
    if figure.value is None:
        return
    asked = scope(base=base, as_of=as_of)

    for part in ("part", "whole"):
        page = list_evidence(viewer=AUDITOR, scope=asked, key=key, part=part, offset=0, limit=100)
        expected = getattr(figure.value, part) if isinstance(figure.value, Share) else figure.value
        assert page.total == expected
        assert sum(number_of(row.measure) for row in page.rows) == number_of(expected)
        assert page.count >= len([row for row in page.rows if number_of(row.measure)])


def test_a_row_of_proof_leads_to_its_project(portfolio):
    page = list_evidence(viewer=AUDITOR, scope=scope(), key="livelihood_share", part="part", offset=0, limit=1)

    (row,) = page.rows
    assert row.label == "A 康定市中心小学教学楼 · 2026 · 省级财政"
    assert row.source.url.startswith("/projects/")
    assert page.count == 3


def test_proof_is_paged(portfolio):
    second = list_evidence(viewer=AUDITOR, scope=scope(), key="project_count", part="part", offset=2, limit=1)

    assert ([row.label[0] for row in second.rows], second.count) == (["C"], 4)


def test_a_key_nobody_knows_is_not_there(portfolio):
    with pytest.raises(NotVisible):
        list_evidence(viewer=AUDITOR, scope=scope(), key="happiness", part="part", offset=0, limit=10)
