# SPDX-License-Identifier: Apache-2.0
"""Money for lines: the line's totals are the ledger's after every act, and the check finds it when they are not."""

from datetime import date

import pytest

from shanhai.kernel.errors import Conflict, NotAllowed, NotVisible, Refused
from shanhai.kernel.money import Money
from shanhai.planning.programmes.values import StepKind
from shanhai.planning.projects.core.selectors import lines_that_differ
from shanhai.planning.projects.models import AllocationLine
from shanhai.planning.projects.shares import services as funds
from shanhai.planning.projects.shares.services.arrivals import record_pooled_arrival
from shanhai.planning.projects.tests.builders import a_line, a_programme, a_project, some_money
from shanhai.registers.ledger.values import Source
from tests.cast import ADMIN, AT, FINANCE, KANGDING, OFFICE, actor
from tests.refusals import refused

pytestmark = pytest.mark.django_db
JUNE, JULY = date(2026, 6, 1), date(2026, 7, 1)
# Somebody who keeps the books and may take entries back.
TREASURER = FINANCE


def stored(line):
    line.refresh_from_db()
    return (line.arrived_fen, line.allotted_fen, line.paid_fen)


def test_money_arrives_is_allotted_and_paid_and_the_line_knows():
    a_programme()
    line = a_line(project=a_project(stage="under_way"))

    some_money("arrive", line, 90)
    some_money("allot", line, 80)
    some_money("pay", line, 50, on=JULY)

    assert stored(line) == (9000, 8000, 5000)
    assert line.funds_changed_on == JULY
    assert lines_that_differ() == ()


def test_the_same_voucher_twice_is_one_payment():
    a_programme()
    line = a_line(project=a_project())

    first = some_money("arrive", line, 90, source="v1")
    again = some_money("arrive", line, 90, source="v1")

    assert first.uuid == again.uuid
    assert stored(line) == (9000, 0, 0)


def test_another_amount_from_the_same_voucher_is_refused():
    a_programme()
    line = a_line(project=a_project())
    some_money("arrive", line, 90, source="v1")

    with pytest.raises(Conflict):
        some_money("arrive", line, 91, source="v1")

    assert stored(line) == (9000, 0, 0)


def test_a_payment_over_what_is_allotted_is_refused_with_the_sums_and_leaves_no_trace():
    a_programme()
    line = a_line(project=a_project())
    some_money("arrive", line, 90)
    some_money("allot", line, 80)

    with pytest.raises(Refused, match=r"80\.01.*80\.00"):
        funds.take_step(
            by=FINANCE,
            at=AT,
            kind=StepKind.PAY,
            line=line.uuid,
            amount=Money(8001),
            on_date=JUNE,
            source=Source("test", "too much"),
        )

    assert stored(line) == (9000, 8000, 0)
    assert lines_that_differ() == ()


def test_one_lines_allotment_does_not_pay_for_another():
    a_programme()
    project = a_project()
    rich, poor = a_line(project=project), a_line(project=project)
    some_money("arrive", rich, 90)
    some_money("allot", rich, 90)

    with pytest.raises(Refused):
        some_money("pay", poor, 1)


def test_a_payment_taken_back_leaves_the_line_as_before():
    a_programme()
    line = a_line(project=a_project())
    some_money("arrive", line, 90)
    some_money("allot", line, 80)
    entry = some_money("pay", line, 50)

    funds.reverse(by=TREASURER, at=AT, entry=entry.uuid, because="付错了单位")

    assert stored(line) == (9000, 8000, 0)
    assert line.funds_changed_on == date(2026, 11, 22)
    assert lines_that_differ() == ()


def test_an_arrival_that_has_been_allotted_cannot_be_taken_back():
    a_programme()
    line = a_line(project=a_project())
    entry = some_money("arrive", line, 90)
    some_money("allot", line, 80)

    with pytest.raises(Refused):
        funds.reverse(by=TREASURER, at=AT, entry=entry.uuid, because="记错")

    assert stored(line) == (9000, 8000, 0)


