# SPDX-License-Identifier: Apache-2.0
"""The pages about users, by who asks for them."""

import re
from uuid import uuid4

import pytest
from django.urls import reverse

from shanhai.base.accounts.models import RoleGrant, User
from shanhai.base.accounts.roles import ROLES
from shanhai.base.accounts.services import users
from shanhai.base.accounts.tests.builders import a_browser, a_new_user, acts, signed_in
from shanhai.kernel.registry import registries
from tests.cast import ADMIN, AT, a_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    a_user("administrator", username="admin")
    return signed_in("admin")


def pages(uuid):
    one = {"uuid": uuid}
    return [
        ("get", reverse("accounts:user-list")),
        ("get", reverse("accounts:user-new")),
        ("post", reverse("accounts:user-new")),
        ("get", reverse("accounts:user-detail", kwargs=one)),
        ("post", reverse("accounts:user-detail", kwargs=one)),
        ("post", reverse("accounts:grant-end", kwargs={**one, "grant": uuid4()})),
        ("post", reverse("accounts:user-deactivate", kwargs=one)),
        ("post", reverse("accounts:user-reactivate", kwargs=one)),
        ("post", reverse("accounts:user-password", kwargs=one)),
        ("post", reverse("accounts:user-remove-factors", kwargs=one)),
        ("post", reverse("accounts:user-erase", kwargs=one)),
    ]


@pytest.mark.parametrize("role", ["commander", "office", "auditor", "county_user", None], ids=str)
def test_to_others_these_pages_do_not_exist(role):
    made = a_new_user(username="zhangsan")
    a_user(role, username="somebody")
    browser = signed_in("somebody")

    answers = {(how, path): getattr(browser, how)(path).status_code for how, path in pages(made.uuid)}

    assert set(answers.values()) == {404}
    assert User.objects.get(uuid=made.uuid).is_active


def test_who_is_not_signed_in_is_asked_to():
    made = a_new_user(username="zhangsan")
    browser = a_browser()

    ways = [getattr(browser, how)(path)["Location"] for how, path in pages(made.uuid)]
    ways.append(browser.get(reverse("accounts:mine"))["Location"])

    assert {way.partition("?")[0] for way in ways} == {"/accounts/login/"}


def test_changes_are_not_made_by_links(admin):
    made = a_new_user(username="zhangsan")
    posts = [path for how, path in pages(made.uuid) if how == "post" and not path.endswith(("/new/", f"{made.uuid}/"))]

    assert {admin.get(path).status_code for path in posts} == {405}
    assert len(posts) == 6


def test_the_list_shows_users_and_finds_them(admin):
    made = a_new_user(username="zhangsan", display_name="张三")
    users.grant_role(by=ADMIN, at=AT, user=made.uuid, role="office", everywhere=True)

    everybody = admin.get("/users/").content.decode()
    found = admin.get("/users/", {"q": "张"}).content.decode()
    none = admin.get("/users/", {"q": "<script>alert(1)</script>"}).content.decode()

    assert "指挥部办公室" in everybody
    assert "共 2 个账号" in everybody
    assert "zhangsan" in found
    assert "共 1 个账号" in found
    assert "没有找到这样的账号" in none
    assert "<script>alert(1)" not in none


def test_the_list_turns_pages_and_takes_any_page_number(admin):
    for number in range(51):
        a_new_user(username=f"user{number:02}")

    first = admin.get("/users/").content.decode()
    second = admin.get("/users/", {"page": "2"}).content.decode()

    assert 'rel="next"' in first
    assert 'rel="prev"' in second
    assert "user50" in second
    for page in ("0", "-1", "x", "9" * 50, "٢", ""):
        assert admin.get("/users/", {"page": page}).status_code == 200


def test_the_list_costs_the_same_however_long_it_is(admin, django_assert_num_queries):
    for number in range(30):
        a_new_user(username=f"user{number:02}")

    # The session, the user, their grants; the count, the page, its grants.
    with django_assert_num_queries(6):
        admin.get("/users/")


def test_a_new_user_is_made_and_his_password_shown_once(admin):
    answer = admin.post("/users/new/", {"username": "zhangsan", "display_name": "张三", "email": ""})
    page = answer.content.decode()
    password = re.search(r"<code>(\w{4}(?:-\w{4}){3})</code>", page)[1]
    user = User.objects.get(username="zhangsan")

    assert user.check_password(password)
    assert "no-store" in answer["Cache-Control"]
    assert password not in admin.get(f"/users/{user.uuid}/").content.decode()


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"username": "admin", "display_name": "x"}, "用户名 admin 已经有人使用"),
        ({"username": "张三", "display_name": "x"}, "用户名须为"),
        ({"username": "zhangsan", "display_name": "x" * 61}, "60"),
        ({"username": "zhangsan", "display_name": "x", "email": "nonsense"}, "id_email_error"),
        ({}, "id_username_error"),
    ],
)
def test_what_is_wrong_with_a_new_user_is_said_on_the_form(admin, form, sentence):
    answer = admin.post("/users/new/", form)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert User.objects.count() == 1


