# SPDX-License-Identifier: Apache-2.0
"""A session belongs to the browser that signed in, and ends when it should."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session

from shanhai.base.accounts import middleware, selectors
from shanhai.base.accounts.models import OpenSession, User
from shanhai.base.accounts.services import sessions, users
from shanhai.base.accounts.tests.builders import CHROME, FIREFOX, a_browser, a_new_user, acts, signed_in
from shanhai.base.audit.models import AuditRow
from shanhai.kernel import clock
from shanhai.kernel.registry import registries
from tests.cast import ADMIN, AT, OFFICE, PASSWORD, a_user, actor_of

pytestmark = pytest.mark.django_db


def steal(browser, user_agent):
    """Another browser with the same cookie."""
    thief = a_browser(user_agent)
    thief.cookies = browser.cookies.copy()
    return thief


def is_in(browser):
    return browser.get("/").content.startswith(b"user:")


def test_a_stolen_session_is_ended_for_thief_and_owner_alike():
    user = a_user("office", username="zhangsan")
    browser = signed_in("zhangsan", user_agent=FIREFOX)

    answer = steal(browser, CHROME).get("/")
    row = AuditRow.objects.last()

    assert answer["Location"] == "/accounts/login/"
    assert not is_in(browser)
    assert (row.action, row.actor, row.subject_id) == ("accounts.session.refused", "nobody", str(user.uuid))
    assert row.changes == {"reason": "browser"}
    assert not OpenSession.objects.exists()


def test_the_thief_is_told_to_sign_in_again():
    a_user("office", username="zhangsan")
    thief = steal(signed_in("zhangsan"), CHROME)

    page = thief.get("/accounts/", follow=True).content.decode()

    assert "另一个浏览器" in page


@pytest.mark.parametrize("user_agent", ["", FIREFOX + " ", FIREFOX.lower()])
def test_even_a_small_difference_is_another_browser(user_agent):
    a_user("office", username="zhangsan")

    assert not is_in(steal(signed_in("zhangsan"), user_agent))


def test_the_same_browser_goes_on_and_without_the_check_a_stolen_session_would_too(monkeypatch):
    a_user("office", username="zhangsan")
    browser = signed_in("zhangsan")

    assert is_in(steal(browser, FIREFOX))
    monkeypatch.setattr(middleware, "_refuse_session", lambda request: None)
    assert is_in(steal(browser, CHROME))


def test_a_browser_that_does_not_say_its_name_may_sign_in():
    a_user("office", username="zhangsan")

    assert is_in(signed_in("zhangsan", user_agent=""))


def test_a_session_ends_at_its_greatest_age_however_much_it_is_used(settings):
    a_user("office", username="zhangsan")
    settings.SESSION_COOKIE_AGE = 12 * 3600
    with clock.frozen(AT):
        browser = signed_in("zhangsan")
    with clock.frozen(AT + timedelta(hours=12, seconds=-1)):
        before = is_in(browser)
    with clock.frozen(AT + timedelta(hours=12)):
        after = is_in(browser)

    assert (before, after) == (True, False)
    assert AuditRow.objects.last().changes == {"reason": "age"}


def test_changing_the_password_ends_the_other_sessions_and_keeps_this_one():
    a_user("office", username="zhangsan")
    here, there = signed_in("zhangsan"), signed_in("zhangsan", user_agent=CHROME)

    form = {"oldpassword": PASSWORD, "password1": "quite-another-7788", "password2": "quite-another-7788"}
    here.post("/accounts/password/change/", form)

    assert (is_in(here), is_in(there)) == (True, False)
    assert OpenSession.objects.get().browser == "Firefox · Linux"


def test_a_password_set_by_an_administrator_ends_all_sessions():
    made = a_new_user(username="zhangsan")
    browser = signed_in("zhangsan")

    users.set_password(by=ADMIN, at=AT, user=made.uuid)

    assert not is_in(browser)


def test_shutting_an_account_ends_its_sessions_for_good():
    made = a_new_user(username="zhangsan")
    browser = signed_in("zhangsan")

    users.deactivate_user(by=ADMIN, at=AT, user=made.uuid)
    shut = is_in(browser)
    users.reactivate_user(by=ADMIN, at=AT, user=made.uuid)

    assert not shut
    assert not is_in(browser)
    assert not Session.objects.exists()


def test_were_sessions_not_ended_they_would_live_again_when_the_account_opens(monkeypatch):
    made = a_new_user(username="zhangsan")
    browser = signed_in("zhangsan")
    monkeypatch.setattr(sessions, "end_all", lambda **_given: 0)

    users.deactivate_user(by=ADMIN, at=AT, user=made.uuid)
    users.reactivate_user(by=ADMIN, at=AT, user=made.uuid)

    assert is_in(browser)


def test_a_user_sees_his_open_sessions_and_which_is_this_one():
    a_user("office", username="zhangsan")
    here = signed_in("zhangsan", user_agent=FIREFOX)
    signed_in("zhangsan", user_agent=CHROME)

    user = User.objects.get()
    mine = selectors.get_my_account(viewer=actor_of(user), at=clock.now(), session_key=here.session.session_key)

    assert {(row.browser, row.is_current) for row in mine.sessions} == {
        ("Firefox · Linux", True),
        ("Chrome · Windows", False),
    }


def test_signing_out_takes_the_session_off_the_list():
    a_user("office", username="zhangsan")
    browser = signed_in("zhangsan")

    browser.post("/accounts/logout/")

    assert not OpenSession.objects.exists()


def test_a_user_ends_one_of_his_sessions():
    a_user("office", username="zhangsan")
    here, there = signed_in("zhangsan"), signed_in("zhangsan", user_agent=CHROME)
    other = OpenSession.objects.get(browser="Chrome · Windows")

    here.post(f"/accounts/sessions/{other.uuid}/end/")

    assert (is_in(here), is_in(there)) == (True, False)
    assert acts()[-1] == "accounts.session.ended"


def test_a_user_cannot_end_anothers_session_nor_one_that_is_not():
    a_user("office", username="zhangsan")
    a_user("finance", username="lisi")
    mine, others = signed_in("zhangsan"), signed_in("lisi")
    row = OpenSession.objects.get(user__username="lisi")

    statuses = [mine.post(f"/accounts/sessions/{uuid}/end/").status_code for uuid in (row.uuid, uuid4())]

    assert statuses == [404, 404]
    assert is_in(others)


def test_signing_out_everywhere_ends_this_session_too():
    a_user("office", username="zhangsan")
    here, there = signed_in("zhangsan"), signed_in("zhangsan", user_agent=CHROME)

    answer = here.post("/accounts/sessions/end/")

    assert answer["Location"] == "/accounts/login/"
    assert (is_in(here), is_in(there)) == (False, False)


def test_only_the_user_and_who_manages_users_end_all_his_sessions():
    user = a_user("finance", username="lisi")

    with pytest.raises(Exception, match="岗位"):
        sessions.end_all(by=OFFICE, at=AT, user=user)


def test_rows_of_sessions_that_expired_go():
    a_user("office", username="zhangsan")
    signed_in("zhangsan")
    living = signed_in("zhangsan", user_agent=CHROME)
    Session.objects.exclude(session_key=living.session.session_key).update(expire_date=AT - timedelta(days=900))

    erased = registries.personal_data.get("accounts.OpenSession").erase(by=ADMIN, at=clock.now())

    assert erased == 1
    assert OpenSession.objects.get().browser == "Chrome · Windows"


def test_a_rubbish_cookie_is_nobody():
    browser = a_browser()
    browser.cookies["sessionid"] = "x" * 5000

    assert browser.get("/").content == b"nobody"


def test_a_stranger_costs_no_query(django_assert_num_queries):
    with django_assert_num_queries(0):
        a_browser().get("/")


def test_the_check_costs_no_query_of_its_own(django_assert_num_queries):
    a_user("office", username="zhangsan")
    browser = signed_in("zhangsan")

    # The session, the user, their grants.
    with django_assert_num_queries(3):
        browser.get("/")


def test_a_page_for_everybody_does_not_ask_whose_session_it_is(client):
    open_to_all, closed = client.get("/"), client.get("/accounts/")

    assert (open_to_all.status_code, closed.status_code) == (200, 302)
    assert "Cookie" not in open_to_all["Vary"]
    assert "Cookie" in closed["Vary"]
