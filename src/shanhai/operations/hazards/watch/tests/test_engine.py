# SPDX-License-Identifier: Apache-2.0
"""What comes is judged once, in the order of its time, whoever asks how often; and what cannot be judged says so."""

from datetime import timedelta

import numpy as np
import pytest

from shanhai.field.sensors.store.services.taking import take_in
from shanhai.field.sensors.store.values import Readings
from shanhai.field.sensors.values import instant_of
from shanhai.kernel.actors import system
from shanhai.operations.hazards.criteria.values import Judged
from shanhai.operations.hazards.models import Incident, Judgement, SiteTrack, Track
from shanhai.operations.hazards.states import SiteState
from shanhai.operations.hazards.tests.builders import a_point, a_site, a_threshold_set
from shanhai.operations.hazards.values import Lack, Level, Quantity
from shanhai.operations.hazards.watch import services
from shanhai.operations.hazards.watch.selectors import due_sites, judged_until
from shanhai.operations.hazards.watch.services import judge_due
from tests.cast import AT

pytestmark = pytest.mark.django_db
WRITER = system("writer", ("sensor.write",))
ENGINE = system("hazards", ("hazard.view", "hazard.duty"))
MINUTE = timedelta(minutes=1)


def reference(*points, rate=0.5):
    """Thresholds with an approved reference for each point."""
    known = {"rate": rate, "spread": 0.1, "approved": True, "source": "2025 年平稳段"}
    return {"references": {str(one.uuid): known for one in points}, "combination": {"neighbours": {"red": 0}}}


def send(point, values, *, until=AT, every=10 * MINUTE):
    """Readings of a point, ``every`` so often, the last one at ``until``."""
    end, step, count = instant_of(until), every // timedelta(microseconds=1), len(values)
    times = end - step * np.arange(count - 1, -1, -1)
    of = np.full(count, point.datastream_id)
    take_in(readings=Readings(of, times, np.array(values, float)), by=WRITER, at=until)


def creep(days, rate=0.5, begin=100.0):
    """Ten-minute readings of a slope that moves ``rate`` mm a day."""
    return [begin + rate * number / 144 for number in range(days * 144)]


def collapse(hours, begin):
    """Ten-minute readings that speed up until they are many times as fast."""
    return [begin + 0.02 * 1.3 ** (number / 2) for number in range(hours * 6)]


def track_of(site):
    return SiteTrack.objects.get(site=site)


def test_a_slope_that_speeds_up_is_proposed_once_with_its_numbers():
    site = a_site()
    point = a_point(site)
    a_threshold_set(site, numbers=reference(point))
    send(point, creep(10), until=AT - timedelta(hours=12))
    judge_due(by=ENGINE, at=AT - timedelta(hours=12))
    quiet = track_of(site)
    send(point, collapse(12, creep(10)[-1]), until=AT)

    first = judge_due(by=ENGINE, at=AT)
    again = judge_due(by=ENGINE, at=AT)

    assert (quiet.level, quiet.lack) == (Level.NONE, "")
    assert (first.sites, first.readings, again.sites) == (1, 72, 0)
    risen = track_of(site)
    assert risen.level == Level.RED
    (incident,) = Incident.objects.all()
    assert (incident.proposed, incident.proposed_by, incident.exercise) == (Level.RED, "system:hazards", False)
    assert any(one["code"] == "rate" and one["numbers"] for one in incident.reasons)
    levels = [one.level for one in Judgement.objects.order_by("pk")]
    assert levels[-1] == Level.RED
    assert len(levels) == len({(one.time, one.level) for one in Judgement.objects.all()})


def test_cut_in_any_way_the_answer_is_the_same(settings):
    whole, cut = a_site("whole"), a_site("cut")
    points = {site: a_point(site) for site in (whole, cut)}
    for site, point in points.items():
        a_threshold_set(site, numbers=reference(point))
    values = creep(8) + collapse(10, creep(8)[-1])
    begin = AT - 10 * MINUTE * (len(values) - 1)
    for one in (1, 2, 30, 500, len(values)):
        until = begin + 10 * MINUTE * (one - 1)
        start = track_count(points[cut])
        send(points[cut], values[start:one], until=until)
        judge_due(by=ENGINE, at=until)
    send(points[whole], values, until=AT)
    judge_due(by=ENGINE, at=AT)

    def told(site):
        return [(one.time, one.level, one.lack) for one in Judgement.objects.filter(site=site).order_by("pk")]

    memory = {site: Track.objects.get(point=point).memory for site, point in points.items()}
    assert memory[cut] == memory[whole]
    assert told(cut)[-1] == told(whole)[-1]
    assert [one for one in told(cut) if one[1]] == [one for one in told(whole) if one[1]]


