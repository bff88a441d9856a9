# SPDX-License-Identifier: Apache-2.0
"""Issue 7, wrong result 2: "Money has ceilings everywhere"."""

from datetime import date
from html import unescape

import pytest

from shanhai.kernel.errors import Refused
from shanhai.kernel.money import Money
from shanhai.planning.programmes.values import Step, StepKind
from shanhai.planning.projects.core.selectors import lines_that_differ
from shanhai.planning.projects.models import AllocationLine
from shanhai.planning.projects.shares import services as funds
from shanhai.planning.projects.shares.rules.reversals import StoodUpon
from shanhai.planning.projects.shares.services.arrivals import record_pooled_arrival
from shanhai.planning.projects.tests.builders import (
    a_line,
    a_plan,
    a_programme,
    a_project,
    some_money,
)
from shanhai.registers.ledger.models import Entry
from shanhai.registers.ledger.values import Source
from tests.cast import AT, DEPUTY, FINANCE, a_user
from tests.refusals import refused

pytestmark = pytest.mark.django_db
MAY, JUNE, JULY, AUGUST = (date(2026, month, 1) for month in (5, 6, 7, 8))
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def back(entry):
    return funds.reverse(by=FINANCE, at=AT, entry=entry.uuid, because="记错了")


@pytest.fixture
def paid():
    """A line of 600 yuan: arrived in two vouchers of 300, allotted 200 and 250, paid 180. The pot has 2,000 more."""
    a_programme()
    pot = a_line(project=a_project(code="GZ-9", total_investment=Money.from_yuan(5000)), yuan=4000)
    some_money("arrive", pot, 2000)
    line = a_line(project=a_project(stage="under_way"), yuan=600)
    moves = [("arrive", 300, MAY, "D-1"), ("arrive", 300, JUNE, "D-2"), ("allot", 200, JUNE, "H-1"),
             ("allot", 250, JULY, "H-2"), ("pay", 180, AUGUST, "Z-1")]  # fmt: skip
    return line, {name: some_money(act, line, yuan, on=on, source=name) for act, yuan, on, name in moves}


@pytest.mark.parametrize(
    ("entry", "first"),
    [("D-2", ["H-2"]), ("D-1", ["H-2"]), ("H-1", []), ("Z-1", []), ("H-2", [])],
)
def test_a_reversal_that_would_break_a_ceiling_is_refused_with_what_to_undo_first(paid, entry, first):
    """ "a reversal that would break a ceiling above it is refused with what to undo first" """
    line, entries = paid
    before = Entry.objects.count(), stored(line)

    if not first:
        back(entries[entry])
        return
    with refused(StoodUpon, match="请先冲正后来的 1 张凭证") as caught:
        back(entries[entry])

    assert [row.entry for row in caught.value.vouchers] == [entries[name].uuid for name in first]
    assert (Entry.objects.count(), stored(line)) == before
    for name in first:
        back(entries[name])
    back(entries[entry])
    assert lines_that_differ() == ()


def test_all_the_way_down_the_newest_goes_first(paid):
    _, entries = paid
    back(entries["H-2"])
    back(entries["D-2"])

    with refused(
        StoodUpon, match=r"从新到旧：2026-08-01 支付 180\.00 CNY Z-1、2026-06-01 核拨 200\.00 CNY H-1"
    ) as caught:
        back(entries["D-1"])

    for row in caught.value.vouchers:
        back(entries[row.source.id])
    back(entries["D-1"])


def test_what_came_with_a_table_is_named_by_its_row_not_by_a_word_of_the_machine(paid):
    line, entries = paid
    source = Source("projects.import", "3f9a:7:allot")
    funds.take_step(
        by=FINANCE, at=AT, kind=StepKind.ALLOT, line=line.uuid, amount=Money.from_yuan(100), on_date=AUGUST,
        source=source, memo="项目表.xlsx · 7",
    )  # fmt: skip

    with refused(StoodUpon, match=r"核拨 100\.00 CNY 项目表\.xlsx · 7"):
        back(entries["D-2"])


