# SPDX-License-Identifier: Apache-2.0
"""Issue 7, wrong result 5: "its arrived money must be dealt with first": by one act it is another's."""

from datetime import date
from html import unescape

import pytest

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.errors import BadInput, DomainError, NotAllowed, Refused
from shanhai.kernel.money import Money
from shanhai.planning.programmes.money.selectors import plan_totals
from shanhai.planning.projects.core.selectors import lines_that_differ
from shanhai.planning.projects.models import AllocationLine
from shanhai.planning.projects.shares.selectors.portfolio import county_table
from shanhai.planning.projects.shares.services.arrivals import record_pooled_arrival
from shanhai.planning.projects.shares.services.shifting import shift_arrival
from shanhai.planning.projects.tests.builders import a_line, a_plan, a_programme, a_project, some_money
from shanhai.registers.ledger.models import Entry
from shanhai.registers.ledger.values import Source
from tests.cast import AT, DEPUTY, FINANCE, a_user
from tests.refusals import refused

pytestmark = pytest.mark.django_db
JUNE, JULY = date(2026, 6, 1), date(2026, 7, 1)
TODAY, YESTERDAY = date(2026, 11, 22), date(2026, 11, 21)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def arrived():
    """A plan of 500, all of it arrived for a school (300 of 300, 120 allotted, 40 given back) and a road (200 of 200),
    by one voucher; a clinic in Luding has two lines that wait, of 60 and 30.
    """
    a_programme(yuan=500)
    school = a_line(project=a_project(), yuan=300)
    a_line(project=a_project(code="GZ-2"), yuan=110)
    entry = record_pooled_arrival(
        by=FINANCE, at=AT, programme="zj-ganzi", fund_source="province", year=2026, amount=Money.from_yuan(410),
        on_date=JUNE, source=Source("funds.arrival", "zj-ganzi:D-1"), memo="第一批",
    )  # fmt: skip
    some_money("allot", school, 120, on=JULY)
    some_money("hand_back", school, 40, on=JULY)
    clinic = a_project(code="GZ-3", place="513322")
    a_line(project=clinic, yuan=60)
    a_line(project=clinic, yuan=30)
    return school, entry


def shifted(school, entry, yuan, **kw):
    given = {"project": "GZ-3", "because": "学校暂缓", "by": FINANCE, **kw}
    return shift_arrival(at=AT, entry=entry.uuid, line=school.uuid, amount=Money.from_yuan(yuan), **given)


def has():
    return {
        f"{code} {amount // 100}": arrived / 100
        for code, amount, arrived in AllocationLine.objects.values_list("project__code", "amount_fen", "arrived_fen")
    }


def in_luding(as_of):
    rows = county_table(viewer=DEPUTY, programme="zj-ganzi", as_of=as_of).rows
    return {row.place: row.amount("arrived").yuan for row in rows}.get("513322", 0)


def test_one_act_gives_arrived_money_to_another_project_and_nothing_else_moves(arrived):
    school, entry = arrived
    before = plan_totals(viewer=DEPUTY, programme="zj-ganzi", as_of=TODAY)

    posted = shifted(school, entry, 75)

    assert has() == {"GZ-1 300": 225, "GZ-2 110": 110, "GZ-3 60": 50, "GZ-3 30": 25}
    assert lines_that_differ() == ()
    assert plan_totals(viewer=DEPUTY, programme="zj-ganzi", as_of=TODAY) == before
    assert (in_luding(YESTERDAY), in_luding(TODAY)) == (0, 75)
    old, new = Entry.objects.get(uuid=entry.uuid), Entry.objects.get(uuid=posted.uuid)
    assert old.reversed_by.on_date == new.on_date == TODAY
    assert (new.memo, new.strength) == (old.memo, old.strength)
    rows = AuditRow.objects.filter(action="projects.line.arrival_shifted")
    assert {(row.because, row.changes["amount_fen"]) for row in rows} == {("学校暂缓", 7_500)}
    assert len(rows) == 2
    # And once more, from the voucher that stands for it now.
    shifted(school, posted, 5)
    assert has()["GZ-1 300"] == 220


@pytest.mark.parametrize(
    ("yuan", "how", "kind", "code", "says"),
    [
        (91, {}, Refused, "projects.pooled_arrival.beyond_plan", "还未到位的合计只有 90.00"),
        (301, {}, BadInput, "projects.shift_not_possible", "到位是 300.00"),
        (0, {}, BadInput, "projects.shift_not_possible", ""),
        (5, {"project": "GZ-9"}, BadInput, "projects.not_in_plan", "GZ-9"),
        (5, {"because": " "}, BadInput, "", "为什么"),
        (5, {"by": DEPUTY}, NotAllowed, "", ""),
    ],
)
def test_what_cannot_be_shifted_is_refused_and_changes_nothing(arrived, yuan, how, kind, code, says):
    count, before = Entry.objects.count(), has()

    with refused(kind, code, match=says or None):
        shifted(*arrived, yuan, **how)

    assert (Entry.objects.count(), has()) == (count, before)


def test_what_has_gone_on_from_it_stays(arrived):
    """ "Money has ceilings everywhere": of 300, 120 is allotted and 40 given back."""
    school, entry = arrived
    AllocationLine.objects.filter(project__code="GZ-3").update(amount_fen=20_000)
    count = Entry.objects.count()

    with refused(Refused, "projects.ceiling_too_low", match=r"核拨合计 120\.00 元，到位不能减到 119\.00 元"):
        shifted(school, entry, 181)
    with refused(Refused, "projects.shift_beyond_given_back", match=r"多 1\.00"):
        shifted(school, entry, 141)

    assert Entry.objects.count() == count
    shifted(school, entry, 140)


def test_of_another_plan_or_by_a_voucher_of_another_kind_nothing_is_shifted(arrived):
    school, entry = arrived
    a_plan(year=2027, yuan=100)
    a_line(project=a_project(code="GZ-7"), yuan=50, year=2027)
    with refused(BadInput, "projects.not_in_plan", match="GZ-7 安排资金") as caught:
        shifted(school, entry, 5, project="GZ-7")
    assert caught.value.field == "project"

    allotted = Entry.objects.get(postings__to_account__kind="allotted")
    with pytest.raises(DomainError):
        shifted(school, allotted, 5)


def test_the_form_stands_on_the_voucher_and_keeps_what_was_refused(client, arrived):
    school, entry = arrived
    client.force_login(a_user("finance"), backend=BACKEND)
    here = f"/funds/entries/{entry.uuid}/"
    given = {"line": str(school.uuid), "project": "GZ-3", "amount": "91", "unit": "yuan", "because": "学校暂缓"}

    refusal = client.post(f"{here}shift", given)
    went = client.post(f"{here}shift", {**given, "amount": "75"}, follow=True)
    again = client.post(f"{here}shift", given)

    assert (refusal.status_code, went.status_code, again.status_code) == (422, 200, 409)
    assert "还未到位的合计只有" in refusal.content.decode()
    assert "学校暂缓</textarea>" in refusal.content.decode()
    page = unescape(went.content.decode())
    assert "<dt>凭证号</dt><dd>D-1</dd>" in page
    assert f'href="{here}"' in page
    assert "改给别的项目的到位" in page
    assert "entry-shift" not in page
    assert "D-1" in client.get("/funds/entries/?programme=zj-ganzi").content.decode()
    client.force_login(a_user("commander"), backend=BACKEND)
    assert "改给别的项目</h2>" not in client.get(went.redirect_chain[-1][0]).content.decode()
