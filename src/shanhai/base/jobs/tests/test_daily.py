# SPDX-License-Identifier: Apache-2.0
"""The work of every day: once a day, by one worker, again when it failed."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.test import Client

from shanhai.base.jobs import services as daily
from shanhai.base.jobs.models import DailyRun
from shanhai.base.jobs.selectors import list_daily
from shanhai.kernel.actors import system
from shanhai.kernel.beats import Daily
from shanhai.kernel.messages import message
from shanhai.kernel.registry import Registry, registries
from tests.cast import ADMIN, DEPUTY, a_user

pytestmark = pytest.mark.django_db
BY = system("worker")
# 07:29 and 07:31 in Shanghai.
EARLY, LATER = datetime(2026, 11, 21, 23, 29, tzinfo=UTC), datetime(2026, 11, 21, 23, 31, tzinfo=UTC)


@pytest.fixture
def done(monkeypatch):
    """One work of every day; what it was called with, in order. It fails while ``fails`` is there."""
    calls, only = [], Registry(Daily)

    def run(by, at):
        calls.append(at)
        if (at + timedelta(0)) in fails:
            raise OSError("no route to host")
        return "3 letters"

    fails = set()
    only.add(SimpleNamespace(key="test.letters", label=message("信"), after="07:30", run=run))
    monkeypatch.setattr(registries, "daily", only)
    return calls, fails


def test_it_is_done_once_a_day_after_its_hour(done):
    calls, _ = done

    tried = [
        daily.do_daily(by=BY, at=at) for at in (EARLY, LATER, LATER + timedelta(hours=3), LATER + timedelta(days=1))
    ]

    assert tried == [0, 1, 0, 1]
    assert calls == [LATER, LATER + timedelta(days=1)]
    run = DailyRun.objects.get()
    assert (str(run.done_on), run.outcome, run.failed) == ("2026-11-23", "3 letters", False)


def test_what_failed_is_said_and_tried_again_within_the_hour_after(done):
    calls, fails = done
    fails.add(LATER)

    daily.do_daily(by=BY, at=LATER)
    run = DailyRun.objects.get()
    failed = (run.done_on, run.outcome, run.failed)
    tried = [daily.do_daily(by=BY, at=LATER + timedelta(minutes=minutes)) for minutes in (1, 59, 61, 120)]

    assert failed == (None, "OSError: no route to host", True)
    assert tried == [0, 0, 1, 0]
    assert len(calls) == 2


def test_what_a_killed_worker_had_taken_is_taken_again(done):
    calls, _ = done
    DailyRun.objects.create(key="test.letters", tried_at=LATER - timedelta(hours=2))

    assert daily.do_daily(by=BY, at=LATER) == 1
    assert calls == [LATER]


def test_what_another_worker_is_at_is_left_to_it(done):
    calls, _ = done
    DailyRun.objects.create(key="test.letters", tried_at=LATER - timedelta(minutes=5))

    assert daily.do_daily(by=BY, at=LATER) == 0
    assert calls == []


def test_only_who_manages_users_sees_how_it_stands(done, django_assert_num_queries):
    daily.do_daily(by=BY, at=LATER)

    with django_assert_num_queries(1):
        ((one, row),) = list_daily(viewer=ADMIN)

    assert (one.after, row.outcome, row.failed) == ("07:30", "3 letters", False)
    assert list_daily(viewer=DEPUTY) == ()


def test_the_page_of_jobs_shows_it_to_the_administrator(done):
    daily.do_daily(by=BY, at=LATER)
    client = Client()
    client.force_login(a_user("administrator"), backend="allauth.account.auth_backends.AuthenticationBackend")

    assert "3 letters" in client.get("/jobs/").content.decode()


def test_all_work_of_every_day_is_registered_with_an_hour_that_can_be_read():
    found = {one.key: datetime.strptime(one.after, "%H:%M").hour for one in registries.daily}  # noqa: DTZ007

    assert found == {
        "sensors.archive": 2,
        "codes.erase_tallies": 3,
        "map.clear": 3,
        "traceability.captures": 3,
        "documents.half_taken": 3,
        "people.erase_due": 3,
        "secondments.erase_due": 3,
        "conduct.health": 3,
        "conduct.integrity": 3,
        "conduct.leave": 3,
        "visits.erase_due": 3,
        "handovers.refresh": 4,
        "warnings.evaluate": 4,
        "portal.digests": 8,
    }
