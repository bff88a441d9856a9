# SPDX-License-Identifier: Apache-2.0
"""What an adjustment does to the shares: computed before it is sent off, to the fen, and true once carried out."""

from datetime import date
from decimal import Decimal

import pytest

from shanhai.base.audit.models import AuditRow
from shanhai.base.outbox.models import Event
from shanhai.kernel.errors import BadInput, NotAllowed, NotVisible, Refused
from shanhai.kernel.money import Money
from shanhai.planning.adjustments.models import Adjustment
from shanhai.planning.adjustments.selectors.current import shares_of
from shanhai.planning.adjustments.services import apply_adjustment, submit_adjustment
from shanhai.planning.adjustments.states import Kind, PaperKind, State
from shanhai.planning.adjustments.tests.builders import (
    ORIGINAL,
    a_paper,
    an_adjustment,
    approve_adjustment,
    led_to,
    moving,
)
from shanhai.planning.adjustments.values import MEASURES, Wish, broken_floors, effects_from_json
from shanhai.planning.programmes.models import YearlyPlan
from shanhai.planning.programmes.plans.services.plans import close_yearly_plan
from shanhai.planning.programmes.tests.builders import a_fund_source
from shanhai.planning.projects.core.services import revise_amounts
from shanhai.planning.projects.models import AllocationLine, Project
from shanhai.planning.projects.shares.selectors.portfolio import county_table
from shanhai.planning.projects.states import Level
from shanhai.planning.projects.tests.builders import a_line, a_plan, a_programme, a_project, some_money
from tests.cast import AT, DEPUTY, KANGDING, OFFICE, STRANGER
from tests.refusals import refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def documents_dir(settings, tmp_path):
    settings.DOCUMENTS_DIR = tmp_path / "documents"


@pytest.fixture
def school():
    """6,000 yuan, all for livelihood, in villages of Kangding; 5,000 have arrived, 2,000 are paid."""
    a_programme()
    line = a_line(project=a_project(stage="under_way", total_investment=Money.from_yuan(6000)), yuan=6000)
    some_money("arrive", line, 5000)
    some_money("allot", line, 3000)
    some_money("pay", line, 2000)
    line.refresh_from_db()
    return line


@pytest.fixture
def park(school):
    """1,500 yuan, nothing for livelihood, for the prefecture, in Luding."""
    project = a_project(code="GZ-2", name="泸定县产业园", place="513322", capital=False)
    return a_line(project=project, yuan=1500, livelihood_percent=0, beneficiary_level=Level.PREFECTURE)


def rows_of(adjustment: Adjustment, place: str = "") -> dict:
    (effect,) = (one for one in effects_from_json(adjustment.effect, "CNY") if one.place == place)
    return {row.key: row for row in effect.rows}


def test_moving_money_shows_the_shares_and_their_room_before_and_after(school, park):
    adjustment = an_adjustment(project=school.project, kind=Kind.MOVE_MONEY, wish=moving(school, park, 600))

    row = rows_of(adjustment)["livelihood.plan"]
    assert (row.before.percent(), row.after.percent()) == (Decimal("80.00"), Decimal("72.00"))
    assert (row.room_before, row.room_after) == (Money(0), Money(-60_000))
    assert (row.changed, row.breaks_floor) == (True, True)
    grassroots = rows_of(adjustment)["grassroots.plan"]
    assert (grassroots.before.part, grassroots.after.part) == (Money.from_yuan(6000), Money.from_yuan(5400))
    arrival = rows_of(adjustment)["arrival"]
    assert (arrival.before.percent(), arrival.after.percent(), arrival.changed) == (
        Decimal("66.67"), Decimal("66.67"), False,
    )  # fmt: skip
    luding = rows_of(adjustment, "513322")["livelihood.plan"]
    assert (luding.before.whole, luding.after.whole) == (Money.from_yuan(1500), Money.from_yuan(2100))
    assert rows_of(adjustment, "513301")["arrival"].after.percent() == Decimal("92.59")
    assert {row.key for row in broken_floors(effects_from_json(adjustment.effect, "CNY"))} == {
        "livelihood.plan",
        "grassroots.plan",
    }


