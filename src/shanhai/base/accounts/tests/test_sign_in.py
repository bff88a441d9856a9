# SPDX-License-Identifier: Apache-2.0
import pytest
from django.urls import reverse

from shanhai.base.accounts.models import User
from shanhai.base.accounts.services import users
from shanhai.base.accounts.tests.builders import a_browser, a_new_user, acts, signed_in
from shanhai.base.audit.models import AuditRow
from tests.cast import ADMIN, AT, PASSWORD, a_user

pytestmark = pytest.mark.django_db


def test_the_right_password_signs_in():
    user = a_user("office", username="zhangsan")

    browser = signed_in("zhangsan")

    assert browser.get("/").content.decode() == f"user:{user.uuid}"
    assert acts() == ["accounts.session.opened"]


def test_the_name_is_known_whatever_its_case():
    user = a_user("office", username="zhangsan")

    assert signed_in("ZhangSan").get("/").content.decode() == f"user:{user.uuid}"


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("zhangsan", "wrong"),
        ("nobody", PASSWORD),
        ("zhangsan", ""),
        ("", ""),
        ("zhangsan\x00", PASSWORD),
        ("z" * 100_000, "p" * 100_000),
        ("' or 1=1 --", "x"),
        ("张三", "密码"),
    ],
)
def test_anything_else_does_not(username, password):
    a_user("office", username="zhangsan")

    browser = a_browser()
    answer = browser.post("/accounts/login/", {"login": username, "password": password})

    assert answer.status_code == 200
    assert browser.get("/").content == b"nobody"


def test_a_wrong_password_and_an_unknown_name_are_told_alike():
    a_user("office", username="zhangsan")

    wrong = a_browser().post("/accounts/login/", {"login": "zhangsan", "password": "wrong"}).content.decode()
    unknown = a_browser().post("/accounts/login/", {"login": "zhangsam", "password": "wrong"}).content.decode()

    sentence = "用户名或密码不对。请核对后再试；忘记密码请找系统管理员重设。"
    assert sentence in wrong
    assert sentence in unknown


def test_bytes_that_are_no_text_do_no_harm():
    answer = a_browser().post(
        "/accounts/login/", b"login=\xff\xfe&password=%FF", content_type="application/x-www-form-urlencoded"
    )

    assert answer.status_code == 200


def test_a_failed_sign_in_is_recorded_against_the_user_it_was_for():
    user = a_user("office", username="zhangsan")

    signed_in("zhangsan", password="wrong-password")
    row = AuditRow.objects.get()

    assert (row.action, row.actor, row.subject_type, row.subject_id) == (
        "accounts.sign_in.failed", "nobody", "accounts.user", str(user.uuid),
    )  # fmt: skip
    assert row.changes == {"step": "password"}


def test_a_name_typed_by_a_stranger_is_recorded_as_a_hash_only():
    signed_in("my-secret-password", password="wrong-password")
    row = AuditRow.objects.get()

    assert (row.subject_type, len(row.subject_id)) == ("accounts.name", 40)
    assert "my-secret-password" not in str(row.content())


def test_signing_out_is_recorded():
    a_user("office", username="zhangsan")
    browser = signed_in("zhangsan")

    browser.post("/accounts/logout/")

    assert acts() == ["accounts.session.opened", "accounts.session.closed"]
    assert browser.get("/").content == b"nobody"


def test_a_link_cannot_sign_anybody_out():
    a_user("office", username="zhangsan")
    browser = signed_in("zhangsan")

    asked = browser.get("/accounts/logout/")

    assert "要在这个浏览器上退出吗" in asked.content.decode()
    assert browser.get("/").content != b"nobody"


def test_a_shut_account_is_told_so_only_with_its_password():
    made = a_new_user(username="zhangsan")
    users.deactivate_user(by=ADMIN, at=AT, user=made.uuid)

    right = a_browser().post("/accounts/login/", {"login": "zhangsan", "password": PASSWORD}, follow=True)
    wrong = a_browser().post("/accounts/login/", {"login": "zhangsan", "password": "wrong"}, follow=True)

    assert "这个账号已经停用" in right.content.decode()
    assert "停用" not in wrong.content.decode()


def test_sign_in_goes_on_to_where_one_wanted_to_go_but_not_elsewhere():
    a_user("office", username="zhangsan")
    form = {"login": "zhangsan", "password": PASSWORD}

    inside = a_browser().post("/accounts/login/?next=/accounts/", form)
    outside = a_browser().post("/accounts/login/?next=https://example.org/", form)

    assert inside["Location"] == "/accounts/"
    assert outside["Location"] == "/"


def test_a_password_somebody_else_chose_must_be_changed_before_anything_else():
    made = users.create_user(by=ADMIN, at=AT, username="zhangsan")
    browser = signed_in("zhangsan", password=made.first_password)

    turned = browser.get("/")
    part = browser.get("/", headers={"HX-Request": "true"})
    form = {"oldpassword": made.first_password, "password1": "quite-another-7788", "password2": "quite-another-7788"}
    changed = browser.post("/accounts/password/change/", form)

    assert (turned["Location"], changed["Location"]) == ("/accounts/password/change/", "/")
    # What a page fetches by itself is not answered with another page within it.
    assert (part.status_code, part.content) == (204, b"")
    assert browser.get("/").content.decode() == f"user:{made.uuid}"
    assert not User.objects.get().must_change_password
    assert acts()[-1] == "accounts.user.password_changed"


def test_changing_to_the_same_password_is_not_changing_it():
    made = users.create_user(by=ADMIN, at=AT, username="zhangsan")
    browser = signed_in("zhangsan", password=made.first_password)

    same = {"oldpassword": made.first_password, "password1": made.first_password, "password2": made.first_password}
    answer = browser.post("/accounts/password/change/", same)

    assert "新密码不能和现在的一样" in answer.content.decode()
    assert User.objects.get().must_change_password


def test_nobody_signs_up():
    browser = a_browser()

    page = browser.get("/accounts/signup/")
    form = {"username": "intruder", "password1": PASSWORD, "password2": PASSWORD}
    posted = browser.post("/accounts/signup/", form)

    assert (page.status_code, posted.status_code) == (404, 404)
    assert "账号由系统管理员建立" in page.content.decode()
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "path", ["email/", "confirm-email/", "login/code/confirm/", "3rdparty/signup/", "signup/passkey/"]
)
def test_what_is_not_used_of_the_library_has_no_address(path):
    assert a_browser().get(f"/accounts/{path}").status_code == 404


def test_the_demo_shows_its_accounts_and_no_other_installation_does(settings):
    users.create_user(by=ADMIN, at=AT, username="deputy", display_name="副指挥长", is_demo=True)
    a_new_user(username="secret-colleague")
    real = a_browser().get(reverse("account_login")).content.decode()

    settings.DEMO = True
    demo = a_browser().get(reverse("account_login")).content.decode()

    assert "<code>deputy</code>" in demo
    assert "<code>shanhai-demo-2026</code>" in demo
    assert "secret-colleague" not in demo
    assert "deputy" not in real