def track_count(point):
    point.datastream.refresh_from_db()
    return point.datastream.count


def test_a_point_that_falls_silent_is_no_data_at_the_instant_of_its_limit():
    site = a_site()
    point = a_point(site)
    a_threshold_set(site, numbers=reference(point))
    send(point, creep(10), until=AT)
    judge_due(by=ENGINE, at=AT)

    before = judge_due(by=ENGINE, at=AT + timedelta(hours=3))
    after = judge_due(by=ENGINE, at=AT + timedelta(hours=3, minutes=1))

    assert (before.sites, after.sites) == (0, 1)
    track = track_of(site)
    assert (track.level, track.lack) == (None, Lack.NO_DATA)
    assert track.since == instant_of(AT + timedelta(hours=3)) + 1
    assert not Incident.objects.exists()


def test_a_site_whose_points_never_sent_anything_has_no_data():
    site = a_site()
    a_threshold_set(site, numbers=reference(a_point(site)))

    judge_due(by=ENGINE, at=AT)

    assert (track_of(site).level, track_of(site).lack) == (None, Lack.NO_DATA)


def test_without_thresholds_in_force_nothing_is_called_quiet():
    site = a_site()
    a_point(site)

    judge_due(by=ENGINE, at=AT)

    track = track_of(site)
    assert (track.level, track.lack, track.reasons) == (None, Lack.NOT_APPLICABLE, [{"code": "no_thresholds"}])
    assert due_sites(now=instant_of(AT + timedelta(days=300)), most=9) == []


def test_new_thresholds_judge_the_latest_past_anew():
    site = a_site()
    point = a_point(site)
    a_threshold_set(site, numbers=reference(point, rate=50))
    send(point, creep(12, rate=20), until=AT)
    judge_due(by=ENGINE, at=AT)
    calm = track_of(site)
    site.threshold_sets.update(state="retired")
    strict = a_threshold_set(site, numbers=reference(point, rate=0.5))
    SiteTrack.objects.update(due=0)

    judge_due(by=ENGINE, at=AT + MINUTE)

    track = track_of(site)
    assert (calm.level, track.thresholds_id) == (Level.NONE, strict.pk)
    assert track.level is not None
    assert track.level > Level.NONE


def test_a_burst_of_the_past_is_judged_and_proposes_nothing():
    site = a_site()
    point = a_point(site)
    a_threshold_set(site, numbers=reference(point))
    back = AT - timedelta(days=9)
    rising = creep(8) + collapse(10, creep(8)[-1])
    send(point, rising, until=back)
    send(point, creep(8, begin=rising[-1]), until=AT)

    judge_due(by=ENGINE, at=AT)

    assert max(one.level or 0 for one in Judgement.objects.all()) >= Level.ORANGE
    assert not Incident.objects.exists()


def test_a_point_set_apart_is_followed_and_decides_nothing():
    site = a_site()
    lying, other = a_point(site), a_point(site)
    a_threshold_set(site, numbers=reference(lying, other))
    lying.apart_at, lying.apart_because, lying.apart_by = AT, "探头松了", "user:engineer"
    lying.save()
    send(lying, creep(8) + collapse(10, creep(8)[-1]), until=AT)
    send(other, creep(9), until=AT)

    judge_due(by=ENGINE, at=AT)

    assert track_of(site).level == Level.NONE
    assert Track.objects.get(point=lying).time == instant_of(AT)
    assert max(one[1] or 0 for one in Track.objects.get(point=lying).conclusions) >= Level.ORANGE


