# SPDX-License-Identifier: Apache-2.0
"""What a username may look like, how a browser is named, and when a session is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from shanhai.base.accounts.values import Refusal

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
