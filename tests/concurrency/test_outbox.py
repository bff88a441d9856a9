# SPDX-License-Identifier: Apache-2.0
"""Two workers look at one outbox. Without skipping what the other holds, one waits for it: see the control."""

import threading
import time
from collections import Counter
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.db import connection

from shanhai.base.outbox import selectors, services
from shanhai.base.outbox.models import Event
from shanhai.kernel.actors import system
from shanhai.kernel.registry import Registry, Subscriber, registries
from tests.cast import DEPUTY
from tests.concurrency.together import together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
WORKER = system("worker")


@pytest.fixture
def handled(monkeypatch):
    """How often each event was handled, counted outside of the database, and how many at once at most."""

    class Handled(Counter):
        within = most = 0
        lock = threading.Lock()

    seen = Handled()

    def handle(*, payload, event_id, at):
        with seen.lock:
            seen[payload["number"]] += 1
            seen.within += 1
            seen.most = max(seen.most, seen.within)
        time.sleep(0.02)
        Event.objects.create(name="effect", payload=payload, happened_at=at)
        with seen.lock:
            seen.within -= 1

    subscribers = Registry(Subscriber)
    subscribers.add(SimpleNamespace(key="test.count", event="test.happened", handle=handle))
    monkeypatch.setattr(registries, "subscribers", subscribers)
    return seen


def publish(count=30):
    for number in range(count):
        services.publish(by=DEPUTY, at=AT, name="test.happened", payload={"number": number})


def work():
    services.deliver_due(by=WORKER, at=AT)


def test_two_workers_share_the_work_and_handle_nothing_twice(handled):
    publish()

    together(work, work)

    assert handled == dict.fromkeys(range(30), 1)
    assert handled.most == 2
    assert selectors.count_open() == 0
    assert Event.objects.filter(name="effect").count() == 30


def test_control_without_a_lock_both_handle_the_same(handled, monkeypatch):
    monkeypatch.setattr(connection.features.__class__, "has_select_for_update_skip_locked", False)
    publish()

    together(work, work, may_fail=True)

    assert max(handled.values()) == 2
