# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime, timedelta

import pytest

from shanhai.base.accounts import rules
from shanhai.base.accounts.tests.builders import CHROME, FIREFOX
from shanhai.base.accounts.values import Refusal

AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
HOURS_12 = timedelta(hours=12)


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (FIREFOX, "Firefox · Linux"),
        (CHROME, "Chrome · Windows"),
        (CHROME + " Edg/142.0", "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/142.0 Mobile Safari/537.36 MicroMessenger/8.0", "微信 · Android"),
        ("curl/8.5.0", ""),
        ("", ""),
        ("Firefox/" * 10_000, "Firefox"),
    ],
)
def test_a_browser_is_named_shortly(user_agent, name):
    assert rules.browser_name(user_agent) == name


@pytest.mark.parametrize(
    ("marks", "at", "answer"),
    [
        ({"browser": "a", "signed_in_at": AT.isoformat()}, AT, None),
        ({"browser": "a", "signed_in_at": AT.isoformat()}, AT + HOURS_12 - timedelta(microseconds=1), None),
        ({"browser": "a", "signed_in_at": AT.isoformat()}, AT + HOURS_12, Refusal.AGE),
        ({"browser": "b", "signed_in_at": AT.isoformat()}, AT, Refusal.BROWSER),
        ({"browser": "b", "signed_in_at": AT.isoformat()}, AT + HOURS_12, Refusal.BROWSER),
        ({}, AT, Refusal.BROWSER),
    ],
    ids=["same browser", "nearly too old", "too old", "another browser", "another and too old", "not from sign-in"],
)
def test_a_session_is_refused_for_another_browser_or_for_its_age(marks, at, answer):
    assert rules.refusal(marks=marks, browser="a", at=at, max_age=HOURS_12) is answer