def test_computing_the_effect_changes_nothing(school, park):
    events, trail = Event.objects.count(), AuditRow.objects.count()

    an_adjustment(project=school.project, kind=Kind.MOVE_MONEY, wish=moving(school, park, 600))

    assert list(AllocationLine.objects.order_by("pk").values_list("amount_fen", flat=True)) == [600_000, 150_000]
    assert Event.objects.count() == events
    assert AuditRow.objects.count() == trail + 1


CASES = {
    "move": (Kind.MOVE_MONEY, lambda school, park: moving(school, park, 600)),
    "amount": (Kind.AMOUNT, lambda school, park: Wish(values={"amount_fen": 633_333}, line=school.uuid)),
    "estimate": (Kind.ESTIMATE, lambda school, park: Wish({"total_investment_fen": 590_000})),
    "site": (Kind.SITE, lambda school, park: Wish({"altitude_m": 4100})),
    "cancel": (Kind.CANCEL, lambda school, park: Wish()),
    "period": (Kind.PERIOD, lambda school, park: Wish({"planned_finish_on": "2027-06-30"})),
}


@pytest.mark.parametrize("case", list(CASES))
def test_what_was_shown_is_what_comes(school, park, case):
    kind, wish = CASES[case]
    adjustment = an_adjustment(project=school.project, kind=kind, wish=wish(school, park), state=State.APPROVED)
    if kind is Kind.CANCEL:
        with refused(Refused, "projects.money_left", match="2,000.*1,000"):
            apply_adjustment(by=OFFICE, at=AT, adjustment=adjustment.uuid)
        some_money("hand_back", school, 2000)
        some_money("return", school, 1000)
    apply_adjustment(by=OFFICE, at=AT, adjustment=adjustment.uuid)

    year = 2026 if kind in {Kind.MOVE_MONEY, Kind.AMOUNT} else None
    table = county_table(viewer=OFFICE, programme="zj-ganzi", as_of=date(2026, 11, 22), year=year)
    came, shown = shares_of(row=table.total), rows_of(adjustment)
    assert set(shown) == set(MEASURES)
    assert {key: (row.after.part, row.after.whole) for key, row in shown.items()} == {
        key: (share.part, share.whole) for key, share in came.items()
    }


def test_cancelling_takes_the_project_out_of_counts_and_shares(school, park):
    adjustment = an_adjustment(project=park.project, kind=Kind.CANCEL, wish=Wish(), state=State.SUBMITTED)

    row = rows_of(adjustment)["livelihood.plan"]
    assert (row.before.percent(), row.after.percent()) == (Decimal("80.00"), Decimal("100.00"))
    assert row.room_after == Money.from_yuan(1200)
    completion = rows_of(adjustment)["completion"]
    assert (completion.before.whole.number, completion.after.whole.number) == (2, 1)
    assert adjustment.approver == "commander"


def test_moved_money_lies_with_the_other_project_afterwards(school, park):
    an_adjustment(project=school.project, kind=Kind.MOVE_MONEY, wish=moving(school, park, 600), state=State.APPLIED)

    assert list(AllocationLine.objects.order_by("pk").values_list("amount_fen", flat=True)) == [540_000, 210_000]
    revised = AuditRow.objects.filter(action="projects.line.revised").order_by("seq")
    assert [row.changes["amount_fen"] for row in revised] == [[600_000, 540_000], [150_000, 210_000]]


