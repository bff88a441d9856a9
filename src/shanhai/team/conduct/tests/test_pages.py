# SPDX-License-Identifier: Apache-2.0
"""Leave on a phone: asking, one tap for an answer, tonight, the month as a table, the rules."""

import io
from datetime import date

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from shanhai.base.accounts.models import User
from shanhai.kernel import clock
from shanhai.team.conduct.models import Leave, LeaveKind, LeaveRule, LocalHoliday
from shanhai.team.conduct.tests.builders import a_kind, a_leave, somebody
from shanhai.team.secondments.tests.builders import two_counties
from tests.cast import AT, a_user

pytestmark = pytest.mark.django_db
SCOPED = {"programme": "zj-ganzi"}


@pytest.fixture(autouse=True)
def now():
    with clock.frozen(AT):
        yield


@pytest.fixture
def programme():
    return two_counties()


@pytest.fixture
def me(programme):
    a_kind()
    return somebody(programme)


def signed_in(user):
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def asked(**kw):
    given = {"since": "2026-11-30", "until": "2026-12-05", "where": "杭州", **kw}
    return {"kind": str(LeaveKind.objects.get().uuid), "stand_in": "", "altitude_m": "", "reason": "", **given}


def test_asked_on_a_phone_and_answered_with_one_tap(me, django_assert_num_queries):
    mine = signed_in(User.objects.get(username="甲一"))
    lead = signed_in(a_user("work_group_lead", programme="zj-ganzi"))

    assert "探亲假（还剩 10 天）" in mine.get("/leave/").content.decode()
    given = asked()
    # Fifteen, and the three savepoints of a test's own transaction with their ends.
    with django_assert_num_queries(15 + 6):
        answer = mine.post("/leave/", given)
    assert answer.status_code == 302
    leave = Leave.objects.get()
    assert f"/leave/{leave.uuid}/approve" in lead.get("/leave/").content.decode()
    assert lead.post(f"/leave/{leave.uuid}/approve").status_code == 302

    leave.refresh_from_db()
    assert leave.state == "approved"
    page = mine.get("/leave/").content.decode()
    assert "已准假" in page
    assert "5 天，一年 10 天" in page
    # What is not offered any more says why.
    again = lead.post(f"/leave/{leave.uuid}/approve")
    assert again.status_code == 409
    assert "这张请假单已经有了结果" in again.content.decode()


def test_what_is_refused_keeps_what_was_typed(me):
    mine = signed_in(User.objects.get(username="甲一"))

    answer = mine.post("/leave/", asked(until="2026-12-25", where="成都"))

    assert answer.status_code == 422
    page = answer.content.decode()
    assert "还剩 10 天（已申请的也算），这次要 19 天" in page
    assert 'value="成都"' in page
    assert not Leave.objects.exists()


def test_tonight_and_the_month_as_a_table(me):
    by, _held = me
    a_leave(by, LeaveKind.objects.get(), date(2026, 11, 16), date(2026, 11, 24), altitude_m=10)
    Leave.objects.update(state="approved")
    office = signed_in(a_user("office"))

    assert "杭州" in office.get("/leave/tonight/", SCOPED).content.decode()
    sheet = office.get("/leave/month.xlsx", SCOPED)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(sheet.content)).get_sheet_by_index(0).to_python()
    row = next(one for one in rows if one[0] == "甲一")
    assert row[3:33] == [""] * 15 + ["探亲"] * 8 + [""] * 7
    assert row[33] == 8
    october = office.get("/leave/month.xlsx", SCOPED | {"as_of": "2026-10-01"})
    rows = CalamineWorkbook.from_filelike(io.BytesIO(october.content)).get_sheet_by_index(0).to_python()
    assert not any("探亲" in row for row in rows)


def test_the_office_sets_the_rules_and_nobody_else(programme):
    office, lead = signed_in(a_user("office")), signed_in(a_user("work_group_lead", programme="zj-ganzi"))
    sets = {
        "kind": {
            "name": "高原轮休", "name_en": "Altitude rest", "counts": "all_days", "days_a_year": "30",
            "notice_days": "7", "needs_stand_in": "on", "source": "示例", "valid_from": "2026-01-01",
        },
        "holiday": {"day": "2026-02-18", "name": "藏历新年", "source": "示例"},
        "rule": {"level": "office", "from_days": "3", "months": ["2", "7"], "source": "示例"},
    }  # fmt: skip

    for act, given in sets.items():
        assert lead.post(f"/leave/rules/{act}?programme=zj-ganzi", given).status_code == 404
        assert office.post(f"/leave/rules/{act}?programme=zj-ganzi", given).status_code == 302

    page = lead.get("/leave/rules/", SCOPED).content.decode()
    for word in ("高原轮休", "藏历新年", "2,7 月不论几天"):
        assert word in page
    assert (LeaveKind.objects.count(), LocalHoliday.objects.count(), LeaveRule.objects.get().months) == (1, 1, "2,7")


@pytest.mark.parametrize(
    ("role", "kw", "status"),
    [("office", {}, 200), ("auditor", {}, 404), ("county_user", {"place": "513301", **SCOPED}, 404), (None, {}, 404)],
    ids=str,
)
def test_who_may_look(me, role, kw, status):
    leave = a_leave(me[0], LeaveKind.objects.get(), date(2026, 11, 30), date(2026, 12, 5))
    client = signed_in(a_user(role, username="looks", **kw))

    for path in ("/leave/", "/leave/tonight/", f"/leave/{leave.uuid}/", "/leave/month.xlsx"):
        assert client.get(path).status_code == status, path
