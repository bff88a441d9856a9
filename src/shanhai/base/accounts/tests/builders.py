# SPDX-License-Identifier: Apache-2.0
"""Stored things of this app, for its own tests and those of the layers above."""

from __future__ import annotations

from datetime import datetime

from django.test import Client

from shanhai.base.accounts.services import users
from shanhai.base.accounts.values import NewUser
from shanhai.base.audit.models import AuditRow
from tests.cast import ADMIN, AT, PASSWORD

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
)


def a_new_user(*, username: str = "zhangsan", at: datetime = AT, **given: object) -> NewUser:
    """A user made by an administrator, with PASSWORD and without a role."""
    return users.create_user(by=ADMIN, at=at, username=username, **{"password": PASSWORD, **given})


def a_browser(user_agent: str = FIREFOX) -> Client:
    """A browser nobody is signed in with."""
    return Client(headers={"user-agent": user_agent})


def signed_in(username: str, *, password: str = PASSWORD, user_agent: str = FIREFOX) -> Client:
    """A browser after that user has typed their name and password."""
    browser = a_browser(user_agent)
    browser.post("/accounts/login/", {"login": username, "password": password})
    return browser


def acts() -> list[str]:
    """The actions in the audit trail, oldest first."""
    return list(AuditRow.objects.order_by("seq").values_list("action", flat=True))
