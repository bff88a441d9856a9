# SPDX-License-Identifier: Apache-2.0
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import transaction

from shanhai.base.outbox import selectors, services
from shanhai.base.outbox.models import Delivery, Event
from shanhai.kernel.actors import system
from shanhai.kernel.registry import Registry, Subscriber, registries
from tests.cast import DEPUTY

pytestmark = pytest.mark.django_db
WORKER = system("worker")


@pytest.fixture
def handled(monkeypatch):
    """A registry with one subscriber that remembers what it was given, and fails while ``handled.failing``."""

    class Handled(list):
        failing = False

    seen = Handled()

    def handle(*, payload, event_id, at):
        Event.objects.create(name="effect", payload={}, happened_at=at)
        if seen.failing:
            raise RuntimeError("the letter could not be sent")
        seen.append(payload["project"])

    subscribers = Registry(Subscriber)
    subscribers.add(SimpleNamespace(key="test.remember", event="projects.project.moved", handle=handle))
    monkeypatch.setattr(registries, "subscribers", subscribers)
    return seen


def publish(at, project="p1"):
    return services.publish(by=DEPUTY, at=at, name="projects.project.moved", payload={"project": project})


def test_an_event_is_delivered_once(handled, at):
    publish(at)

    assert services.deliver_due(by=WORKER, at=at) == 1
    assert services.deliver_due(by=WORKER, at=at) == 0
    assert handled == ["p1"]
    assert selectors.count_open() == 0


def test_events_are_delivered_in_order(handled, at):
    publish(at, "first")
    publish(at + timedelta(seconds=1), "second")

    services.deliver_due(by=WORKER, at=at + timedelta(minutes=1))

    assert handled == ["first", "second"]


def test_what_did_not_happen_is_not_told(handled, at):
    sid = transaction.savepoint()
    publish(at)
    transaction.savepoint_rollback(sid)

    assert services.deliver_due(by=WORKER, at=at) == 0


def test_an_event_that_nobody_wants_is_kept_without_deliveries(handled, at):
    services.publish(by=DEPUTY, at=at, name="projects.project.renamed", payload={})

    assert Event.objects.count() == 1
    assert selectors.count_open() == 0


def test_a_failure_undoes_its_effects_and_waits_longer_each_time(handled, at):
    handled.failing = True
    publish(at)

    services.deliver_due(by=WORKER, at=at)
    first = Delivery.objects.get()
    services.deliver_due(by=WORKER, at=first.next_at)
    second = Delivery.objects.get()

    assert first.next_at - at == timedelta(seconds=2)
    assert second.next_at - first.next_at == timedelta(seconds=4)
    assert first.last_error == "RuntimeError: the letter could not be sent"
    assert not Event.objects.filter(name="effect").exists()


def test_after_ten_failures_it_is_given_up_and_its_error_kept(handled, at):
    handled.failing = True
    publish(at)
    for day in range(1, 11):
        services.deliver_due(by=WORKER, at=at + timedelta(days=day))

    delivery = Delivery.objects.get()
    assert delivery.attempts == 10
    assert delivery.given_up_at == at + timedelta(days=10)
    assert "letter" in delivery.last_error


def test_one_failing_subscriber_does_not_hold_back_others(handled, at):
    def fail(*, payload, event_id, at):
        raise RuntimeError

    registries.subscribers.add(SimpleNamespace(key="test.fail", event="projects.project.moved", handle=fail))
    publish(at)

    services.deliver_due(by=WORKER, at=at)

    assert handled == ["p1"]
    assert selectors.count_open() == 1


def test_a_subscriber_that_no_longer_exists_holds_nothing_back(handled, at, monkeypatch):
    publish(at)
    monkeypatch.setattr(registries, "subscribers", Registry(Subscriber))

    services.deliver_due(by=WORKER, at=at)

    assert selectors.count_open() == 0


def test_a_purge_takes_the_oldest_first_and_not_all_at_once(handled, at, monkeypatch):
    monkeypatch.setattr(services, "PURGED_AT_ONCE", 2)
    for day in range(3):
        services.publish(by=DEPUTY, at=at + timedelta(days=day), name="nobody.wants.this", payload={"day": day})

    first = services.purge_delivered(by=WORKER, at=at + timedelta(days=100))
    left = [event.payload["day"] for event in Event.objects.all()]
    second = services.purge_delivered(by=WORKER, at=at + timedelta(days=100))

    assert (first, left, second) == (2, [2], 1)


def test_delivered_events_go_after_ninety_days_and_open_ones_stay(handled, at):
    publish(at, "delivered")
    services.publish(by=DEPUTY, at=at, name="nobody.wants.this", payload={})
    services.deliver_due(by=WORKER, at=at)
    Event.objects.filter(name="effect").delete()
    handled.failing = True
    publish(at, "open")

    services.purge_delivered(by=WORKER, at=at + timedelta(days=89))
    kept = Event.objects.count()
    services.purge_delivered(by=WORKER, at=at + timedelta(days=91))

    assert kept == 3
    assert [event.payload["project"] for event in Event.objects.all()] == ["open"]
