# SPDX-License-Identifier: Apache-2.0
"""Nothing goes out of a line beyond its plan, its arrived money and the investment, whatever the way in."""

from datetime import date
from html import unescape

import pytest

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.errors import NotAllowed, Refused
from shanhai.kernel.money import Money
from shanhai.planning.programmes.values import Step, StepKind
from shanhai.planning.projects.core.services import correct_project
from shanhai.planning.projects.models import AllocationLine
from shanhai.planning.projects.shares import services as funds
from shanhai.planning.projects.tests.builders import a_line, a_programme, a_project, some_facts, some_money
from shanhai.registers.ledger.models import Entry
from shanhai.registers.ledger.permissions import FundPermission
from shanhai.registers.ledger.values import Source
from tests.cast import AT, DEPUTY, FINANCE, OFFICE, a_user
from tests.refusals import refused

pytestmark = pytest.mark.django_db
BEYOND = "projects.line.beyond_ceiling"
REFUSAL = (Refused, "projects.beyond_ceiling")
JUNE = date(2026, 6, 1)


@pytest.fixture
def line():
    """Of 600 yuan 500 have arrived; 2,000 more lie in the same pot for another project."""
    a_programme()
    pot = a_line(project=a_project(code="GZ-9", total_investment=Money.from_yuan(5000)), yuan=4000)
    some_money("arrive", pot, 2000)
    line = a_line(project=a_project(stage="under_way", total_investment=Money.from_yuan(900)), yuan=600)
    some_money("arrive", line, 500)
    return line


def send(act, line, yuan, by=FINANCE, **kw):
    return funds.take_step(
        by=by, at=AT, kind=StepKind(act), line=line.uuid, amount=Money.from_yuan(yuan), on_date=JUNE,
        source=Source("test", f"{act}:{line.pk}:{yuan}"), **kw,
    )  # fmt: skip


def steps(line, *moves):
    return [
        Step(kind, "zj-ganzi", "province", Money.from_yuan(yuan), JUNE, Source("test", f"{kind}:{yuan}"),
             subject=str(line.uuid), place="513301")
        for kind, yuan in moves
    ]  # fmt: skip


def in_bulk(line, *moves, by=FINANCE, **kw):
    under = FundPermission.POST
    return funds.take_steps(by=by, at=AT, lines=[line], steps=steps(line, *moves), under=under, on=JUNE, **kw)


def test_up_to_the_last_fen_that_has_arrived_is_allotted_and_paid(line):
    send("allot", line, 500)
    send("pay", line, 500)

    line.refresh_from_db()
    assert (line.allotted_fen, line.paid_fen) == (50_000, 50_000)


@pytest.mark.parametrize(
    ("arrived", "asked", "says"),
    [
        (0, "500.01", r"核拨合计 500\.01 元，超过到位的 500\.00 元"),
        (300, "600.01", r"核拨合计 600\.01 元，超过安排的 600\.00 元"),
    ],
)
def test_one_fen_more_is_refused_alone_and_in_bulk_and_leaves_no_trace(line, arrived, asked, says):
    if arrived:
        some_money("arrive", line, arrived)
    entries = Entry.objects.count()

    with refused(REFUSAL, match=says):
        send("allot", line, asked)
    with refused(REFUSAL, match=says):
        in_bulk(line, (StepKind.ALLOT, asked))

    assert Entry.objects.count() == entries
    assert AllocationLine.objects.get(pk=line.pk).allotted_fen == 0


def test_all_lines_of_a_project_together_stay_within_the_investment(line):
    other = a_line(project=line.project, yuan=600)
    some_money("arrive", other, 600)
    send("allot", line, 500)

    with refused(REFUSAL, match=r"核拨合计 900\.01 元，超过总投资的 900\.00 元"):
        send("allot", other, "400.01")

    send("allot", other, 400)


