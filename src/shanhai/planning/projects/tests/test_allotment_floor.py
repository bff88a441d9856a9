# SPDX-License-Identifier: Apache-2.0
"""An allotment that takes an 80 % share out of reach is refused, but not to whoever may override and says why."""

from datetime import date

import pytest

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.errors import NotAllowed, NotVisible, Refused
from shanhai.kernel.money import Money
from shanhai.planning.programmes.values import StepKind
from shanhai.planning.projects.core.selectors import lines_that_differ
from shanhai.planning.projects.models import AllocationLine
from shanhai.planning.projects.shares import services as funds
from shanhai.planning.projects.states import Level
from shanhai.planning.projects.tests.builders import a_line, a_programme, a_project, some_money
from shanhai.registers.ledger.models import Entry
from shanhai.registers.ledger.values import Source
from tests.cast import AT, DEPUTY, FINANCE, OFFICE, actor
from tests.refusals import refused

pytestmark = pytest.mark.django_db
BELOW = "projects.line.allotted_below_floor"
REFUSAL = (Refused, "projects.share_below_floor")


@pytest.fixture
def outside():
    """A line that is not for livelihood; 1,000 yuan have arrived, 300 of them for it."""
    a_programme()
    project = a_project(stage="under_way")
    good, other = a_line(project=project, yuan=900), a_line(project=project, yuan=300, livelihood_percent=0)
    some_money("arrive", good, 700)
    some_money("arrive", other, 300)
    return other


def allot(line, fen, by=FINANCE, source="", **kw):
    return funds.take_step(
        by=by, at=AT, kind=StepKind.ALLOT, line=line.uuid, amount=Money(fen), on_date=date(2026, 6, 1),
        source=Source("test", source or f"allot:{fen}"), **kw,
    )  # fmt: skip


def allotted(line):
    line.refresh_from_db()
    return line.allotted_fen


def test_up_to_a_fifth_of_what_has_arrived_may_go_elsewhere(outside):
    allot(outside, 200_00)

    assert allotted(outside) == 200_00


def test_one_fen_more_is_refused_with_the_numbers_and_leaves_no_trace(outside):
    entries = Entry.objects.count()

    with refused(REFUSAL, match=r"到位的 1,000\.00 元里，民生占比最多只能到 80\.00%.*还差 0\.01 元"):
        allot(outside, 200_01)

    assert allotted(outside) == 0
    assert Entry.objects.count() == entries
    assert lines_that_differ() == ()


def test_for_the_grassroots_it_is_the_same(outside):
    AllocationLine.objects.filter(pk=outside.pk).update(livelihood_percent=100, beneficiary_level=Level.PREFECTURE)

    with refused(REFUSAL, match="基层占比"):
        allot(outside, 200_01)


def test_the_same_voucher_again_is_not_counted_again(outside):
    first = allot(outside, 150_00, source="v1")

    assert allot(outside, 150_00, source="v1").uuid == first.uuid
    assert allotted(outside) == 150_00


def test_what_keeps_the_rule_is_allotted_even_when_the_share_is_below(outside):
    allot(outside, 300_00, by=DEPUTY, because="应急抢修")
    good = AllocationLine.objects.get(livelihood_percent=100)

    allot(good, 500_00)

    assert allotted(good) == 500_00


def test_the_commander_overrides_with_a_reason_and_the_trail_keeps_the_numbers(outside):
    ref = allot(outside, 250_00, by=DEPUTY, because=" 应急抢修 ")

    assert allotted(outside) == 250_00
    row = AuditRow.objects.filter(action=BELOW).get()
    assert (row.actor, row.because, row.programme, row.place) == ("user:commander", "应急抢修", "zj-ganzi", "513301")
    assert row.changes == {
        "share": "livelihood", "percent": "75.00", "missing_fen": 5000, "allotted_fen": 25000, "entry": str(ref.uuid)
    }  # fmt: skip


@pytest.mark.parametrize("because", ["", "  "])
def test_without_a_reason_the_commander_does_not_keep_the_books(outside, because):
    with pytest.raises(NotAllowed):
        allot(outside, 250_00, by=DEPUTY, because=because)

    assert allotted(outside) == 0


def test_a_reason_is_no_way_around_the_books_where_nothing_is_broken(outside):
    with pytest.raises(NotAllowed):
        allot(outside, 200_00, by=DEPUTY, because="应急抢修")

    assert allotted(outside) == 0
    assert not AuditRow.objects.filter(action=BELOW).exists()


def test_a_reason_alone_does_not_help_finance(outside):
    with refused(REFUSAL):
        allot(outside, 250_00, because="应急抢修")


@pytest.mark.parametrize(
    ("who", "error"),
    [(OFFICE, NotAllowed), (actor("commander", programme="zj-ganzi", place="513322"), NotVisible)],
    ids=["office", "commander elsewhere"],
)
def test_others_do_not_override(outside, who, error):
    with pytest.raises(error):
        allot(outside, 250_00, by=who, because="应急抢修")

    assert allotted(outside) == 0


def test_the_floor_holds_for_the_whole_programme_whatever_the_county_clerk_sees(outside):
    clerk = actor("finance", programme="zj-ganzi", place="513301")
    far = a_line(project=a_project(code="GZ-9", place="513322"), yuan=1000)
    some_money("arrive", far, 1000)

    allot(outside, 300_00, by=clerk)

    assert allotted(outside) == 300_00
