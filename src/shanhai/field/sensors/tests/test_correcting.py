# SPDX-License-Identifier: Apache-2.0
"""What is changed, taken away or set apart is counted anew."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shanhai.base.audit.models import AuditRow
from shanhai.field.sensors.models import Observation
from shanhai.field.sensors.store.selectors.reading import list_days, list_hours, list_rows
from shanhai.field.sensors.store.services.correcting import correct, quarantine, remove
from shanhai.field.sensors.store.services.taking import take_in
from shanhai.field.sensors.tests.streams import SECOND, START, WRITER, a_stream, came, readings
from shanhai.field.sensors.tests.test_taking_in import counted_anew, rolled_up
from shanhai.field.sensors.values import HOUR, Quality, instant_of
from shanhai.kernel.actors import NOBODY, system
from shanhai.kernel.errors import BadInput, Conflict, NotAllowed, NotVisible, Refused
from tests.cast import AT

pytestmark = pytest.mark.django_db
KEEPER = system("keeper", ("sensor.view", "sensor.write", "sensor.manage"))


def row_at(stream, second):
    return stream.observations.get(time=START + second * SECOND)


def test_a_corrected_number_is_counted_anew_and_the_trail_keeps_the_old():
    stream = a_stream()
    came(stream, [(0, 1.0), (600, 2.0), (4000, 3.0)])

    correct(observation=row_at(stream, 4000).pk, changes={"number": 9.0}, by=WRITER, at=AT)

    stream.refresh_from_db()
    assert rolled_up(stream) == counted_anew(stream)
    assert stream.last_number == 9.0
    assert AuditRow.objects.latest("seq").changes["number"] == [3.0, 9.0]


def test_one_moved_to_another_hour_leaves_its_own():
    stream = a_stream()
    came(stream, [(0, 1.0), (7200, 2.0)])

    correct(observation=row_at(stream, 7200).pk, changes={"time": START + 60 * SECOND}, by=WRITER, at=AT)

    stream.refresh_from_db()
    assert rolled_up(stream) == counted_anew(stream) == {(START // HOUR, 2, 1.0, 2.0, 3.0)}
    assert (stream.last_time, stream.phenomenon_end) == (START + 60 * SECOND,) * 2
    with pytest.raises(Conflict):
        correct(observation=row_at(stream, 60).pk, changes={"time": START}, by=WRITER, at=AT)
    # Else all that come after it would be late.
    with pytest.raises(BadInput):
        correct(observation=row_at(stream, 60).pk, changes={"time": instant_of(AT) + 30 * 24 * HOUR}, by=WRITER, at=AT)


def test_one_taken_away_is_gone_from_all_that_counted_it():
    stream = a_stream()
    came(stream, [(0, 1.0), (600, 2.0)])

    remove(observations=[row_at(stream, 600).pk], by=WRITER, at=AT)
    stream.refresh_from_db()
    assert (stream.count, stream.last_number, stream.phenomenon_end) == (1, 1.0, START)
    assert rolled_up(stream) == counted_anew(stream)

    remove(observations=[row_at(stream, 0).pk], by=WRITER, at=AT)
    stream.refresh_from_db()
    assert (stream.count, stream.last_time, stream.phenomenon_begin, rolled_up(stream)) == (0, None, None, set())


def test_ends_and_times_of_results_are_looked_for_only_where_there_are_any():
    plain, lasting = a_stream(), a_stream()
    came(plain, [(0, 1.0), (600, 2.0)])
    beside = {"ends": [None, START + 900 * SECOND], "result_times": [START, START + 950 * SECOND]}
    take_in(readings=readings(lasting, [(0, 1.0), (600, 2.0)], **beside), by=WRITER, at=AT)

    with CaptureQueriesContext(connection) as asked:
        remove(observations=[row_at(plain, 600).pk], by=WRITER, at=AT)
    assert not any('MAX("sensors_observation"."end")' in one["sql"] for one in asked)
    remove(observations=[row_at(lasting, 600).pk], by=WRITER, at=AT)
    lasting.refresh_from_db()
    assert (lasting.phenomenon_end, lasting.result_begin, lasting.result_end) == (START, START, START)

    correct(observation=row_at(lasting, 0).pk, changes={"end": START + 60 * SECOND}, by=WRITER, at=AT)
    correct(observation=row_at(plain, 0).pk, changes={"result_time": START + SECOND}, by=WRITER, at=AT)
    plain.refresh_from_db(), lasting.refresh_from_db()
    assert (lasting.phenomenon_end, plain.result_begin) == (START + 60 * SECOND, START + SECOND)


def test_what_is_set_apart_stays_and_comes_back():
    stream = a_stream()
    came(stream, [(second * 600, float(second)) for second in range(20)])
    part = {"datastream": stream.pk, "begin": START + 3600 * SECOND, "end": START + 9000 * SECOND, "at": AT}

    assert quarantine(**part, apart=True, because="探头被雪埋了", by=KEEPER) == 9
    assert quarantine(**part, apart=True, because="再说一次", by=KEEPER) == 0
    stream.refresh_from_db()
    assert stream.count == 20
    assert rolled_up(stream) == counted_anew(stream)
    assert sum(hour.count for hour in list_hours(datastream=stream.pk, begin=0, end=START * 2)) == 11
    assert row_at(stream, 3600).quality == Quality.QUARANTINED

    assert quarantine(**part, apart=False, because="查过，数是对的", by=KEEPER) == 9
    assert sum(hour.count for hour in list_hours(datastream=stream.pk, begin=0, end=START * 2)) == 20
    assert not Observation.objects.exclude(quality=0).exists()


def test_setting_apart_needs_the_office_a_reason_and_an_interval():
    stream = a_stream()
    part = {"datastream": stream.pk, "begin": START, "end": START + 1, "apart": True, "at": AT}

    with pytest.raises(NotVisible):
        quarantine(**part, because="因为", by=NOBODY)
    with pytest.raises(NotAllowed):
        quarantine(**part, because="因为", by=WRITER)
    with pytest.raises(BadInput):
        quarantine(**part, because=" ", by=KEEPER)
    with pytest.raises(Refused):
        quarantine(**{**part, "end": START}, because="因为", by=KEEPER)


def test_strangers_change_nothing():
    stream = a_stream(published=True)
    came(stream, [(0, 1.0)])
    key = row_at(stream, 0).pk

    for by in (NOBODY, system("viewer", ("sensor.view",))):
        with pytest.raises(NotAllowed):
            correct(observation=key, changes={"number": 2.0}, by=by, at=AT)
        with pytest.raises(NotAllowed):
            remove(observations=[key], by=by, at=AT)
    with pytest.raises(NotVisible):
        remove(observations=[key + 1], by=WRITER, at=AT)


def test_ranges_hours_and_days_are_read_in_one_query_each(django_assert_num_queries):
    stream = a_stream()
    # From 22:00 to 04:00 of the next day, in Shanghai.
    begin = 14 * 3600
    came(stream, [(begin + step * 600, float(step)) for step in range(36)])

    with django_assert_num_queries(1):
        days = list_days(datastream=stream.pk, begin=START, end=START + 48 * HOUR)
    with django_assert_num_queries(1):
        rows = list_rows(datastream=stream.pk, begin=START, end=START + 48 * HOUR, limit=5, newest_first=True)

    assert [(day.count, day.mean, day.low, day.high) for day in days] == [(12, 5.5, 0, 11), (24, 23.5, 12, 35)]
    assert days[1].begin == START + 16 * HOUR
    assert [row.number for row in rows] == [35.0, 34.0, 33.0, 32.0, 31.0]
    assert len(list_hours(datastream=stream.pk, begin=START + 1, end=START + 48 * HOUR)) == 6
