# SPDX-License-Identifier: Apache-2.0
"""Signing in with an identity of an OpenID Connect provider, played here by a few answers."""

import json
import subprocess
import sys
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter

from shanhai.base.accounts.models import User
from shanhai.base.accounts.services import users
from shanhai.base.accounts.tests.builders import a_browser, a_new_user, acts, signed_in
from tests.cast import ADMIN, AT, PASSWORD

pytestmark = pytest.mark.django_db
START, BACK = "/accounts/oidc/oidc/login/", "/accounts/oidc/oidc/login/callback/"
PROVIDER = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "oidc",
                "name": "政务统一身份",
                "client_id": "shanhai",
                "secret": "s",
                "settings": {"server_url": "https://id.example.org"},
            }
        ],
    }
}
WHO = {
    "sub": "42",
    "email": "zhangsan@example.org",
    "email_verified": True,
    "name": "张三",
    "picture": "https://x/p.png",
}


@pytest.fixture
def provider(settings, monkeypatch):
    settings.SOCIALACCOUNT_PROVIDERS = PROVIDER
    config = {
        "authorization_endpoint": "https://id.example.org/authorize",
        "token_endpoint": "https://id.example.org/token",
        "userinfo_endpoint": "https://id.example.org/me",
    }
    monkeypatch.setattr(OpenIDConnectOAuth2Adapter, "openid_config", config)
    monkeypatch.setattr(OpenIDConnectOAuth2Adapter, "get_access_token_data", lambda *_a, **_k: {"access_token": "t"})
    monkeypatch.setattr(OpenIDConnectOAuth2Adapter, "_fetch_user_info", lambda *_a: WHO)


def come_back(browser, *, process="login"):
    """Go to the provider and return as WHO."""
    sent = browser.post(f"{START}?process={process}")
    state = parse_qs(urlsplit(sent["Location"]).query)["state"][0]
    return browser.get(BACK, {"code": "c", "state": state}, follow=True)


def connect(browser):
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return come_back(browser, process="connect")


def test_without_a_provider_there_is_no_button_and_no_address():
    page = a_browser().get("/accounts/login/").content.decode()

    assert "oidc" not in page
    assert a_browser().post(START).status_code == 404


def test_with_a_provider_the_button_names_it(provider):
    page = a_browser().get("/accounts/login/").content.decode()

    assert "用 政务统一身份 登录" in page
    assert f'action="{START}?process=login' in page


def test_the_provider_is_asked_with_pkce_and_a_state(provider):
    sent = a_browser().post(START)
    asked = parse_qs(urlsplit(sent["Location"]).query)

    assert sent["Location"].startswith("https://id.example.org/authorize?")
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["state"]


def test_an_identity_nobody_has_connected_is_not_let_in_and_makes_no_user(provider):
    browser = a_browser()

    page = come_back(browser).content.decode()

    assert "账号由系统管理员建立" in page
    assert browser.get("/").content == b"nobody"
    assert not User.objects.exists()
    assert not SocialAccount.objects.exists()


def test_not_even_when_its_verified_address_is_that_of_a_user(provider):
    made = a_new_user(username="zhangsan", email=WHO["email"])
    EmailAddress.objects.create(user=User.objects.get(uuid=made.uuid), email=WHO["email"], verified=True, primary=True)
    browser = a_browser()

    come_back(browser)

    assert browser.get("/").content == b"nobody"
    assert not SocialAccount.objects.exists()


def test_matching_by_address_would_have_let_it_in(provider, settings):
    made = a_new_user(username="zhangsan", email=WHO["email"])
    EmailAddress.objects.create(user=User.objects.get(uuid=made.uuid), email=WHO["email"], verified=True, primary=True)
    settings.SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
    browser = a_browser()

    come_back(browser)

    assert browser.get("/").content != b"nobody"


def test_an_identity_the_user_has_connected_signs_him_in(provider):
    made = a_new_user(username="zhangsan")
    connect(signed_in("zhangsan"))
    browser = a_browser()

    come_back(browser)

    assert browser.get("/").content.decode() == f"user:{made.uuid}"
    assert acts()[-2:] == ["accounts.outside_identity.added", "accounts.session.opened"]


def test_connecting_asks_for_the_password_first(provider):
    a_new_user(username="zhangsan")

    answer = come_back(signed_in("zhangsan"), process="connect")

    assert answer.redirect_chain[0][0].startswith("/accounts/reauthenticate/")
    assert not SocialAccount.objects.exists()


def test_of_an_identity_only_its_number_is_kept(provider):
    a_new_user(username="zhangsan")
    connect(signed_in("zhangsan"))
    come_back(a_browser())
    stored = SocialAccount.objects.get()

    assert (stored.uid, stored.extra_data) == ("42", {})


def test_an_identity_connected_to_one_user_cannot_be_connected_to_another(provider):
    a_new_user(username="zhangsan")
    a_new_user(username="lisi")
    connect(signed_in("zhangsan"))

    connect(signed_in("lisi"))

    assert SocialAccount.objects.get().user.username == "zhangsan"


def test_an_identity_of_a_shut_account_is_not_let_in(provider):
    made = a_new_user(username="zhangsan")
    connect(signed_in("zhangsan"))
    users.deactivate_user(by=ADMIN, at=AT, user=made.uuid)
    browser = a_browser()

    page = come_back(browser).content.decode()

    assert "这个账号已经停用" in page
    assert browser.get("/").content == b"nobody"


def test_an_identity_can_be_disconnected(provider):
    a_new_user(username="zhangsan")
    browser = signed_in("zhangsan")
    connect(browser)

    page = browser.get("/accounts/outside/").content.decode()
    browser.post("/accounts/outside/", {"account": SocialAccount.objects.get().pk})

    assert "政务统一身份" in page
    assert not SocialAccount.objects.exists()
    assert acts()[-1] == "accounts.outside_identity.removed"


@pytest.mark.parametrize("query", [{}, {"code": "c", "state": "forged"}, {"error": "server_error"}])
def test_an_answer_that_was_not_asked_for_is_refused(provider, query):
    answer = a_browser().get(BACK, query)

    assert answer.status_code == 401
    assert "统一登录没有成功" in answer.content.decode()


def test_the_environment_names_the_provider_and_lets_the_form_go_there():
    code = (
        "import json; from tests.settings import ANSWER_HEADERS as h, SOCIALACCOUNT_PROVIDERS as p;"
        "print(json.dumps([h['Content-Security-Policy'], p['openid_connect']['APPS']]))"
    )
    env = {
        "SHANHAI_OIDC_ISSUER": "https://id.example.org/realms/x",
        "SHANHAI_OIDC_NAME": "政务统一身份",
        "PATH": "/usr/bin",
        "PYTHONPATH": "src:.",
    }
    printed = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True).stdout
    policy, (app,) = json.loads(printed)

    assert "form-action 'self' https://id.example.org" in policy.split("; ")
    assert (app["name"], app["settings"]) == ("政务统一身份", {"server_url": "https://id.example.org/realms/x"})
