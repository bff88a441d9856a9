# SPDX-License-Identifier: Apache-2.0
"""What answers a query since it was last looked at becomes a delivery."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.base.formats import say
from shanhai.field.traceability.models import Delivery, Event, Subscription
from shanhai.field.traceability.query.rules.matching import matches
from shanhai.field.traceability.query.rules.problems import kind_of
from shanhai.field.traceability.query.selectors.named import parsed
from shanhai.field.traceability.query.selectors.narrowing import in_view, narrow, newest
from shanhai.field.traceability.store.values import instant_of
from shanhai.field.traceability.subscriptions.rules.schedule import next_time, read_schedule
from shanhai.field.traceability.subscriptions.selectors.subscriptions import viewer_of
from shanhai.field.traceability.subscriptions.values import Why
from shanhai.kernel.actors import NOBODY, Actor
from shanhai.kernel.errors import DomainError

# Subscriptions at a time, events that one is looked for at a time, deliveries that may wait before it looks on.
_AT_ONCE, _LOOKED_AT, _WAITING = 20, 2000, 50
_PAUSE = timedelta(minutes=1)


def wake(*, by: Actor, at: datetime) -> None:
    """Events came: look for every stream. One query."""
    Subscription.objects.filter(stream=True, stopped_at=None).update(due_at=at)


def look_due(*, by: Actor, at: datetime) -> int:
    """Look for the subscriptions that are due, each in a transaction of its own; answers how many. One for none."""
    due = Subscription.objects.filter(due_at__lte=at, stopped_at=None).order_by("due_at", "pk")
    return sum(_look(pk, by=by, at=at) for pk in list(due.values_list("pk", flat=True)[:_AT_ONCE]))


def stop(*, subscription: Subscription, why: Why, status: int = 0, by: Actor, at: datetime) -> None:
    """End a subscription and say why; what it still should have got is told by ``since``."""
    undelivered = [pk for one in subscription.deliveries.order_by("pk") for pk in one.events[:1]]
    first = Event.objects.filter(pk__in=undelivered).order_by("pk").values_list("recorded", flat=True).first()
    subscription.stopped_at, subscription.because = at, f"{why} {status}"
    subscription.since = instant_of(subscription.looked_at or subscription.made_at) if first is None else first
    subscription.deliveries.all().delete()
    subscription.save(update_fields=["stopped_at", "because", "since"])
    facts = {"because": why.value}
    audit.record(by=by, at=at, action="traceability.subscription.stopped", on=subscription.subject(), changes=facts)


@transaction.atomic
def _look(pk: int, *, by: Actor, at: datetime) -> bool:
    rows = Subscription.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
    one = rows.select_related("query__party__programme").filter(pk=pk, due_at__lte=at, stopped_at=None).first()
    if one is None:
        return False
    viewer = viewer_of(one)
    if viewer is NOBODY:
        stop(subscription=one, why=Why.CREDENTIAL, by=by, at=at)
        return True
    if one.deliveries.count() >= _WAITING:
        # What it has is enough to wait for; the cursor stays where it is.
        one.due_at = at + _PAUSE
    else:
        _gather(one, viewer, at=at)
    one.looked_at = at
    one.save(update_fields=["due_at", "cursor", "looked_at", "problem"])
    return True


def _gather(one: Subscription, viewer: Actor, *, at: datetime) -> None:
    """Deliveries of what is new, or of why it could not be found; and when to look next."""
    try:
        found, done = _found(one, viewer)
    except DomainError as error:
        found, done = [], True
        if one.problem != error.code:
            Delivery.objects.create(subscription=one, problem=_problem(error), next_at=at, made_at=at)
        one.problem = error.code
    else:
        one.problem = ""
        if found or (done and one.report_if_empty and not one.stream):
            Delivery.objects.create(subscription=one, events=found, next_at=at, made_at=at)
    if not done:
        one.due_at = at
    else:
        one.due_at = None if one.stream else next_time(read_schedule(one.schedule), at)


def _problem(error: DomainError) -> dict[str, Any]:
    """In the form of RFC 7807."""
    title, status = HTTPStatus(error.status).phrase, int(error.status)
    kind = f"epcisException:{kind_of(error)}"
    return {"type": kind, "title": title, "status": status, "detail": say(error.message)}


def _found(one: Subscription, viewer: Actor) -> tuple[list[int], bool]:
    """The events beyond the cursor that answer, and whether that is all. It moves the cursor."""
    query, bound = parsed(one.query), newest()
    events = Event.objects.visible_to(viewer).filter(pk__gt=one.cursor, pk__lte=bound, recorded__gte=one.since)
    narrowed = narrow(in_view(events, declared=query.declared), query.conditions)
    rows = narrowed.events.order_by("pk").values_list("pk", "recorded", "content")[:_LOOKED_AT]
    found: list[int] = []
    read = last = 0
    for pk, recorded, text in rows:
        read, last = read + 1, pk
        if matches(query.conditions, json.loads(text, parse_float=Decimal), recorded=recorded):
            found.append(pk)
    done = read < _LOOKED_AT
    one.cursor = bound if done else last
    return found, done