def test_a_site_that_cannot_be_judged_says_so_and_holds_up_no_other(caplog):
    broken, sound = a_site("broken"), a_site("sound")
    a_threshold_set(broken, numbers={"angle": {"red": "many"}})
    point = a_point(sound)
    a_threshold_set(sound, numbers=reference(point))
    send(point, creep(10), until=AT)

    judge_due(by=ENGINE, at=AT)

    assert (track_of(broken).level, track_of(broken).lack) == (None, Lack.INVALID)
    assert track_of(broken).reasons[0]["code"] == "engine"
    assert track_of(sound).level == Level.NONE


def test_what_is_dated_ahead_of_the_clock_waits_for_its_time():
    site = a_site()
    point = a_point(site)
    a_threshold_set(site, numbers=reference(point))
    send(point, creep(10), until=AT)
    judge_due(by=ENGINE, at=AT)
    take_in(
        readings=Readings(
            np.array([point.datastream_id]), np.array([instant_of(AT + timedelta(hours=1))]), np.array([999.0])
        ),
        by=WRITER,
        at=AT,
    )

    now = judge_due(by=ENGINE, at=AT + MINUTE)
    then = judge_due(by=ENGINE, at=AT + timedelta(hours=1))

    assert (now.readings, then.readings) == (0, 1)


def test_a_device_whose_clock_is_ahead_hides_nothing_of_what_it_sends():
    site = a_site()
    point = a_point(site)
    a_threshold_set(site, numbers=reference(point))
    send(point, creep(10), until=AT)
    judge_due(by=ENGINE, at=AT)
    stepped = []
    for number in range(1, 7):
        now = AT + number * 10 * MINUTE
        # Each reading comes with the time of a clock that is a quarter of an hour ahead.
        ahead = Readings(
            np.array([point.datastream_id]), np.array([instant_of(now + 15 * MINUTE)]), np.array([105.0 + number])
        )
        take_in(readings=ahead, by=WRITER, at=now)
        stepped.append(judge_due(by=ENGINE, at=now).readings)

    assert stepped == [0, 0, 1, 1, 1, 1]


def test_a_line_that_hardly_falls_keeps_no_level_from_being_proposed():
    far = Judged(Level.YELLOW, None, [{"code": "inverse_velocity", "numbers": {"early": 1e15}}])
    soon = Judged(Level.YELLOW, None, [*far.reasons, {"numbers": {"early": (AT + MINUTE).timestamp()}}])

    assert services._expected(far, AT) is None
    assert services._expected(soon, AT) == AT + MINUTE


def test_more_than_a_batch_takes_is_judged_in_the_rounds_that_follow(monkeypatch):
    monkeypatch.setattr(services, "ROWS_AT_ONCE", 1000)
    site, later = a_site("a"), a_site("b")
    points = [a_point(site), a_point(later)]
    for one in points:
        a_threshold_set(one.site, numbers=reference(one))
        send(one, creep(10), until=AT)

    rounds = [judge_due(by=ENGINE, at=AT + MINUTE * number) for number in range(4)]

    assert sum(one.readings for one in rounds) == 2880
    assert [track_of(one).level for one in (site, later)] == [Level.NONE, Level.NONE]


def test_a_closed_site_is_not_judged_and_the_heartbeat_says_when_somebody_looked():
    a_site(state=SiteState.CLOSED)

    assert judged_until() is None
    assert judge_due(by=ENGINE, at=AT).sites == 0
    assert judged_until() == AT


def test_a_look_at_nothing_new_takes_two_questions(django_assert_max_num_queries):
    site = a_site()
    points = [a_point(site, quantity=one) for one in (Quantity.DISPLACEMENT, Quantity.RAIN)]
    a_threshold_set(site, numbers=reference(points[0]))
    judge_due(by=ENGINE, at=AT)

    with django_assert_max_num_queries(2):
        judge_due(by=ENGINE, at=AT)


def test_a_batch_of_sites_takes_as_many_questions_as_one(django_assert_max_num_queries):
    sites = [a_site(f"slope-{number}") for number in range(6)]
    points = [a_point(one) for one in sites]
    for point in points:
        a_threshold_set(point.site, numbers=reference(point))
        send(point, creep(9), until=AT)
    judge_due(by=ENGINE, at=AT)
    for point in points:
        send(point, [104.6], until=AT + 10 * MINUTE)

    with django_assert_max_num_queries(17):
        done = judge_due(by=ENGINE, at=AT + 10 * MINUTE)

    assert (done.sites, done.readings) == (6, 6)
