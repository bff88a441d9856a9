# SPDX-License-Identifier: Apache-2.0
"""Passkeys in a real browser with an authenticator made of software, under the product's own content policy."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from shanhai.base.accounts.models import User
from tests.cast import PASSWORD, a_user

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
POLICY = "Content Security Policy"
HOME = re.compile(r":\d+/$")
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
pytestmark = pytest.mark.browser


@pytest.fixture
def page(live_server, monkeypatch) -> Iterator[Page]:
    """A page of Chromium; ``page.complaints`` are script errors and what its content policy has blocked."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        found = chromium.new_page(base_url=live_server.url, locale="zh-CN")
        found.set_default_timeout(15_000)
        found.complaints = []
        found.on("console", lambda said: POLICY in said.text and found.complaints.append(said.text))
        found.on("pageerror", lambda error: found.complaints.append(str(error)))
        yield found
        chromium.close()


def give_authenticator(page: Page) -> None:
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})


def sign_in(page: Page, username: str) -> None:
    page.goto("/accounts/login/")
    page.fill("input[name=login]", username)
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url(HOME)


def add_passkey(page: Page) -> None:
    page.goto("/accounts/2fa/webauthn/add/")
    page.fill("input[name=password]", PASSWORD)
    page.click("main button")
    page.fill("input[name=name]", "办公室电脑")
    page.click("#mfa_webauthn_add")
    expect(page.locator("h1")).to_have_text("恢复码")


def test_a_passkey_is_added_and_signs_in_without_a_password(page):
    user = a_user("office", username="zhangsan")
    give_authenticator(page)

    sign_in(page, "zhangsan")
    add_passkey(page)
    page.context.clear_cookies()
    page.goto("/accounts/login/")
    page.click("#passkey_login")
    page.wait_for_url(HOME)

    assert page.content().count(f"user:{user.uuid}") == 1
    assert page.complaints == []


def test_the_same_passkey_is_the_second_step_after_a_password(page):
    a_user("office", username="zhangsan")
    give_authenticator(page)
    sign_in(page, "zhangsan")
    add_passkey(page)
    page.context.clear_cookies()

    page.goto("/accounts/login/")
    page.fill("input[name=login]", "zhangsan")
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    expect(page.locator("h1")).to_have_text("第二步验证")
    page.click("#mfa_webauthn_authenticate")
    page.wait_for_url(HOME)

    assert str(User.objects.get().uuid) in page.content()
    assert page.complaints == []


def test_a_passkey_that_does_not_work_is_said_on_the_page(page):
    page.add_init_script("navigator.credentials.get = () => Promise.reject(new Error('no authenticator'))")

    page.goto("/accounts/login/")
    page.click("#passkey_login")

    expect(page.locator("#passkey-trouble")).to_be_visible()


def test_the_policy_allows_no_inline_script_and_the_browser_holds_to_it(page):
    answer = page.goto("/accounts/login/")

    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'window.ran = 1'}))")

    assert "unsafe-inline" not in answer.headers["content-security-policy"]
    assert page.evaluate("window.ran") is None
    assert len(page.complaints) == 1
