# SPDX-License-Identifier: Apache-2.0
"""The ledger follows what counties report: growth is posted, corrections are reversed and posted anew."""

from datetime import date

import pytest

from shanhai.kernel.errors import BadInput, NotAllowed, NotVisible, Refused
from shanhai.kernel.figures import Strength
from shanhai.kernel.money import Money
from shanhai.kernel.states import IllegalMove
from shanhai.kernel.units import WAN_YUAN
from shanhai.planning.programmes.tests.builders import a_yearly_plan
from shanhai.planning.programmes.values import StepKind
from shanhai.planning.projects.tests.builders import a_line, a_project
from shanhai.planning.returns import services as keeping
from shanhai.planning.returns.models import Return
from shanhai.planning.returns.providers import ToExplain
from shanhai.planning.returns.rules.figures import alignment, amounts_of
from shanhai.planning.returns.selectors import NO_SOURCE
from shanhai.planning.returns.services import withdraw_return
from shanhai.planning.returns.tests.builders import (
    a_return,
    a_second_source,
    ganzi_programme,
    kezhou_programme,
    the_kezhou_return,
)
from shanhai.planning.returns.tests.tables import county
from shanhai.registers.ledger.models import Entry
from shanhai.registers.ledger.permissions import FundPermission
from shanhai.registers.ledger.selectors.balances import turnover_by_place
from shanhai.registers.ledger.selectors.postings import list_postings
from shanhai.registers.ledger.values import AccountKind
from tests.cast import AT, AUDITOR, DEPUTY, KANGDING, OFFICE, actor
from tests.refusals import refused

ISSUED, ARRIVED, ALLOTTED, PAID = (
    AccountKind.ISSUED, AccountKind.ARRIVED, AccountKind.ALLOTTED, AccountKind.PAID
)  # fmt: skip
SEPTEMBER, OCTOBER, NOVEMBER = date(2023, 9, 30), date(2023, 10, 31), date(2023, 11, 30)
LUDING = actor("county_user", programme="zj-ganzi", place="513322")


@pytest.fixture(autouse=True)
def documents_dir(settings, tmp_path):
    settings.DOCUMENTS_DIR = tmp_path / "documents"