def test_what_takes_a_share_below_its_floor_is_approved_only_with_a_word_why(school, park):
    adjustment = an_adjustment(
        project=school.project, kind=Kind.MOVE_MONEY, wish=moving(school, park, 600), state=State.SUBMITTED
    )

    with refused(BadInput, "adjustments.words_missing"):
        approve_adjustment(by=DEPUTY, at=AT, adjustment=adjustment.uuid)

    assert approve_adjustment(by=DEPUTY, at=AT, adjustment=adjustment.uuid, words="产业急需").state == State.APPROVED


def test_more_than_a_tenth_of_the_line_goes_to_the_original_approver(school, park):
    small = an_adjustment(project=school.project, kind=Kind.MOVE_MONEY, wish=moving(school, park, 600))
    large = an_adjustment(project=school.project, kind=Kind.MOVE_MONEY, wish=moving(school, park, 601))

    assert led_to(small, State.SUBMITTED).approver == "commander"
    assert led_to(large, State.SUBMITTED).approver == "original"


def test_a_line_keeps_what_has_been_allotted(school, park):
    with refused(Refused, "projects.ceiling_too_low", match=r"3,000\.00 元，安排不能减到"):
        an_adjustment(project=school.project, kind=Kind.MOVE_MONEY, wish=moving(school, park, 3001))

    assert not Adjustment.objects.exists()
    assert an_adjustment(project=school.project, kind=Kind.MOVE_MONEY, wish=moving(school, park, 3000)).year == 2026


def test_a_line_grows_only_by_what_the_plan_has_left(school, park):
    with refused(Refused, "projects.plan_overdrawn", match=r"2,500\.00 CNY"):
        an_adjustment(project=park.project, kind=Kind.AMOUNT, wish=Wish({"amount_fen": 400_001}, line=park.uuid))

    full = an_adjustment(project=park.project, kind=Kind.AMOUNT, wish=Wish({"amount_fen": 400_000}, line=park.uuid))
    assert full.changes.get().new == 400_000


def test_a_closed_plan_is_not_adjusted_neither_before_nor_after_approval(school, park):
    approved = an_adjustment(
        project=school.project, kind=Kind.MOVE_MONEY, wish=moving(school, park, 1), state=State.APPROVED
    )
    close_yearly_plan(by=OFFICE, at=AT, plan=YearlyPlan.objects.get().uuid, because="年终")

    with refused(Refused, "projects.plan_closed", match="2026"):
        an_adjustment(project=school.project, kind=Kind.AMOUNT, wish=Wish({"amount_fen": 1}, line=school.uuid))
    with refused(Refused, "projects.plan_closed"):
        apply_adjustment(by=OFFICE, at=AT, adjustment=approved.uuid)

    assert AllocationLine.objects.get(pk=school.pk).amount_fen == 600_000


def test_money_moves_only_within_one_plan_and_one_source(school, park):
    a_plan(year=2027, yuan=5000)
    a_fund_source(code="city", name="市级财政")
    next_year = a_line(project=park.project, yuan=10, year=2027)
    city = a_line(project=park.project, yuan=10, fund_source="city", by=DEPUTY, because="市级财政补助")

    for getting in (next_year, city):
        with refused(Refused, "adjustments.outside_the_plan"):
            an_adjustment(project=school.project, kind=Kind.MOVE_MONEY, wish=moving(school, getting, 1))
    with refused(Refused, "adjustments.outside_the_plan"):
        an_adjustment(project=school.project, kind=Kind.MOVE_MONEY, wish=moving(school, park, 6001))


@pytest.mark.parametrize("yuan", [0, -5])
def test_nothing_and_less_are_not_moved(school, park, yuan):
    with refused(BadInput, "adjustments.line_missing"):
        an_adjustment(project=school.project, kind=Kind.MOVE_MONEY, wish=moving(school, park, yuan))