@pytest.mark.parametrize("who", [OFFICE, KANGDING])
def test_only_finance_posts(who):
    a_programme()
    line = a_line(project=a_project())

    with pytest.raises(NotAllowed):
        funds.take_step(
            by=who,
            at=AT,
            kind=StepKind.ARRIVE,
            line=line.uuid,
            amount=Money(1),
            on_date=JUNE,
            source=Source("test", "x"),
        )


def test_to_who_sees_no_projects_the_line_is_not_there():
    a_programme()
    line = a_line(project=a_project())

    with pytest.raises(NotVisible):
        funds.take_step(
            by=ADMIN,
            at=AT,
            kind=StepKind.ARRIVE,
            line=line.uuid,
            amount=Money(1),
            on_date=JUNE,
            source=Source("test", "x"),
        )


@pytest.mark.parametrize("fen", [0, -1])
def test_zero_and_negative_amounts_are_refused(fen):
    a_programme()
    line = a_line(project=a_project())

    with pytest.raises(Exception, match="金额"):
        funds.take_step(
            by=FINANCE,
            at=AT,
            kind=StepKind.ARRIVE,
            line=line.uuid,
            amount=Money(fen),
            on_date=JUNE,
            source=Source("test", "x"),
        )

    assert stored(line) == (0, 0, 0)


def pooled(fen, source="pool", **kw):
    values = {"programme": "zj-ganzi", "fund_source": "province", "year": 2026, "on_date": JUNE, **kw}
    return record_pooled_arrival(by=FINANCE, at=AT, amount=Money(fen), source=Source("test", source), **values)


def test_money_for_nobody_in_particular_is_shared_by_what_is_outstanding():
    a_programme()
    project = a_project()
    lines = [a_line(project=project, yuan=yuan) for yuan in (300, 300, 100)]
    some_money("arrive", lines[1], 200)
    some_money("arrive", lines[2], 100)

    pooled(100_00)

    assert [stored(line)[0] for line in lines] == [7500, 22500, 10000]
    assert lines_that_differ() == ()


def test_the_last_fen_is_not_lost():
    a_programme()
    project = a_project()
    lines = [a_line(project=project) for _ in range(3)]

    pooled(100)

    assert [stored(line)[0] for line in lines] == [34, 33, 33]


def test_more_than_the_lines_wait_for_is_refused_whole():
    a_programme()
    line = a_line(project=a_project())

    with refused(Refused, "projects.pooled_arrival.beyond_plan"):
        pooled(100_01)

    assert stored(line) == (0, 0, 0)


def test_the_same_pooled_voucher_never_counts_twice():
    a_programme()
    project = a_project()
    lines = [a_line(project=project) for _ in range(3)]
    pooled(100)

    with pytest.raises(Conflict):
        pooled(101)

    assert [stored(line)[0] for line in lines] == [34, 33, 33]


def test_a_county_user_with_finance_in_his_county_does_not_share_out_the_programmes_money():
    a_programme()
    a_line(project=a_project())
    clerk = actor("finance", programme="zj-ganzi", place="513301")

    with pytest.raises(NotAllowed):
        record_pooled_arrival(
            by=clerk, at=AT, programme="zj-ganzi", fund_source="province", year=2026, amount=Money(1), on_date=JUNE,
            source=Source("test", "pool"),
        )  # fmt: skip


def test_many_lines_share_one_arrival():
    a_programme(yuan=100_000)
    project = a_project()
    line = a_line(project=project, yuan=1)
    AllocationLine.objects.bulk_create(
        AllocationLine(
            project=project, yearly_plan=line.yearly_plan, fund_source=line.fund_source, amount_fen=100,
            beneficiary_level="county", implementer_level="county", since=line.since,
        )
        for _ in range(1000)
    )  # fmt: skip

    pooled(100_100)

    assert set(AllocationLine.objects.values_list("arrived_fen", flat=True)) == {100}
    assert lines_that_differ() == ()


def test_the_check_names_a_line_whose_totals_were_altered():
    a_programme()
    line = a_line(project=a_project())
    some_money("arrive", line, 90)
    AllocationLine.objects.update(arrived_fen=9001)

    (fault,) = lines_that_differ()

    assert "GZ-1" in fault
    assert str(line.uuid) in fault
