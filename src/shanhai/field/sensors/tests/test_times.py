# SPDX-License-Identifier: Apache-2.0
"""Times as devices and clients write them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanhai.field.sensors.store.rules.times import format_period, format_time, parse_period, parse_time, parse_times
from shanhai.kernel.errors import BadInput

DAY = 1_772_323_200_000_000


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("2026-03-01T00:00:00Z", DAY),
        ("2026-03-01T08:00:00+08:00", DAY),
        ("2026-03-01T08:00:00+0800", DAY),
        ("2026-03-01T08:00+08", DAY),
        ("2026-03-01 00:00:00z", DAY),
        ("2026-02-28T19:00:00.000-05:00", DAY),
        ("2026-03-01T00:00:00.123456Z", DAY + 123_456),
        ("2026-03-01T00:00:00.123456999Z", DAY + 123_456),
        ("2026-03-01T00:00:00,5Z", DAY + 500_000),
        ("2016-12-31T23:59:60Z", 1_483_228_799_999_999),
        ("2026-02-28T24:00:00Z", DAY),
        ("2026-03-01T24:00+16:00", DAY + 8 * 3600 * 1_000_000),
        (" 1970-01-01T00:00:00Z ", 0),
        (1_772_323_200, DAY),
        (1_772_323_200.25, DAY + 250_000),
        (1_772_323_200_000, DAY),
        (1_772_323_200_000_000, DAY),
    ],
)
def test_a_time_is_read(given, expected):
    assert parse_time(given) == expected


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("2026-03-01T00:00:00", "without_zone"),
        ("1969-12-31T23:59:59Z", "too_early"),
        (-1, "too_early"),
        ("0001-01-01T00:00:00+08:00", "too_early"),
        ("2026-02-29T00:00:00Z", "unreadable"),
        ("2026-03-01T24:00:01Z", "unreadable"),
        ("2026-03-01T24:01Z", "unreadable"),
        ("2026-03-01T24:00:00.001Z", "unreadable"),
        ("2026-02-29T24:00:00Z", "unreadable"),
        ("2026-03-01T00:00:61Z", "unreadable"),
        ("2026-03-01T00:00:00+99:99", "unreadable"),
        ("2026-03-01", "unreadable"),
        ("9999-12-31T23:59:59-23:59", "unreadable"),
        ("明天", "unreadable"),
        ("", "unreadable"),
        (float("nan"), "unreadable"),
        (float("inf"), "unreadable"),
        (1e300, "unreadable"),
        (True, "unreadable"),
        (None, "unreadable"),
        ([], "unreadable"),
    ],
)
def test_what_is_no_time_is_refused_with_a_remedy(given, code):
    with pytest.raises(BadInput) as refusal:
        parse_time(given)
    assert refusal.value.code == f"sensors.time_{code}"
    with pytest.raises(BadInput):
        parse_times([given])


def test_a_period_has_its_end_and_none_that_is_before():
    assert parse_period("2026-03-01T00:00:00Z/2026-03-01T01:00:00Z") == (DAY, DAY + 3_600_000_000)
    assert parse_period("2026-03-01T00:00:00Z") == (DAY, None)
    with pytest.raises(BadInput, match="早于开始"):
        parse_period("2026-03-01T01:00:00Z/2026-03-01T00:00:00Z")


INSTANTS = st.integers(0, 4_000_000_000_000_000)


@given(st.lists(INSTANTS, max_size=6), st.sampled_from([1, 1000, 1_000_000]))
def test_what_is_written_is_read_again_one_by_one_and_all_at_once(instants, step):
    instants = [one - one % step for one in instants]
    texts = [format_time(one) for one in instants]

    assert [parse_time(text) for text in texts] == instants
    assert parse_times(texts).tolist() == instants


@given(INSTANTS)
def test_what_python_writes_is_read(instant):
    moment = datetime.fromtimestamp(instant / 1e6, UTC)

    assert abs(parse_time(moment.isoformat()) - instant) < 2
    assert format_period(instant, None) == format_time(instant)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01T00:00:0xZ", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-03-01T24:00:01Z",
        "2026-03-01T00:60:00Z", "2026-03-01T00:00:61Z", "1969-12-31T23:59:59Z", "2026-03-01T00:00:00Z0", "NaT",
    ],
)  # fmt: skip
def test_one_that_is_written_otherwise_hides_among_no_others(text):
    with pytest.raises(BadInput):
        parse_times(["2026-03-01T00:00:00Z", text])


NUMBERS = [
    0,
    1,
    -1,
    10**11 - 1,
    10**11,
    10**14 - 1,
    10**14,
    253402300799 * 10**6,
    253402300800,
    2**63 - 1,
    -(2**63),
    2**70,
]


@pytest.mark.parametrize("kind", [int, float])
@given(st.data())
def test_numbers_are_the_same_among_many(kind, data):
    one = st.sampled_from(NUMBERS).map(kind) | st.integers(0, 3 * 10**17).map(kind)
    numbers = data.draw(st.lists(one | (st.floats() if kind is float else st.integers()), min_size=1, max_size=4))

    assert said(lambda: [parse_time(one) for one in numbers]) == said(lambda: parse_times(numbers).tolist())


def said(parse):
    """What it answers, or the words with which it refuses."""
    try:
        return parse()
    except BadInput as refusal:
        return str(refusal)


def test_a_leap_second_is_the_same_among_many():
    given = ["2016-12-31T23:59:59Z", "2016-12-31T23:59:60Z"]

    assert parse_times(given).tolist() == [parse_time(one) for one in given]