def test_a_line_of_another_project_or_the_same_line_is_refused(school, park):
    with refused(BadInput, "adjustments.line_missing"):
        an_adjustment(project=park.project, kind=Kind.MOVE_MONEY, wish=moving(school, park, 1))
    with refused(BadInput, "adjustments.line_missing"):
        an_adjustment(project=park.project, kind=Kind.AMOUNT, wish=Wish({"amount_fen": 1}, line=school.uuid))
    with refused(BadInput, "adjustments.line_missing"):
        an_adjustment(project=park.project, kind=Kind.MOVE_MONEY, wish=moving(park, park, 1))


def test_a_county_moves_no_money_to_a_project_it_does_not_see(school, park):
    with refused(NotVisible, "projects.not_visible"):
        an_adjustment(project=school.project, kind=Kind.MOVE_MONEY, wish=moving(school, park, 1), by=KANGDING)


def test_a_project_with_money_paid_does_not_become_another_countys(school):
    with refused(Refused, "projects.county_paid", match=r"2,000\.00 CNY"):
        an_adjustment(project=school.project, kind=Kind.SITE, wish=Wish({"place": "513322"}))

    assert not Adjustment.objects.exists()


def test_a_project_without_payments_becomes_another_countys(school, park):
    adjustment = an_adjustment(
        project=park.project, kind=Kind.SITE, wish=Wish({"place": "513301"}), state=State.SUBMITTED
    )

    kangding = rows_of(adjustment, "513301")["livelihood.plan"]
    assert (kangding.before.percent(), kangding.after.percent()) == (Decimal("100.00"), Decimal("80.00"))
    change = adjustment.changes.get()
    assert (change.old_words, change.new_words) == ("泸定县", "康定市")
    approve_adjustment(by=ORIGINAL, at=AT, adjustment=adjustment.uuid, words="同意")
    apply_adjustment(by=OFFICE, at=AT, adjustment=adjustment.uuid)
    assert Project.objects.get(pk=park.project.pk).place.code == "513301"


def test_a_larger_estimate_names_the_source_of_the_money(school):
    wish = Wish({"total_investment_fen": 660_000})
    adjustment = an_adjustment(project=school.project, kind=Kind.ESTIMATE, wish=wish)

    with refused(Refused, "adjustments.need_open", match="增加的资金从哪里来"):
        submit_adjustment(by=OFFICE, at=AT, adjustment=adjustment.uuid)

    named = Wish({"total_investment_fen": 660_000}, extra_source="县财政配套")
    assert (
        an_adjustment(project=school.project, kind=Kind.ESTIMATE, wish=named, state=State.SUBMITTED).approver
        == "original"
    )


def test_a_much_larger_estimate_needs_the_paper_of_a_new_approval(school):
    wish = Wish({"total_investment_fen": 660_001}, extra_source="县财政配套")
    adjustment = an_adjustment(project=school.project, kind=Kind.ESTIMATE, wish=wish)
    a_paper(adjustment, kind=PaperKind.SUPPORT)
    with refused(Refused, "adjustments.need_open", match="重新审批"):
        submit_adjustment(by=OFFICE, at=AT, adjustment=adjustment.uuid)

    a_paper(adjustment)

    assert submit_adjustment(by=OFFICE, at=AT, adjustment=adjustment.uuid).rule == "estimate.far_over"


def test_the_content_in_words_is_what_the_last_adjustment_said(school):
    first = an_adjustment(project=school.project, kind=Kind.SCOPE, wish=Wish({"content": "三层"}), state=State.APPLIED)
    second = an_adjustment(project=school.project, kind=Kind.SCOPE, wish=Wish({"content": "两层"}))

    assert (first.changes.get().old, second.changes.get().old) == ("", "三层")
    assert AuditRow.objects.get(action="projects.project.content_revised").changes == {"content": ["", "三层"]}


def test_amounts_are_revised_only_by_who_manages_the_project(school):
    for by, error in ((KANGDING, NotAllowed), (STRANGER, NotVisible)):
        with pytest.raises(error):
            revise_amounts(by=by, at=AT, amounts={school.uuid: Money(1)}, because="x")
