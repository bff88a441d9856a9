# SPDX-License-Identifier: Apache-2.0
"""When a schedule is due, where a letter may go, what a wish must say."""

from datetime import UTC, datetime

import pytest

from shanhai.field.traceability.subscriptions.rules.addresses import may_go_to, target_of
from shanhai.field.traceability.subscriptions.rules.schedule import next_time, read_schedule
from shanhai.field.traceability.subscriptions.rules.signing import signature
from shanhai.field.traceability.subscriptions.rules.wishes import read_wish
from shanhai.kernel.errors import BadInput

# Sunday 22 November 2026, ten in the morning in Shanghai.
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("schedule", "then"),
    [
        ({"hour": "1", "minute": "5"}, "2026-11-23T01:05:00"),
        ({"minute": "5"}, "2026-11-22T10:05:00"),
        ({"minute": "0"}, "2026-11-22T11:00:00"),
        ({"second": "0/30"}, "2026-11-22T10:00:30"),
        ({"second": "*/20", "minute": "0"}, "2026-11-22T10:00:20"),
        ({"hour": "[8-9],22"}, "2026-11-22T22:00:00"),
        ({"dayOfMonth": "1"}, "2026-12-01T00:00:00"),
        ({"dayOfWeek": "1"}, "2026-11-23T00:00:00"),
        ({"dayOfWeek": "7", "hour": 9}, "2026-11-29T09:00:00"),
        ({"month": "2", "dayOfMonth": "29"}, "2028-02-29T00:00:00"),
        ({"minute": "*"}, "2026-11-22T10:01:00"),
    ],
)
def test_the_next_time_of_a_schedule_on_the_clock_of_shanghai(schedule, then):
    found = next_time(read_schedule(schedule), NOW)

    assert found == datetime.fromisoformat(then + "+08:00")


@pytest.mark.parametrize(
    "schedule",
    [{}, {"hour": "24"}, {"minute": "[5-1]"}, {"second": ""}, {"month": "0"}, {"dayOfWeek": "8"},
     {"hour": None}, {"year": "2026"}, {"hour": "1", "zone": "x"}, {"dayOfMonth": "30", "month": "2"},
     {"minute": "1/0"}, {"hour": [1]}],
)  # fmt: skip
def test_a_schedule_that_no_clock_shows_is_refused(schedule):
    with pytest.raises(BadInput):
        read_schedule(schedule)


@pytest.mark.parametrize(
    ("address", "open_to", "may"),
    [
        ("8.8.8.8", [], True),
        ("2606:4700::1111", [], True),
        ("127.0.0.1", [], False),
        ("10.0.0.7", [], False),
        ("169.254.169.254", [], False),
        ("0.0.0.0", [], False),
        ("224.0.0.1", [], False),
        ("::1", [], False),
        ("fe80::1%eth0", [], False),
        ("fd00::1", [], False),
        ("::ffff:127.0.0.1", [], False),
        ("::ffff:8.8.8.8", [], True),
        ("64:ff9b::7f00:1", [], False),
        ("::7f00:1", [], False),
        ("fec0::1", [], False),
        ("2002:7f00:1::", [], False),
        ("127.0.0.1", ["127.0.0.0/8"], True),
        ("10.1.2.3", ["10.1.0.0/16"], True),
        ("10.2.2.3", ["10.1.0.0/16"], False),
    ],
)
def test_letters_go_out_to_the_world_and_inside_only_where_a_setting_allows(address, open_to, may):
    assert may_go_to(address, open_to) is may


@pytest.mark.parametrize(
    "dest",
    ["", "https://", "ftp://example.com/", "http://example.com/", "https://user:secret@example.com/", "example.com",
     "https://example.com/#part", "https://exa mple.com/", "https://example.com:99999/", "javascript:alert(1)",
     "https://example.com/\r\nX: y", "https://" + "x" * 1000, "http://10.0.0.1/", "https://[::1", "https://例子.cn/路"],
)  # fmt: skip
def test_what_is_no_address_for_letters_is_refused(dest):
    with pytest.raises(BadInput) as refused:
        target_of(dest)

    assert refused.value.field == "dest"


def test_the_parts_of_a_target():
    target = target_of("https://hook.example.com:8443/a/b?c=d")

    assert (target.secure, target.host, target.port, target.path) == (True, "hook.example.com", 8443, "/a/b?c=d")
    assert target_of("http://127.0.0.1/").port == 80


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({}, "schedule"),
        ({"stream": True, "schedule": {"hour": "1"}}, "schedule"),
        ({"stream": "yes"}, "schedule"),
        ({"stream": True, "secret": "x"}, "secret"),
        ({"stream": True, "signatureToken": 7}, "signatureToken"),
        ({"stream": True, "reportIfEmpty": 1}, "reportIfEmpty"),
        ({"stream": True, "initialRecordTime": "yesterday"}, "initialRecordTime"),
        ({"stream": True, "dest": None}, "dest"),
        ({"schedule": "hourly"}, "schedule"),
        ({"schedule": {"hour": "99"}}, "hour"),
    ],
)
def test_a_wish_says_when_and_where(more, field):
    with pytest.raises(BadInput) as refused:
        read_wish({"dest": "https://hook.example.com/", **more})

    assert refused.value.field == field


def test_a_signature_is_that_of_the_body():
    """Checked with: printf '%s' '{}' | openssl dgst -sha256 -hmac key -binary | base64"""
    assert signature(b"{}", "key") == "p3dyTZQ+tI3Gm8qKSm1XoE2z+ex+HeTlgehgJlvfMDI="