@pytest.mark.parametrize("place", ["513301", "康定市", "康定"])
def test_a_role_is_given_and_ended(admin, ganzi, place):
    made = a_new_user(username="zhangsan")

    given = admin.post(
        f"/users/{made.uuid}/", {"role": "county_user", "programme": "zj-ganzi", "place": place}, follow=True
    )
    grant = RoleGrant.objects.get(user__username="zhangsan", place="513301")
    ended = admin.post(f"/users/{made.uuid}/grants/{grant.uuid}/end/", follow=True)

    assert "岗位已经加上" in given.content.decode()
    assert "岗位已经结束" in ended.content.decode()
    assert RoleGrant.objects.get(pk=grant.pk).valid_until is not None


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"role": "emperor"}, "id_role_error"),
        ({"role": "office", "programme": "*", "place": "51330"}, "没有登记名称或代码为“51330”"),
        ({"role": "office", "programme": "No Such"}, "id_programme_error"),
        ({"role": "office"}, "在哪个援助项目"),
        ({"role": "county_user", "programme": "zj-ganzi"}, "在哪个县（市）"),
        ({"role": "administrator", "place": "513301"}, "不能只限于"),
        ({"role": "office", "valid_from": "2026-13-45"}, "id_valid_from_error"),
    ],
)
def test_what_is_wrong_with_a_role_is_said_on_the_form(admin, ganzi, form, sentence):
    made = a_new_user(username="zhangsan")

    answer = admin.post(f"/users/{made.uuid}/", form)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not RoleGrant.objects.filter(user__username="zhangsan").exists()


def test_who_gives_a_role_reads_what_it_may_do(admin):
    made = a_new_user(username="zhangsan")

    page = admin.get(f"/users/{made.uuid}/").content.decode()
    told = page.split("每个岗位能做什么", 1)[1].split("</details>", 1)[0].split("<h3>")[1:]
    said = {part.split("</h3>")[0]: re.findall("<li>(.*?)</li>", part) for part in told}

    words = registries.permissions
    assert said == {str(role.name): [words[key] for key in words if key in role.permissions] for role in ROLES.values()}
    assert all(any("\u4e00" <= char <= "\u9fff" for char in word) for told in said.values() for word in told)
    assert all(len(said[str(role.name)]) == len(role.permissions) > 0 for role in ROLES.values())


def test_an_account_is_shut_opened_given_a_password_and_erased(admin):
    made = a_new_user(username="zhangsan")

    for act in ("deactivate", "reactivate", "password", "deactivate", "erase"):
        assert admin.post(f"/users/{made.uuid}/{act}/").status_code in {200, 302}

    assert acts()[-5:] == [
        "accounts.user.deactivated",
        "accounts.user.reactivated",
        "accounts.user.password_set",
        "accounts.user.deactivated",
        "accounts.user.erased",
    ]
    assert admin.get(f"/users/{made.uuid}/").status_code == 200


def test_an_administrator_is_told_who_changes_his_own_account(admin):
    me = User.objects.get(username="admin")

    page = admin.get(f"/users/{me.uuid}/").content.decode()
    refused = admin.post(f"/users/{me.uuid}/deactivate/")

    assert "请另一位系统管理员来办" in page
    assert refused.status_code == 422
    assert User.objects.get(username="admin").is_active


def test_a_user_nobody_has_made_is_a_missing_page(admin):
    assert admin.get(f"/users/{uuid4()}/").status_code == 404
    assert admin.get("/users/not-a-uuid/").status_code == 404


def test_ones_own_page_shows_roles_and_ways_to_sign_in(ganzi):
    made = a_new_user(username="zhangsan", display_name="<b>张三</b>")
    users.grant_role(by=ADMIN, at=AT, user=made.uuid, role="county_user", programme="zj-ganzi", place="513301")

    page = signed_in("zhangsan").get("/accounts/").content.decode()

    assert "受援县工作人员" in page
    assert "Firefox · Linux" in page
    assert "就是这里" in page
    assert "&lt;b&gt;张三&lt;/b&gt;" in page


def test_the_menu_leads_who_manages_users_to_them():
    item = registries.menu.get("accounts.users")

    assert (reverse(item.url_name), item.permission, item.order) == ("/users/", "user.manage", 900)


def test_every_page_of_the_library_that_can_be_reached_is_ours(admin):
    users.create_user(by=ADMIN, at=AT, username="zhangsan")
    admin.post("/accounts/reauthenticate/", {"password": "only-in-tests-9431"})
    names = [
        "account_logout", "account_inactive", "account_change_password", "account_reauthenticate", "mfa_index",
        "mfa_activate_totp", "mfa_list_webauthn", "mfa_add_webauthn", "mfa_generate_recovery_codes",
        "socialaccount_connections", "socialaccount_login_cancelled", "socialaccount_login_error",
    ]  # fmt: skip

    for browser, name in [(admin, name) for name in names] + [(a_browser(), "account_login")]:
        answer = browser.get(reverse(name))
        origins = {template.origin.name for template in answer.templates if template.name.endswith(".html")}
        assert answer.status_code in {200, 401}, name
        assert [origin for origin in origins if "/allauth/" in origin] == [], name
        assert "山海" in answer.content.decode(), name


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/password/reset/", "/accounts/signup/"])
def test_pages_hold_to_the_content_policy(path):
    answer = a_browser().get(path)

    assert "unsafe" not in answer["Content-Security-Policy"]
    assert "script-src 'self'" in answer["Content-Security-Policy"].split("; ")
