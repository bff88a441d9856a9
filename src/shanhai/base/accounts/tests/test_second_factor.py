# SPDX-License-Identifier: Apache-2.0
"""One-time codes and recovery codes, through the pages."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache

from shanhai.base.accounts.models import User
from shanhai.base.accounts.services import users
from shanhai.base.accounts.tests.builders import a_browser, acts, signed_in
from shanhai.base.audit.models import AuditRow
from tests.cast import ADMIN, AT, PASSWORD, a_user

pytestmark = pytest.mark.django_db


def code_for(secret):
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def activate(browser):
    """Turn one-time codes on through the pages; answer the secret."""
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = browser.get("/accounts/2fa/totp/activate/").content.decode()
    secret = re.search(r"<code>([A-Z2-7]+)</code>", page)[1]
    answer = browser.post("/accounts/2fa/totp/activate/", {"code": code_for(secret)})
    assert answer["Location"] == "/accounts/2fa/recovery-codes/"
    return secret


def half_signed_in():
    browser = a_browser()
    answer = browser.post("/accounts/login/", {"login": "zhangsan", "password": PASSWORD})
    assert answer["Location"] == "/accounts/2fa/authenticate/"
    return browser


@pytest.fixture
def secret(django_capture_on_commit_callbacks):
    a_user("office", username="zhangsan")
    with django_capture_on_commit_callbacks(execute=True):
        found = activate(signed_in("zhangsan"))
    # A code works once; the next sign-in would come in another half minute.
    cache.clear()
    return found


def test_setting_up_asks_for_the_password_again():
    a_user("office", username="zhangsan")

    answer = signed_in("zhangsan").get("/accounts/2fa/totp/activate/")

    assert answer["Location"].startswith("/accounts/reauthenticate/")


def test_a_code_is_asked_for_after_the_password_and_lets_in(secret):
    browser = half_signed_in()
    before = browser.get("/").content

    browser.post("/accounts/2fa/authenticate/", {"code": code_for(secret)})

    assert before == b"nobody"
    assert browser.get("/").content.decode() == f"user:{User.objects.get().uuid}"


@pytest.mark.parametrize("code", ["000000", "", "abc", "١٢٣٤٥٦", "1" * 100_000, "' or 1=1"])
def test_a_wrong_code_does_not(secret, code):
    browser = half_signed_in()

    answer = browser.post("/accounts/2fa/authenticate/", {"code": code})

    assert answer.status_code == 200
    assert browser.get("/").content == b"nobody"


def test_a_code_cannot_be_used_twice(secret):
    code = code_for(secret)
    half_signed_in().post("/accounts/2fa/authenticate/", {"code": code})

    second = half_signed_in()
    second.post("/accounts/2fa/authenticate/", {"code": code})

    assert second.get("/").content == b"nobody"


def test_guessing_codes_is_stopped_at_the_fifth(secret):
    browser = half_signed_in()
    for _ in range(5):
        browser.post("/accounts/2fa/authenticate/", {"code": "000000"})

    answer = browser.post("/accounts/2fa/authenticate/", {"code": code_for(secret)})

    assert "输错的次数太多" in answer.content.decode()
    assert browser.get("/").content == b"nobody"


def test_without_that_limit_the_sixth_code_would_let_in(secret, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": False}
    browser = half_signed_in()
    for _ in range(5):
        browser.post("/accounts/2fa/authenticate/", {"code": "000000"})

    browser.post("/accounts/2fa/authenticate/", {"code": code_for(secret)})

    assert browser.get("/").content != b"nobody"


def test_a_wrong_code_is_recorded(secret):
    half_signed_in().post("/accounts/2fa/authenticate/", {"code": "000000"})
    row = AuditRow.objects.last()

    assert (row.action, row.changes) == ("accounts.sign_in.failed", {"step": "second_factor"})


def test_a_recovery_code_lets_in_once(secret):
    codes = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES).wrap().get_unused_codes()

    first, second = half_signed_in(), half_signed_in()
    first.post("/accounts/2fa/authenticate/", {"code": codes[0]})
    second.post("/accounts/2fa/authenticate/", {"code": codes[0]})

    assert len(codes) == 10
    assert first.get("/").content != b"nobody"
    assert second.get("/").content == b"nobody"


def test_turning_codes_on_and_off_is_recorded_without_the_secret(secret):
    browser = half_signed_in()
    browser.post("/accounts/2fa/authenticate/", {"code": code_for(secret)})
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})

    browser.post("/accounts/2fa/totp/deactivate/")

    assert not Authenticator.objects.exists()
    assert acts().count("accounts.second_factor.added") == 2
    assert acts().count("accounts.second_factor.removed") == 2
    assert secret not in str(list(AuditRow.objects.values()))


def test_an_administrator_helps_who_has_lost_his_telephone(secret):
    users.remove_second_factors(by=ADMIN, at=AT, user=User.objects.get().uuid)

    assert signed_in("zhangsan").get("/").content != b"nobody"


def test_the_codes_can_be_saved_to_a_file_right_after_confirming(secret):
    browser = half_signed_in()
    browser.post("/accounts/2fa/authenticate/", {"code": code_for(secret)})
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})

    answer = browser.get("/accounts/2fa/recovery-codes/download/")

    assert answer["Content-Disposition"] == 'attachment; filename="recovery-codes.txt"'
    assert len(answer.content.split()) >= 10