def test_of_an_arrival_for_all_lines_the_vouchers_of_those_that_lack_are_named():
    a_programme()
    lines = [a_line(project=a_project(code=f"GZ-{one}"), yuan=100) for one in (1, 2, 3)]
    entry = record_pooled_arrival(
        by=FINANCE, at=AT, programme="zj-ganzi", fund_source="province", year=2026, amount=Money.from_yuan(300),
        on_date=JUNE, source=Source("funds.arrival", "D-1"),
    )  # fmt: skip
    sent = some_money("allot", lines[1], 40, on=JULY, source="H-1")

    with refused(StoodUpon) as caught:
        back(entry)

    assert [row.entry for row in caught.value.vouchers] == [sent.uuid]
    back(sent)
    back(entry)


def test_what_another_line_has_used_up_of_the_same_pot_is_named():
    a_programme()
    full, borrower = a_line(project=a_project(code="GZ-1")), a_line(project=a_project(code="GZ-2"))
    entry = some_money("arrive", full, 100)
    loan = funds.take_step(
        by=DEPUTY, at=AT, kind=StepKind.ALLOT, line=borrower.uuid, amount=Money.from_yuan(60), on_date=JULY,
        source=Source("test", "H-1"), because="应急抢修",
    )  # fmt: skip

    with refused(StoodUpon, match=r"可用 40\.00 CNY") as caught:
        back(entry)

    assert [row.entry for row in caught.value.vouchers] == [loan.uuid]


def test_an_excess_of_history_may_shrink(paid):
    line, entries = paid
    AllocationLine.objects.filter(pk=line.pk).update(amount_fen=100)

    back(entries["H-1"])

    assert stored(line)[1] == 25_000


def test_what_was_issued_with_a_plan_or_a_line_is_not_reversed_alone():
    """Reversing a plan's issue entry left the plan's amounts as they were."""
    a_programme(yuan=0)
    a_plan(yuan=1000)

    with refused(Refused, "projects.issued_with_plan", match="计划还在"):
        back(Entry.objects.get(source_kind="programmes.plan"))

    line = a_line(project=a_project(), yuan=50)
    step = Step(
        StepKind.ISSUE, "zj-ganzi", "province", line.amount, JUNE, Source("test", "X-1"), str(line.uuid), "513301"
    )
    funds.take_steps(by=FINANCE, at=AT, lines=[line], steps=[step], under="fund.post", on=JUNE)
    with refused(Refused, "projects.issued_with_line", match="康定市中心小学教学楼"):
        back(Entry.objects.get(source_id="X-1"))


def test_the_page_of_a_voucher_keeps_the_reason_and_links_those_that_stand_on_it(client, paid):
    _, entries = paid
    client.force_login(a_user("finance"), backend=BACKEND)

    answer = client.post(f"/funds/entries/{entries['D-2'].uuid}/reverse", {"because": "记重了"})

    page = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "现在不能冲正：“康定市中心小学教学楼”的核拨合计 450.00 元，冲正以后到位只有 300.00 元" in page
    assert f'href="/funds/entries/{entries["H-2"].uuid}/"' in page
    assert "记重了</textarea>" in page
    assert Entry.objects.filter(reverses__isnull=False).count() == 0


def stored(line):
    found = AllocationLine.objects.get(pk=line.pk)
    return found.arrived_fen, found.allotted_fen, found.paid_fen


def test_what_was_given_back_is_not_there_for_another_act(paid):
    """ "money has ceilings everywhere": the pot holds enough, but not of this line."""
    a_line_of_100 = a_line(project=a_project(code="GZ-3"), yuan=100)
    entry = some_money("arrive", a_line_of_100, 100, source="D-3")
    given = some_money("hand_back", a_line_of_100, 60, on=JULY, source="T-3")

    with refused(Refused, "projects.allot_beyond_given_back", match=r"比余下的多 10\.00"):
        some_money("allot", a_line_of_100, 50, on=JULY)
    step = Step(
        StepKind.ALLOT, "zj-ganzi", "province", Money.from_yuan(50), JULY, Source("test", "X-3"),
        str(a_line_of_100.uuid), "513301",
    )  # fmt: skip
    with refused(Refused, "projects.allot_beyond_given_back"):
        funds.take_steps(by=FINANCE, at=AT, lines=[a_line_of_100], steps=[step], under="fund.post", on=JULY)
    with refused(StoodUpon, match=r"退回的多 60\.00.*1 张凭证.*T-3") as caught:
        back(entry)

    assert [row.entry for row in caught.value.vouchers] == [given.uuid]
    some_money("allot", a_line_of_100, 40, on=JULY)
