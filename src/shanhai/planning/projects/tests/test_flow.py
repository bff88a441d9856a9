# SPDX-License-Identifier: Apache-2.0
"""The way of the money: conserved to the fen, drawn to scale, and only what the viewer may see."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanhai.kernel.errors import BadInput, NotVisible
from shanhai.kernel.money import Money
from shanhai.planning.programmes.money.selectors import plan_totals
from shanhai.planning.programmes.money.services import take_step
from shanhai.planning.programmes.tests.builders import a_yearly_plan
from shanhai.planning.programmes.values import Step, StepKind
from shanhai.planning.projects.models import AllocationLine
from shanhai.planning.projects.shares.rules.flow import (
    COLUMNS,
    GROUP,
    SOURCE,
    Cell,
    Link,
    Sums,
    links_of,
    picture,
    sums_of,
)
from shanhai.planning.projects.shares.selectors.flow import money_flow
from shanhai.planning.projects.states import Stage
from shanhai.planning.projects.tests.builders import a_line, a_programme, a_project, some_money
from shanhai.registers.ledger.values import Source
from tests.cast import AT, DEPUTY, FINANCE, KANGDING, STRANGER
from tests.refusals import refused

TODAY = date(2026, 11, 22)
FEN = st.integers(0, 10**13)
LINES = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from(("x", "y", "")), st.booleans(), st.tuples(*[FEN] * 6)),
    max_size=12,
)
PLANS = st.none() | st.dictionaries(
    st.sampled_from("abc"), st.tuples(FEN, FEN).map(lambda pair: (max(pair), min(pair)))
)
SINKS = {"reserve", "unassigned", "paid", "returned", "unpaid", "unallotted", "awaited"}


def cells_of(lines):
    return [Cell(source, group, issued, sums_of(*fen)) for source, group, issued, fen in lines]


def gone(links, side):
    sums = {}
    for link in links:
        sums[getattr(link, side)] = sums.get(getattr(link, side), 0) + link.fen
    return sums


def as_yuan(links):
    return {(link.source, link.target): link.fen / 100 for link in links}


@given(LINES, PLANS)
def test_what_goes_into_a_node_goes_out_of_it_to_the_fen(lines, plans):
    links = links_of(cells_of(lines), plans)

    into, out = gone(links, "target"), gone(links, "source")
    starts = {key for key in out if key.startswith(SOURCE)} | {"beyond", "from_reserve"}
    between = (set(into) | set(out)) - starts - SINKS
    assert all(link.fen > 0 for link in links)
    assert {key: into.get(key) for key in between} == {key: out.get(key) for key in between}
    assert not starts & set(into)
    assert not SINKS & set(out)


@given(LINES, PLANS)
def test_the_picture_shows_what_the_lines_and_plans_add_up_to(lines, plans):
    into = gone(links_of(cells_of(lines), plans), "target")
    out = gone(links_of(cells_of(lines), plans), "source")

    sums = Sums()
    for cell in cells_of(lines):
        sums = sums.plus(cell.sums)
    assert into.get("paid", 0) == sums.paid
    assert into.get("arrived", 0) == sums.arrived
    assert into.get("paid", 0) + into.get("unpaid", 0) + sums.back_unpaid == sums.allotted
    assert into.get("returned", 0) == sums.back_unpaid + sums.back_unallotted
    assert into.get("reserve", 0) == sum(reserve for _amount, reserve in (plans or {}).values())
    for code, (amount, _reserve) in (plans or {}).items():
        drafts = sum(cell.sums.planned for cell in cells_of(lines) if cell.fund_source == code and not cell.issued)
        assert out.get(SOURCE + code, 0) == amount + drafts


@given(LINES, PLANS)
def test_the_drawing_is_to_scale_and_nothing_lies_on_another(lines, plans):
    links = links_of(cells_of(lines), plans)

    drawn = picture(links)

    assert sorted(link.fen for link, _ in drawn.ribbons) == sorted(link.fen for link in links)
    by_column = {}
    for node in drawn.nodes:
        by_column.setdefault(node.column, []).append(node)
        assert node.y + node.height <= drawn.height
    most = max(drawn.nodes, key=lambda node: node.fen, default=None)
    for column in by_column.values():
        for above, below in pairwise(column):
            assert above.y + above.height < below.y
        for node in column:
            assert node.height * most.fen == pytest.approx(most.height * node.fen)


def test_every_kind_of_node_has_one_column():
    kinds = [kind for column in COLUMNS for kind in column]

    assert len(kinds) == len(set(kinds))
    assert {SOURCE, GROUP, *SINKS} < set(kinds)


def test_nothing_is_drawn_from_nothing():
    assert links_of([]) == ()
    assert picture(()).nodes == ()


def test_the_order_asked_for_is_the_order_drawn():
    links = [Link("arrived", "group:b", 1), Link("arrived", "group:a", 1), Link("arrived", "group:c", 1)]

    drawn = picture(links, ["group:c", "group:a"])

    assert [node.key for node in drawn.nodes] == ["arrived", "group:c", "group:a", "group:b"]


@pytest.fixture
def school():
    """A plan of 10,000; a school in Kangding of 900, of which 500 arrived, 300 allotted, 100 paid; a clinic of 400."""
    a_programme()
    line = a_line(project=a_project(stage=Stage.UNDER_WAY.value), yuan=900)
    some_money("arrive", line, 500, on=date(2026, 5, 1))
    some_money("allot", line, 300, on=date(2026, 6, 1))
    some_money("pay", line, 100, on=date(2026, 7, 1))
    a_project(code="GZ-2", place="513322", category="health", yuan=400)
    AllocationLine.objects.update(since=date(2026, 1, 5))
    return line


@pytest.mark.django_db
def test_the_whole_programme_from_its_plan_to_what_is_paid(school):
    found = money_flow(viewer=DEPUTY, programme="zj-ganzi", as_of=TODAY)

    assert found.whole
    assert list(found.sources) == ["province"]
    assert as_yuan(found.links) == {
        ("source:province", "plan"): 1300,
        ("source:province", "unassigned"): 8700,
        ("plan", "arrived"): 500,
        ("plan", "missing"): 800,
        ("arrived", "group:education"): 500,
        ("missing", "group:education"): 400,
        ("missing", "group:health"): 400,
        ("group:education", "paid"): 100,
        ("group:education", "unpaid"): 200,
        ("group:education", "unallotted"): 200,
        ("group:education", "awaited"): 400,
        ("group:health", "awaited"): 400,
    }


@pytest.mark.django_db
def test_the_reserve_is_that_of_the_ledger_and_lines_beyond_the_rest_need_it():
    a_programme(yuan=0)
    a_yearly_plan(year=2026, yuan=1000, reserve=900, issued_on=date(2026, 1, 10))
    a_line(project=a_project(), yuan=350, by=DEPUTY, because="抢险")

    def reserve(year=None):
        links = as_yuan(money_flow(viewer=DEPUTY, programme="zj-ganzi", as_of=TODAY, year=year).links)
        return {pair: yuan for pair, yuan in links.items() if {"plan", "reserve", "unassigned"} & {pair[1]}}

    kept = plan_totals(viewer=DEPUTY, programme="zj-ganzi", as_of=TODAY).reserve
    assert reserve() == {
        ("source:province", "plan"): 100,
        ("from_reserve", "plan"): 250,
        ("source:province", "reserve"): kept.yuan,
    }
    assert reserve(2026) == reserve()

    flood = Step(
        StepKind.RELEASE,
        programme="zj-ganzi",
        fund_source="province",
        amount=Money.from_yuan(300),
        on_date=TODAY,
        source=Source("test", "flood"),
    )
    take_step(by=FINANCE, at=AT, step=flood)

    kept = plan_totals(viewer=DEPUTY, programme="zj-ganzi", as_of=TODAY).reserve
    assert reserve() == {
        ("source:province", "plan"): 350,
        ("source:province", "reserve"): kept.yuan,
        ("source:province", "unassigned"): 50,
    }
    assert reserve(2026)[("source:province", "reserve")] == 900


@pytest.mark.django_db
def test_a_past_day_shows_what_had_moved_by_then(school):
    found = money_flow(viewer=DEPUTY, programme="zj-ganzi", as_of=date(2026, 6, 15), by="county")

    links = as_yuan(found.links)
    assert links["group:513301", "unpaid"] == 300
    assert ("group:513301", "paid") not in links
    assert links["arrived", "group:513301"] == 500
    assert links["plan", "missing"] == 800


@pytest.mark.django_db
def test_before_its_day_of_issue_a_plan_is_a_draft(school):
    links = as_yuan(money_flow(viewer=DEPUTY, programme="zj-ganzi", as_of=date(2026, 1, 9)).links)

    assert links["source:province", "draft"] == 1300
    assert ("source:province", "plan") not in links
    assert ("source:province", "unassigned") not in links


@pytest.mark.django_db
def test_a_county_user_sees_only_what_leads_to_his_own_lines(school):
    found = money_flow(viewer=KANGDING, programme="zj-ganzi", as_of=TODAY, by="delivery")

    assert not found.whole
    links = as_yuan(found.links)
    assert links["source:province", "plan"] == 900
    assert links["missing", "group:turnkey"] == 400
    assert {target for _, target in links}.isdisjoint({"unassigned", "reserve"})


@pytest.mark.django_db
def test_a_year_without_a_plan_is_empty_and_a_category_is_kept(school):
    empty = money_flow(viewer=DEPUTY, programme="zj-ganzi", as_of=TODAY, year=2025)
    clinic = money_flow(viewer=DEPUTY, programme="zj-ganzi", as_of=TODAY, by="county", category="health")

    assert empty.links == ()
    assert as_yuan(clinic.links)["source:province", "plan"] == 400
    assert not clinic.whole


@pytest.mark.django_db
def test_who_sees_no_funds_there_sees_nothing(school):
    with pytest.raises(NotVisible):
        money_flow(viewer=KANGDING, programme="zj-ganzi", as_of=TODAY, place="513322")
    with pytest.raises(NotVisible):
        money_flow(viewer=STRANGER, programme="zj-ganzi", as_of=TODAY)


@pytest.mark.django_db
def test_no_other_way_of_grouping_is_known(school):
    with refused(BadInput, "projects.flow.way_not_known"):
        money_flow(viewer=DEPUTY, programme="zj-ganzi", as_of=TODAY, by="weather")


@pytest.mark.django_db
def test_the_selector_takes_seven_queries_at_most(school, django_assert_max_num_queries):
    with django_assert_max_num_queries(7):
        money_flow(viewer=DEPUTY, programme="zj-ganzi", as_of=date(2026, 6, 15))
