# SPDX-License-Identifier: Apache-2.0
"""Made-up signals are the same for the same seed, look like weather, and say that they are made up."""

import numpy as np
import pytest

from shanhai.base.audit.models import AuditRow
from shanhai.field.sensors.mqtt.rules.signals import (
    DAY,
    SIGNALS,
    as_sent,
    heard,
    is_silent,
    signal_of,
    times_between,
    values_at,
)
from shanhai.field.sensors.mqtt.services.simulating import mark_simulated
from shanhai.field.sensors.mqtt.tests.devices import MANAGER, a_device
from shanhai.field.sensors.stations.values import PHENOMENA
from shanhai.field.sensors.tests.streams import START, WRITER, came
from shanhai.kernel.errors import NotAllowed, NotVisible, Refused
from tests.cast import AT

TEMP = SIGNALS["temp"]


def test_an_instant_has_its_value_whatever_is_asked_beside_it():
    times = times_between(START, START + DAY, 600)
    again = times_between(START + DAY // 2, START + DAY, 600)

    assert (len(times), len(again)) == (144, 72)
    assert (values_at(TEMP, times, 7)[72:] == values_at(TEMP, again, 7)).all()
    assert (values_at(TEMP, times, 7) != values_at(TEMP, times, 8)).any()
    assert (heard(times, 7)[72:] == heard(again, 7)).all()


def test_the_afternoon_is_warmer_than_the_night_and_nothing_is_impossible():
    times = times_between(START, START + 30 * DAY, 600)
    hours = (times // 3_600_000_000 + 8) % 24
    warm = values_at(TEMP, times, 3)

    assert warm[hours == 15].mean() - warm[hours == 3].mean() > 8
    for metric, signal in SIGNALS.items():
        values = values_at(signal, times, 5)
        known = PHENOMENA[metric]
        assert known.low <= values.min() <= values.max() <= known.high, metric
        assert np.isfinite(values).all()


def test_some_is_missing_and_a_burst_brings_the_rest_in_disorder_and_twice():
    times = times_between(START, START + 30 * DAY, 600)

    sent = as_sent(times, 3)

    assert 0.9 < heard(times, 3).mean() < 0.99
    assert 0 < sum(is_silent(START + quarter * DAY // 4, 3, 21_600) for quarter in range(120)) < 30
    assert set(sent.tolist()) == set(range(len(times)))
    assert len(times) < len(sent) < 1.1 * len(times)
    assert (np.diff(sent) < 0).any()


def test_limits_that_leave_no_room_for_the_usual_are_kept():
    cold = signal_of("temp", -25, -15)

    times = times_between(START, START + 10 * DAY, 600)
    assert -25 < values_at(cold, times, 1).min() < values_at(cold, times, 1).max() < -15
    assert signal_of("temp", -50, 60) == signal_of("temp", None, None) == TEMP


@pytest.mark.django_db
def test_datastreams_are_marked_before_anything_is_made_up_and_real_ones_are_left_alone():
    stream = a_device("wuse-2", "logger", "temp").datastreams.get()
    real = a_device("wuse-3", "logger", "temp").datastreams.get()
    came(real, [(0, 4.5)])

    (one,) = mark_simulated(stations=["wuse-2"], by=MANAGER, at=AT)
    mark_simulated(stations=["wuse-2"], by=MANAGER, at=AT)

    stream.refresh_from_db()
    assert (one.topic, one.metric, stream.properties) == ("shanhai/-/wuse-2/logger", "temp", {"simulated": True})
    assert AuditRow.objects.filter(action="sensors.datastream.simulated").count() == 1
    with pytest.raises(Refused):
        mark_simulated(stations=["wuse-2", "wuse-3"], by=MANAGER, at=AT)
    with pytest.raises(NotVisible):
        mark_simulated(stations=["elsewhere"], by=MANAGER, at=AT)
    with pytest.raises(NotAllowed):
        mark_simulated(stations=["wuse-2"], by=WRITER, at=AT)
