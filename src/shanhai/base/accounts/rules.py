# SPDX-License-Identifier: Apache-2.0
"""What a username, a name and an address may look like, how a browser is named, and when a session is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from shanhai.base.accounts.values import Refusal
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,59}")

# The first match names it: Edge and Opera also call themselves Chrome, and Chrome calls itself Safari.
_BROWSERS = (
    ("MicroMessenger", "微信"),
    ("DingTalk", "钉钉"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def is_username(text: str) -> bool:
    """Whether ``text`` is 2 to 60 of a–z, 0–9, dot, underscore, hyphen, starting with a letter or a digit."""
    return _USERNAME.fullmatch(text) is not None


def browser_name(user_agent: str) -> str:
    """A short name for the sender of a User-Agent header, as "Firefox · Linux"; empty when it is not a known one."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return " · ".join(part for part in (browser, system) if part)


def refusal(*, marks: Mapping[str, Any], browser: str, at: datetime, max_age: timedelta) -> Refusal | None:
    """Why a session must end, or None.

    ``marks`` is what sign-in left in the session: the hash of the browser ("browser") and the instant
    ("signed_in_at", ISO 8601). A session without them was not made by sign-in and counts as another browser's.
    """
    if not marks or marks.get("browser") != browser:
        return Refusal.BROWSER
    if at - datetime.fromisoformat(marks["signed_in_at"]) >= max_age:
        return Refusal.AGE
    return None


def checked_display_name(text: str) -> str:
    """A name that can be shown. Raises BadInput."""
    name = text.strip()
    if not 0 < len(name) <= 60 or not name.isprintable():
        raise BadInput(
            gettext_noop("姓名须为 1 到 60 个字，不能有换行等看不见的字符。"), "accounts.display_name.not_accepted"
        )
    return name


def checked_email(text: str) -> str:
    """An address that letters can go to, or none. Raises BadInput."""
    address = text.strip()
    if not address:
        return ""
    try:
        validate_email(address)
    except ValidationError:
        raise BadInput(
            gettext_noop("电子邮箱的写法不对。请核对后重填，也可以不填。"), "accounts.email.not_accepted"
        ) from None
    return address
