# SPDX-License-Identifier: Apache-2.0
from datetime import timedelta

import pytest
from axes.models import AccessAttempt, AccessLog
from django.core import mail

from shanhai.base.accounts.services import users
from shanhai.base.accounts.tests.builders import a_browser, a_new_user, acts
from shanhai.base.audit.models import AuditRow
from shanhai.base.outbox import services as outbox
from shanhai.base.outbox.models import Event
from shanhai.kernel import clock
from shanhai.kernel.actors import system
from tests.cast import ADMIN, AT, PASSWORD, a_user

pytestmark = pytest.mark.django_db


def attempt(username="zhangsan", password="wrong", *, address="10.0.0.1", **more):
    return a_browser().post(
        "/accounts/login/", {"login": username, "password": password}, REMOTE_ADDR=address, follow=False, **more
    )


def fail(times, **given):
    return [attempt(**given).status_code for _ in range(times)]


def deliver():
    outbox.deliver_due(by=system("worker"), at=clock.now())


def test_the_fifth_failure_locks_the_name_out_even_with_the_right_password():
    a_user("office", username="zhangsan")

    assert fail(5) == [200, 200, 200, 200, 429]
    locked = attempt(password=PASSWORD)

    assert locked.status_code == 429
    assert "被锁定 15 分钟" in locked.content.decode()


def test_without_lockout_the_sixth_attempt_would_sign_in(settings):
    a_user("office", username="zhangsan")
    settings.AXES_ENABLED = False

    assert fail(5) == [200] * 5
    assert attempt(password=PASSWORD).status_code == 302


def test_capitals_do_not_start_a_new_count():
    a_user("office", username="zhangsan")

    statuses = [
        attempt(username=name).status_code for name in ("zhangsan", "Zhangsan", "ZHANGSAN", " zhangsan", "zhangSan")
    ]

    assert statuses[-1] == 429


def test_a_stranger_elsewhere_does_not_lock_a_colleague_out():
    a_user("office", username="zhangsan")
    fail(5, address="10.0.0.9")

    assert attempt(password=PASSWORD, address="10.0.0.1").status_code == 302


def test_another_name_at_the_same_address_is_not_locked():
    a_user("office", username="zhangsan")
    a_user("finance", username="lisi")
    fail(5)

    assert attempt(username="lisi", password=PASSWORD).status_code == 302


def test_signing_in_forgets_the_failures_before():
    a_user("office", username="zhangsan")

    fail(4)
    signed = attempt(password=PASSWORD).status_code

    assert signed == 302
    assert fail(4) == [200] * 4


def test_the_lock_opens_after_a_quarter_of_an_hour_and_trying_on_does_not_prolong_it():
    a_user("office", username="zhangsan")
    fail(5)
    fail(3)
    AccessAttempt.objects.update(attempt_time=clock.now() - timedelta(minutes=14))
    early = attempt(password=PASSWORD).status_code
    AccessAttempt.objects.update(attempt_time=clock.now() - timedelta(minutes=15, seconds=1))

    assert early == 429
    assert attempt(password=PASSWORD).status_code == 302


def test_confirming_ones_identity_counts_too():
    a_user("office", username="zhangsan")
    browser = a_browser()
    browser.post("/accounts/login/", {"login": "zhangsan", "password": PASSWORD})

    statuses = [browser.post("/accounts/reauthenticate/", {"password": "wrong"}).status_code for _ in range(5)]

    assert statuses == [200, 200, 200, 200, 429]


def test_the_counter_holds_neither_the_name_nor_what_was_typed():
    attempt(username="typed-secret-77", password="other-secret-88")
    stored = AccessAttempt.objects.values().get()

    assert "typed-secret-77" not in str(stored)
    assert "other-secret-88" not in str(stored)
    assert len(stored["username"]) == 64
    assert not AccessLog.objects.exists()


def test_one_lockout_is_one_row_and_one_event_without_name_or_address():
    user = a_user("office", username="zhangsan")

    fail(8)
    event = Event.objects.get()

    assert acts().count("accounts.user.locked_out") == 1
    assert acts().count("accounts.sign_in.failed") == 8
    assert event.name == "accounts.user.locked_out"
    assert event.payload == {"user": f"user:{user.uuid}", "by": "nobody"}


def test_a_name_nobody_has_is_locked_out_and_recorded_but_is_no_news():
    fail(5, username="guess")
    row = AuditRow.objects.get(action="accounts.user.locked_out")

    assert row.subject_type == "accounts.name"
    assert not Event.objects.exists()


def test_administrators_with_an_address_get_a_letter():
    a_user("office", username="zhangsan")
    admin = a_user("administrator", username="admin")
    a_user("administrator", username="silent")
    shut = a_new_user(username="shut", email="shut@example.org")
    users.deactivate_user(by=ADMIN, at=AT, user=shut.uuid)
    admin.email = "admin@example.org"
    admin.save()

    fail(5)
    deliver()

    assert [letter.to for letter in mail.outbox] == [["admin@example.org"]]
    assert "zhangsan" in mail.outbox[0].body
    assert "10.0.0.1" not in mail.outbox[0].body


def test_without_an_address_no_letter_is_sent_and_the_news_is_done_with():
    a_user("office", username="zhangsan")
    a_user("administrator", username="admin")

    fail(5)
    deliver()

    assert mail.outbox == []
    assert Event.objects.get().deliveries.get().delivered_at is not None


def test_guessing_many_names_from_one_address_is_slowed():
    statuses = [attempt(username=f"user{number}").status_code for number in range(31)]

    assert statuses[:30] == [200] * 30
    assert statuses[30] == 429


def test_erasing_a_user_erases_the_counter_under_his_name():
    made = a_new_user(username="zhangsan")
    fail(2)

    users.erase_user(by=ADMIN, at=AT, user=made.uuid)

    assert not AccessAttempt.objects.exists()