def test_payments_are_measured_too_once_an_allotment_was_let_through(line):
    send("allot", line, 700, by=DEPUTY, because="应急抢修")

    send("pay", line, 500)
    with refused(REFUSAL, match=r"支付合计 500\.01 元，超过到位的 500\.00 元"):
        send("pay", line, "0.01")
    with refused(REFUSAL, match="支付合计"):
        in_bulk(line, (StepKind.PAY, 1))

    send("pay", line, 200, by=DEPUTY, because="工程款结清")
    assert AllocationLine.objects.get(pk=line.pk).paid_fen == 70_000


def test_the_commander_goes_beyond_with_a_reason_and_the_trail_keeps_the_numbers(line):
    ref = send("allot", line, 700, by=DEPUTY, because=" 应急抢修 ")

    row = AuditRow.objects.get(action=BEYOND)
    assert (row.actor, row.because, row.subject_id, row.place) == (DEPUTY.ref, "应急抢修", str(line.uuid), "513301")
    assert row.changes == {
        "what": "allotted", "ceiling": "amount", "sum_fen": 70_000, "most_fen": 60_000, "amount_fen": 70_000,
        "entry": str(ref.uuid),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("by", "because", "error"),
    [(FINANCE, "应急抢修", REFUSAL), (DEPUTY, "  ", NotAllowed), (OFFICE, "应急抢修", NotAllowed)],
    ids=["finance", "no reason", "office"],
)
def test_nobody_else_goes_beyond_and_nobody_without_a_reason(line, by, because, error):
    with refused(error):
        send("allot", line, 700, by=by, because=because)

    assert not AuditRow.objects.filter(action=BEYOND).exists()


def test_a_reason_does_not_make_a_bookkeeper_where_no_ceiling_is_passed(line):
    send("allot", line, 100)

    with pytest.raises(NotAllowed):
        send("pay", line, 50, by=DEPUTY, because="应急抢修")


def test_in_bulk_a_reason_lets_through_who_may_and_says_so(line):
    both = (StepKind.ALLOT, 700), (StepKind.PAY, 650)
    by = DEPUTY.__class__("user:both", grants={**DEPUTY.grants, **FINANCE.grants})

    assert in_bulk(line, *both, by=by, because="补记") == 2

    assert [row.changes["what"] for row in AuditRow.objects.filter(action=BEYOND).order_by("seq")] == [
        "allotted",
        "paid",
    ]


def test_the_same_voucher_again_is_no_second_allotment(line):
    first = send("allot", line, 700, by=DEPUTY, because="应急抢修")

    assert send("allot", line, 700).uuid == first.uuid


def test_an_estimate_does_not_fall_below_what_has_been_allotted(line):
    send("allot", line, 500)

    with refused(Refused, "projects.ceiling_too_low", match=r"核拨合计 500\.00 元，总投资不能减到 499\.99 元"):
        correct_project(
            by=OFFICE, at=AT, project=line.project.uuid, facts=some_facts(total_investment=Money.from_yuan("499.99"))
        )


def test_the_page_refuses_with_the_sentence_and_takes_the_commanders_reason(client, line):
    given = {"act": "allot", "line": str(line.uuid), "amount": "700", "unit": "yuan", "on": "2026-06-01"}
    given |= {"number": "N-1", "memo": ""}
    here = f"/projects/{line.project.uuid}/vouchers"
    backend = "allauth.account.auth_backends.AuthenticationBackend"
    client.force_login(a_user("finance"), backend=backend)

    answer = client.post(here, given)

    assert "超过安排的 600.00 元" in unescape(answer.content.decode())
    assert 'name="because"' not in answer.content.decode().split("/vouchers")[1]
    assert AllocationLine.objects.get(pk=line.pk).allotted_fen == 0
    client.force_login(a_user("commander"), backend=backend)
    assert client.post(here, {**given, "because": "应急抢修"}).status_code == 302
    assert AllocationLine.objects.get(pk=line.pk).allotted_fen == 70_000
    twin = {**given, "number": "n-01", "amount": "1"}
    assert 'name="apart"' not in client.get(f"/projects/{line.project.uuid}/").content.decode()
    assert 'name="apart"' in client.post(here, {**twin, "because": "应急抢修"}).content.decode()
