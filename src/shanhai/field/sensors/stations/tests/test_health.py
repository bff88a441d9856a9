# SPDX-License-Identifier: Apache-2.0
"""How a datastream is: the table of the rule."""

import pytest

from shanhai.field.sensors.states import Health
from shanhai.field.sensors.stations.rules.health import is_low, standing, worst_of
from shanhai.field.sensors.stations.values import Standing

SECOND = 1_000_000
NOW = 1_772_323_200 * SECOND  # on the hour
HOUR = NOW // (3600 * SECOND)
SENT = {"interval_s": 600, "last_time": NOW - 60 * SECOND, "arrived": NOW - 60 * SECOND}


def heard(seconds):
    """So long ago."""
    then = NOW - round(seconds * SECOND)
    return {"last_time": then, "arrived": then}


@pytest.mark.parametrize(
    ("facts", "health", "since"),
    [
        ({"last_time": None, "arrived": None}, Health.NEVER, None),
        ({}, Health.FINE, None),
        # Three intervals to the microsecond, and one more.
        (heard(1800), Health.FINE, None),
        (heard(1800.000001), Health.SILENT, NOW - 1800 * SECOND - 1),
        # A burst of old observations has just come: it speaks.
        ({"last_time": NOW - 90_000 * SECOND}, Health.FINE, None),
        # Nobody expects anything.
        ({"interval_s": None, "last_time": 0, "arrived": 0}, Health.FINE, None),
        # Six are expected in an hour: up to nineteen is no flood.
        ({"in_last_hour": 19}, Health.FINE, None),
        ({"in_last_hour": 20}, Health.FLOODING, (HOUR - 1) * 3600 * SECOND),
        ({"most_per_hour": 100, "sent": 100, "sent_hour": HOUR}, Health.FLOODING, (HOUR - 1) * 3600 * SECOND),
        ({"most_per_hour": 100, "sent": 99, "sent_hour": HOUR}, Health.FINE, None),
        ({"most_per_hour": 100, "sent": 100, "sent_hour": HOUR - 1}, Health.FINE, None),
        ({"last_time": NOW + 5 * SECOND}, Health.DRIFTING, NOW - 60 * SECOND),
        ({"last_time": NOW}, Health.FINE, None),
        ({"same": 5, "stuck_after": 5}, Health.FLAT, NOW - 60 * SECOND - 4 * 600 * SECOND),
        ({"same": 4, "stuck_after": 5}, Health.FINE, None),
        ({"same": 500}, Health.FINE, None),
        # The worst that holds.
        ({**heard(9000), "same": 5, "stuck_after": 5}, Health.SILENT, NOW - 9000 * SECOND),
        ({"in_last_hour": 99, "same": 5, "stuck_after": 5}, Health.FLOODING, (HOUR - 1) * 3600 * SECOND),
    ],
)
def test_a_datastream_is_as_its_row_says(facts, health, since):
    assert standing(now=NOW, **{**SENT, **facts}) == Standing(health, since)


def test_a_station_is_as_the_worst_of_its_datastreams_since_the_first_of_them():
    fine, late, later = Standing(Health.FINE), Standing(Health.SILENT, 5), Standing(Health.SILENT, 9)

    assert worst_of([fine, later, late]) == late
    assert worst_of([fine, Standing(Health.FLAT, 1)]).health is Health.FLAT
    assert worst_of([]) == Standing(Health.NEVER)


@pytest.mark.parametrize(("charge", "low"), [(None, False), (100, False), (20, False), (19.9, True), (0, True)])
def test_a_battery_is_low_below_a_fifth(charge, low):
    assert is_low(charge) is low
