# SPDX-License-Identifier: Apache-2.0
"""Observations come in any order, in any number, twice: each is stored once, and all that follows from them agrees."""

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shanhai.field.sensors.models import Device, Hour, Observation, Thing
from shanhai.field.sensors.store.events import stored
from shanhai.field.sensors.store.providers import Owners
from shanhai.field.sensors.store.services.taking import take_in
from shanhai.field.sensors.store.values import Fate, Readings
from shanhai.field.sensors.tests.streams import SECOND, START, WRITER, a_stream, came, readings
from shanhai.field.sensors.values import HOUR, Quality, Sender
from shanhai.kernel.actors import NOBODY, system
from tests.cast import AT

pytestmark = pytest.mark.django_db


def rolled_up(stream):
    return {(h.hour, h.count, h.low, h.high, round(h.total, 6)) for h in stream.hours.all()}


def counted_anew(stream):
    hours = {}
    for time, number, quality in stream.observations.values_list("time", "number", "quality"):
        if number is not None and not quality & (Quality.RANGE | Quality.QUARANTINED):
            hours.setdefault(time // HOUR, []).append(number)
    return {(hour, len(v), min(v), max(v), round(sum(v), 6)) for hour, v in hours.items()}


def test_a_number_is_stored_and_its_datastream_says_so():
    stream = a_stream()

    taken = came(stream, [(0, 4.5)])

    row = Observation.objects.get()
    stream.refresh_from_db()
    assert (taken.ids.tolist(), taken.fates.tolist()) == ([row.pk], [Fate.STORED])
    assert (row.time, row.number, row.value, row.quality) == (START, 4.5, None, 0)
    assert (stream.count, stream.last_time, stream.last_number) == (1, START, 4.5)
    assert (stream.phenomenon_begin, stream.phenomenon_end) == (START, START)


def test_the_same_again_is_a_duplicate_and_another_result_a_conflict():
    stream = a_stream()
    first = came(stream, [(0, 4.5), (600, 5.0)])

    again = came(stream, [(600, 5.0), (0, 9.0), (0, 4.5), (1200, 6.0), (1200, 6.0), (1200, 7.0)])

    stream.refresh_from_db()
    assert again.fates.tolist() == [1, 2, 1, 0, 1, 2]
    assert again.ids.tolist()[:3] == [first.ids[1], first.ids[0], first.ids[0]]
    assert len(set(again.ids.tolist()[3:])) == 1
    assert list(stream.observations.order_by("time").values_list("number", flat=True)) == [4.5, 5.0, 6.0]
    assert (stream.count, stream.duplicates, stream.conflicts) == (3, 3, 2)


@pytest.mark.parametrize("value", ["开", True, {"a": 1}, [1, 2.5, None], None])
def test_any_result_comes_back_as_it_was_and_is_known_again(value):
    stream = a_stream()

    came(stream, [(0, value), (1, 2.0)])
    again = came(stream, [(0, value), (1, 2.0)])

    kept = stream.observations.get(time=START)
    assert kept.number is None
    assert kept.value == value
    assert type(kept.value) is type(value)
    assert again.fates.tolist() == [Fate.DUPLICATE, Fate.DUPLICATE]


def test_true_is_not_one():
    stream = a_stream()
    came(stream, [(0, True)])

    assert came(stream, [(0, 1.0)]).fates.tolist() == [Fate.CONFLICT]


ROWS = st.lists(st.tuples(st.integers(0, 40), st.integers(-3, 3)), min_size=1, max_size=40)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ROWS, min_size=1, max_size=4))
def test_in_any_order_and_cut_anyhow_nothing_is_lost_or_counted_twice(batches):
    streams = [a_stream(low=-2.0), a_stream()]
    first = {}
    for rows in batches:
        of = np.array([streams[second % 2].pk for second, _ in rows])
        times = np.array([START + second * 700 * SECOND for second, _ in rows])
        taken = take_in(readings=Readings(of, times, np.array([float(v) for _, v in rows])), by=WRITER, at=AT)
        for (second, value), key in zip(rows, taken.ids.tolist(), strict=True):
            kept = first.setdefault(second, (float(value), key))
            assert key == kept[1]

    stored_rows = {(o.datastream_id, o.time): (o.number, o.pk) for o in Observation.objects.all()}
    mine = {k: v for k, v in stored_rows.items() if k[0] in {s.pk for s in streams}}
    assert mine == {(streams[s % 2].pk, START + s * 700 * SECOND): v for s, v in first.items()}
    for stream in streams:
        stream.refresh_from_db()
        assert rolled_up(stream) == counted_anew(stream)
        assert stream.count == stream.observations.count()
        latest = stream.observations.order_by("-time").first()
        assert stream.last_number == (latest.number if latest else None)
        assert stream.count + stream.duplicates + stream.conflicts == sum(
            second % 2 == streams.index(stream) for rows in batches for second, _ in rows
        )


