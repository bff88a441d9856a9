# SPDX-License-Identifier: Apache-2.0
"""Publishing events and delivering them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from shanhai.base.outbox.models import Delivery, Event
from shanhai.kernel.actors import Actor
from shanhai.kernel.registry import registries

log = structlog.get_logger("shanhai.outbox")

MAX_ATTEMPTS = 10
KEPT = timedelta(days=90)
PURGED_AT_ONCE = 5000
_LONGEST_WAIT = timedelta(hours=6)


@transaction.atomic
def publish(*, by: Actor, at: datetime, name: str, payload: Mapping[str, Any]) -> Event:
    """Record that ``name`` happened, with one delivery per registered subscriber, in the caller's transaction.

    ``payload`` holds plain JSON values and references, never personal data by value.
    """
    event = Event.objects.create(name=name, payload={**payload, "by": by.ref}, happened_at=at)
    Delivery.objects.bulk_create(
        Delivery(event=event, subscriber=subscriber.key, next_at=at)
        for subscriber in registries.subscribers
        if subscriber.event == name
    )
    return event


def deliver_due(*, by: Actor, at: datetime, limit: int = 100) -> int:
    """Deliver up to ``limit`` open deliveries that are due, and answer how many were tried.

    Each is claimed, handled and marked in one transaction: a worker killed in between leaves it open and without
    effect, and two workers never handle one delivery at the same time.
    """
    tried = 0
    while tried < limit and _deliver_next(at=at):
        tried += 1
    return tried


@transaction.atomic
def purge_delivered(*, by: Actor, at: datetime) -> int:
    """Delete events older than 90 days of which nothing is open; what was given up stays.

    Takes at most ``PURGED_AT_ONCE``, the oldest first, and answers how many went: call it again from time to time.
    """
    undelivered = Delivery.objects.filter(event=OuterRef("pk"), delivered_at=None)
    old = Event.objects.filter(~Exists(undelivered), happened_at__lt=at - KEPT).order_by("happened_at", "pk")
    going = list(old.values_list("pk", flat=True)[:PURGED_AT_ONCE])
    return Event.objects.filter(pk__in=going).delete()[1].get("outbox.Event", 0)


def _deliver_next(*, at: datetime) -> bool:
    with transaction.atomic():
        due = Delivery.objects.filter(delivered_at=None, given_up_at=None, next_at__lte=at)
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True, of=("self",))
        delivery = due.select_related("event").order_by("next_at", "pk").first()
        if delivery is None:
            return False
        subscriber = registries.subscribers.get(delivery.subscriber)
        try:
            with transaction.atomic():
                if subscriber is not None:
                    subscriber.handle(payload=delivery.event.payload, event_id=delivery.event.uuid, at=at)
        except Exception as error:  # a subscriber's fault must not stop the others
            _put_off(delivery, error=error, at=at)
        else:
            delivery.delivered_at = at
        delivery.attempts += 1
        delivery.save(update_fields=["attempts", "next_at", "delivered_at", "given_up_at", "last_error"])
        return True


def _put_off(delivery: Delivery, *, error: Exception, at: datetime) -> None:
    delivery.last_error = f"{type(error).__name__}: {error}"[:2000]
    log.warning(
        "delivery failed", event_name=delivery.event.name, subscriber=delivery.subscriber, error=delivery.last_error
    )
    if delivery.attempts + 1 >= MAX_ATTEMPTS:
        delivery.given_up_at = at
    else:
        delivery.next_at = at + min(timedelta(seconds=2 ** (delivery.attempts + 1)), _LONGEST_WAIT)
