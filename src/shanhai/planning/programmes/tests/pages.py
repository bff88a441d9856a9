# SPDX-License-Identifier: Apache-2.0
"""Walking through the pages of programmes as somebody who is signed in."""

from __future__ import annotations

from typing import Any

from django.test import Client

from tests.cast import a_user

COUNTY = {"programme": "zj-ganzi", "place": "513301"}


def a_client(role: str = "office", **scope: Any) -> Client:
    """Somebody of that role, signed in."""
    client = Client()
    client.force_login(a_user(role, **scope), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def text_of(answer: Any) -> str:
    """The page as text."""
    text: str = answer.content.decode()
    return text