def test_what_is_stored_is_marked_and_out_of_range_stays_out_of_the_hours():
    stream = a_stream(low=-40.0, high=60.0, interval_s=600, most_per_s=0.01, stuck_after=3)

    came(stream, [(0, 4.0), (600, 4.0), (1200, 4.0), (1800, 99.0), (9000, 50.0)])
    came(stream, [(300, 4.0)])

    marks = dict(stream.observations.values_list("time", "quality"))
    assert [marks[START + s * SECOND] for s in (0, 600, 1200, 1800, 9000, 300)] == [
        0,
        0,
        Quality.STUCK,
        Quality.RANGE | Quality.RATE,
        Quality.GAP,
        Quality.LATE,
    ]
    assert rolled_up(stream) == counted_anew(stream)
    assert sum(count for _h, count, *_ in rolled_up(stream)) == 5


def test_equal_values_are_counted_on_from_one_batch_to_the_next():
    stream = a_stream(stuck_after=4)

    for second in range(3):
        came(stream, [(second * 60, 7.0)])
    came(stream, [(300, 7.0), (360, 7.5)])

    stream.refresh_from_db()
    assert list(stream.observations.order_by("time").values_list("quality", flat=True)) == [0, 0, 0, Quality.STUCK, 0]
    assert stream.same == 1


def test_a_clock_ahead_is_marked_and_one_far_ahead_refused():
    stream = a_stream()
    now = AT.timestamp() - START / SECOND

    taken = came(stream, [(now + 30, 1.0), (now + 3600, 2.0), (now + 90_000, 3.0)])

    assert taken.fates.tolist() == [0, 0, Fate.REFUSED]
    assert list(stream.observations.order_by("time").values_list("quality", flat=True)) == [0, Quality.DRIFT]
    assert "对时" in str(taken.because[2])


def test_a_clock_that_was_never_set_is_told_and_widens_nothing():
    stream = a_stream()
    since_1970 = -START / SECOND

    taken = came(stream, [(since_1970 + 12, 1.0), (since_1970 + 400 * 86_400, 2.0), (0, 3.0)])

    assert taken.fates.tolist() == [Fate.REFUSED, 0, 0]
    assert "对时" in str(taken.because[0])
    stream.refresh_from_db()
    assert stream.phenomenon_begin == 400 * 86_400 * SECOND


def test_who_may_not_write_stores_nothing():
    stream, other = a_stream(), a_stream()
    viewer = system("viewer", ("sensor.view",))

    for by, reason in ((NOBODY, "没有这个数据流"), (viewer, "不能向这个数据流写")):
        taken = came(stream, [(0, 1.0)], by=by)
        assert taken.fates.tolist() == [Fate.REFUSED]
        assert reason in str(taken.because[0])
    both = Readings(np.array([stream.pk, other.pk, 10**6]), np.array([START] * 3), np.array([1.0] * 3))
    assert take_in(readings=both, by=Sender("device:x", device=5), at=AT).fates.tolist() == [3, 3, 3]
    assert not Observation.objects.exists()
    assert not Hour.objects.exists()


def test_a_device_sends_no_more_than_its_share_of_an_hour():
    device = Device.objects.create(thing=Thing.objects.create(name="站"), code="logger", most_per_hour=3)
    streams = [a_stream(device=device, metric=metric, thing=device.thing) for metric in ("a", "b")]

    came(streams[0], [(0, 1.0), (1, 1.0)])
    over = came(streams[1], [(0, 1.0), (1, 1.0)])
    later = came(streams[1], [(1, 1.0)], at=AT + timedelta(hours=1))

    assert over.fates.tolist() == [Fate.STORED, Fate.REFUSED]
    assert "限额" in str(over.because[1])
    assert later.fates.tolist() == [Fate.STORED]
    device.refresh_from_db()
    assert device.sent == 1


def test_a_batch_costs_as_many_statements_as_another(django_assert_max_num_queries):
    streams = [a_stream() for _ in range(30)]
    of = np.array([one.pk for one in streams] * 40)
    times = START + np.arange(1200) * SECOND

    with django_assert_max_num_queries(14):
        take_in(readings=Readings(of, times, times / 1e15), by=WRITER, at=AT)
    with django_assert_max_num_queries(14):
        take_in(readings=Readings(of, times, times / 1e15), by=WRITER, at=AT)

    assert Observation.objects.count() == 1200


def test_who_listens_is_told_after_it_is_stored(django_capture_on_commit_callbacks):
    stream, told = a_stream(), []

    def listen(sender, readings, taken_in, at, **kw):
        told.append((readings.times.tolist(), taken_in.ids.tolist()))

    stored.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            taken = came(stream, [(0, 1.0)])
    finally:
        stored.disconnect(listen)

    assert told == [([START], taken.ids.tolist())]


def test_what_comes_with_a_number_is_kept_beside_it():
    stream = a_stream()
    end, result_time, extra = START + 60 * SECOND, START + 70 * SECOND, {"parameters": {"a": 1}}
    beside = {"ends": [end], "result_times": [result_time], "extras": [extra]}

    take_in(readings=readings(stream, [(0, 2.0)], **beside), by=WRITER, at=AT)

    row = stream.observations.get()
    stream.refresh_from_db()
    assert (row.number, row.end, row.result_time, row.extra) == (2.0, end, result_time, extra)
    assert (stream.phenomenon_end, stream.result_begin, stream.result_end) == (end, result_time, result_time)


def test_an_observation_without_its_datastream_is_told_of():
    stream = a_stream()
    came(stream, [(0, 1.0)])
    assert Owners().run() == ()

    Observation.objects.update(datastream=stream.pk + 1)

    assert "1 个观测值" in str(Owners().run()[0])