def stands(as_of=date(2026, 11, 22), *, programme="zj-ganzi"):
    """What has gone into issued, arrived, allotted and paid, in 万元, by place."""
    totals = turnover_by_place(
        viewer=AUDITOR, programme=programme, kinds=[ISSUED, ARRIVED, ALLOTTED, PAID], as_of=as_of
    )
    places = sorted({place for place, _ in totals})
    return {
        place: tuple(totals.get((place, kind), Money(0)).fen // 1_000_000 for kind in (ISSUED, ARRIVED, ALLOTTED, PAID))
        for place in places
        if any(totals.get((place, kind)) for kind in (ISSUED, ARRIVED, ALLOTTED, PAID))
    }


def reasons(report: Return) -> list[str]:
    """Why amounts of a return did not go into the ledger."""
    report.refresh_from_db()
    return [reason["message"]["text"] for reason in report.unposted]


@pytest.mark.django_db
def test_the_amounts_of_the_counties_are_posted_and_the_stated_total_never():
    kezhou_programme()

    report = the_kezhou_return()

    assert report.unposted == []
    assert stands(programme="kezhou-2021") == {
        "653001": (68_300, 60_200, 55_900, 55_500),
        "653022": (92_400, 82_000, 74_600, 74_600),
        "653023": (19_800, 13_800, 12_700, 12_200),
        "653024": (18_300, 18_400, 16_700, 15_900),
    }


@pytest.mark.django_db
def test_each_posting_names_its_cell_and_the_strength_of_a_form(tmp_path):
    ganzi_programme()

    report = a_return(tmp_path)

    count, rows = list_postings(viewer=AUDITOR, programme="zj-ganzi", offset=0, limit=10)
    assert count == 4
    assert {(row.source.kind, row.source.id) for row in rows} == {
        ("returns.cell", f"{report.uuid}:513301:{measure}") for measure in ("planned", "arrived", "allotted", "paid")
    }
    assert {(row.strength, row.place, row.on_date, row.fund_source) for row in rows} == {
        (Strength.FORM, "513301", SEPTEMBER, "province")
    }


@pytest.mark.django_db
def test_a_later_return_posts_only_the_growth(tmp_path):
    ganzi_programme()
    a_return(tmp_path)

    a_return(tmp_path, ("康定市", 10, 100, 90, 60, 55), cut_off_on=OCTOBER)

    assert stands(SEPTEMBER) == {"513301": (100, 80, 60, 40)}
    assert stands(OCTOBER) == {"513301": (100, 90, 60, 55)}
    assert Entry.objects.count() == 6


@pytest.mark.django_db
def test_a_later_return_with_less_takes_back_and_posts_anew_from_its_own_day(tmp_path):
    ganzi_programme()
    a_return(tmp_path)

    a_return(tmp_path, ("康定市", 10, 100, 70, 60, 40), cut_off_on=OCTOBER)

    assert stands(SEPTEMBER) == {"513301": (100, 80, 60, 40)}
    assert stands(OCTOBER) == {"513301": (100, 70, 60, 40)}
    assert Entry.objects.filter(reverses__isnull=False).count() == 4


@pytest.mark.django_db
def test_an_older_return_sent_in_late_changes_nothing_in_the_ledger(tmp_path):
    ganzi_programme()
    a_return(tmp_path, ("康定市", 10, 100, 90, 60, 55), cut_off_on=OCTOBER)

    a_return(tmp_path, cut_off_on=SEPTEMBER)

    assert stands(SEPTEMBER) == {}
    assert stands(OCTOBER) == {"513301": (100, 90, 60, 55)}


@pytest.mark.django_db
def test_a_new_year_begins_anew(tmp_path):
    ganzi_programme()
    a_return(tmp_path)

    a_return(tmp_path, ("康定市", 5, 50, 20, 10, 0), cut_off_on=date(2024, 3, 31))

    assert stands(date(2023, 12, 31)) == {"513301": (100, 80, 60, 40)}
    assert stands(date(2024, 3, 31)) == {"513301": (150, 100, 70, 40)}


@pytest.mark.django_db
def test_counties_that_report_apart_stand_side_by_side(tmp_path):
    ganzi_programme()
    a_return(tmp_path, by=KANGDING)

    a_return(tmp_path, ("泸定县", 3, 30, 20, 10, 5), by=LUDING, cut_off_on=OCTOBER)

    assert stands() == {"513301": (100, 80, 60, 40), "513322": (30, 20, 10, 5)}


@pytest.mark.django_db
def test_withdrawing_takes_everything_back(tmp_path):
    ganzi_programme()
    report = a_return(tmp_path)

    withdraw_return(by=OFFICE, at=AT, uuid=report.uuid, because="报错了年份")

    assert stands() == {}
    report.refresh_from_db()
    assert (report.state, report.because, report.withdrawn_by) == ("withdrawn", "报错了年份", "user:office")


@pytest.mark.django_db
def test_withdrawing_the_newest_goes_back_to_the_one_before(tmp_path):
    ganzi_programme()
    a_return(tmp_path)
    later = a_return(tmp_path, ("康定市", 10, 100, 90, 70, 55), cut_off_on=OCTOBER)

    withdraw_return(by=OFFICE, at=AT, uuid=later.uuid, because="数未核实")

    assert stands() == {"513301": (100, 80, 60, 40)}


@pytest.mark.django_db
def test_withdrawing_one_in_the_middle_changes_nothing_in_the_ledger(tmp_path):
    ganzi_programme()
    a_return(tmp_path)
    middle = a_return(tmp_path, ("康定市", 10, 100, 90, 70, 55), cut_off_on=OCTOBER)
    a_return(tmp_path, ("康定市", 10, 100, 95, 80, 60), cut_off_on=NOVEMBER)

    withdraw_return(by=OFFICE, at=AT, uuid=middle.uuid, because="重复")

    assert stands() == {"513301": (100, 95, 80, 60)}


@pytest.mark.django_db
def test_a_withdrawn_file_may_be_sent_in_again_and_again(tmp_path):
    ganzi_programme()

    for reason in ("第一次", "第二次"):
        report = a_return(tmp_path)
        withdraw_return(by=OFFICE, at=AT, uuid=report.uuid, because=reason)
    a_return(tmp_path)

    assert stands() == {"513301": (100, 80, 60, 40)}
    assert Return.objects.count() == 3


@pytest.mark.django_db
def test_a_return_is_withdrawn_once_and_with_a_reason(tmp_path):
    ganzi_programme()
    report = a_return(tmp_path)

    with refused(BadInput, "returns.reason_missing"):
        withdraw_return(by=OFFICE, at=AT, uuid=report.uuid, because="  \x00 ")
    withdraw_return(by=OFFICE, at=AT, uuid=report.uuid, because="重报")
    with pytest.raises(IllegalMove):
        withdraw_return(by=OFFICE, at=AT, uuid=report.uuid, because="重报")


@pytest.mark.django_db
def test_only_whoever_may_submit_every_row_withdraws(tmp_path):
    ganzi_programme()
    report = a_return(tmp_path, ("康定市", 1, 1, 1, 1, 1), ("泸定县", 1, 1, 1, 1, 1), ("合计", 2, 2, 2, 2, 2))

    for by, error in (
        (KANGDING, NotAllowed),
        (AUDITOR, NotAllowed),
        (actor(None), (NotVisible, "returns.return_not_found")),
    ):
        with refused(error):
            withdraw_return(by=by, at=AT, uuid=report.uuid, because="不行")

    assert Return.objects.get().state == "submitted"


@pytest.mark.django_db
def test_sending_in_lends_no_right_to_post_beyond_the_act(tmp_path):
    ganzi_programme()

    a_return(tmp_path, by=DEPUTY)

    assert not DEPUTY.may(FundPermission.POST, programme="zj-ganzi", place="513301")
    assert {entry.recorded_by for entry in Entry.objects.all()} == {"user:commander"}


@pytest.mark.django_db
def test_a_planned_amount_is_not_posted_beside_a_plan_that_was_issued(tmp_path):
    ganzi_programme()
    a_yearly_plan(yuan=2_000_000, issued_on=date(2023, 1, 10))

    a_return(tmp_path)

    assert stands() == {"": (200, 0, 0, 0), "513301": (0, 80, 60, 40)}


@pytest.mark.django_db
@pytest.mark.parametrize(("year", "posted"), [(2023, {"513322": (0, 20, 10, 5)}), (2024, None)])
def test_a_county_with_projects_paid_from_that_years_plan_is_only_compared(tmp_path, year, posted):
    ganzi_programme()
    a_yearly_plan(year=year, yuan=0, issued_on=date(2023, 1, 10))
    a_line(project=a_project(), year=year)
    rows = (("康定市", 10, 0, 80, 60, 40), ("泸定县", 3, 0, 20, 10, 5))

    report = a_return(tmp_path, *rows)

    assert stands() == (posted or {"513301": (0, 80, 60, 40), "513322": (0, 20, 10, 5)})
    assert bool(reasons(report)) is bool(posted)


@pytest.mark.django_db
def test_amounts_out_of_order_are_stored_and_found_but_not_posted(tmp_path):
    ganzi_programme()

    report = a_return(tmp_path, ("康定市", 1, 100, 80, 60, 70), ("泸定县", 1, 30, 20, 10, 5))

    assert stands() == {"513322": (30, 20, 10, 5)}
    assert reasons(report) == ["%(label)s的核拨不能多于到位，支付不能多于核拨，所以没有记账。请核对后重报。"]
    assert [finding.kind for row in report.rows.all() for finding in row.findings.all()] == ["order"]


@pytest.mark.django_db
def test_with_several_fund_sources_the_return_has_to_say_which(tmp_path):
    ganzi_programme()
    a_second_source()

    silent = a_return(tmp_path)
    (waiting,) = ToExplain().find(viewer=OFFICE, programme="zj-ganzi", at=AT)
    assert (waiting.why.text, waiting.url) == (NO_SOURCE, f"/returns/{silent.uuid}/")
    assert ToExplain().find(viewer=AUDITOR, programme="zj-ganzi", at=AT) == ()

    spoken = a_return(tmp_path, ("康定市", 10, 100, 90, 60, 55), cut_off_on=OCTOBER, fund_source="city")

    assert reasons(silent) == ["没有说明资金来源，所以没有记账。请撤回后选定资金来源再报。"]
    assert reasons(spoken) == []
    assert ToExplain().find(viewer=OFFICE, programme="zj-ganzi", at=AT) == ()
    assert stands() == {"513301": (100, 90, 60, 55)}


@pytest.mark.django_db
def test_a_refusal_of_the_ledger_leaves_the_return_and_no_half_of_its_postings(tmp_path, monkeypatch):
    ganzi_programme()

    take = keeping.chain.take_step

    def refuse(*, step, **kw):
        if step.kind is StepKind.PAY:
            raise Refused("不行", "returns.amounts_out_of_order")
        return take(step=step, **kw)

    monkeypatch.setattr(keeping.chain, "take_step", refuse)
    report = a_return(tmp_path)

    assert stands() == {}
    assert reasons(report) == ["不行"]


@pytest.mark.parametrize(
    ("old", "new", "take_back", "post"),
    [
        ({}, {"arrived": 5}, False, {"arrived": 5}),
        ({"arrived": 5}, {"arrived": 8, "allotted": 2}, False, {"arrived": 3, "allotted": 2}),
        ({"arrived": 5}, {"arrived": 5}, False, {}),
        ({"arrived": 5, "allotted": 5}, {"arrived": 5, "allotted": 4}, True, {"arrived": 5, "allotted": 4}),
        ({"planned": 9, "arrived": 5}, {}, True, {}),
        ({"arrived": 5}, {"planned": 7}, True, {"planned": 7}),
    ],
)
def test_growth_is_posted_and_anything_else_taken_back(old, new, take_back, post):
    found = alignment({key: Money(fen) for key, fen in old.items()}, {key: Money(fen) for key, fen in new.items()})

    assert (found.take_back, dict(found.post)) == (take_back, {key: Money(fen) for key, fen in post.items()})


@pytest.mark.parametrize(
    "text", ["- 核拨资金\n甲县 5", "- 到位资金 核拨资金\n甲县 5 6", "- 到位资金 支付资金\n甲县 5 1"]
)
def test_money_that_never_came_cannot_go_on(text):
    with refused(Refused, "returns.amounts_out_of_order"):
        amounts_of(county(text).rows[0], WAN_YUAN)
