# SPDX-License-Identifier: Apache-2.0
"""Deliveries are claimed, sent, and marked: taken, to be tried again ever later, or given up."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from decimal import Decimal

import orjson
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef

from shanhai.field.traceability.models import Delivery, Event
from shanhai.field.traceability.query.rules.documents import document
from shanhai.field.traceability.query.rules.formats import EpcFormat
from shanhai.field.traceability.subscriptions.rules.signing import signature
from shanhai.field.traceability.subscriptions.services.looking import stop
from shanhai.field.traceability.subscriptions.values import Letter, NotTaken, Why
from shanhai.kernel.actors import Actor

# A claim is left to who has it for so long; then, killed or hanging, they have lost it.
_LEASE = timedelta(minutes=5)
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=15), timedelta(hours=6)


def claim_due(*, by: Actor, at: datetime, most: int) -> list[Letter]:
    """Claim deliveries that are due, the oldest of each subscription, at most so many. One query for none."""
    earlier = Delivery.objects.filter(subscription=OuterRef("subscription"), pk__lt=OuterRef("pk"))
    due = Delivery.objects.filter(~Exists(earlier), next_at__lte=at, subscription__stopped_at=None)
    if most < 1 or not due.exists():
        return []
    with transaction.atomic():
        rows = due.select_for_update(skip_locked=True, of=("self",), no_key=True)
        claimed = list(rows.select_related("subscription__query").order_by("next_at", "pk")[:most])
        for row in claimed:
            row.attempts, row.next_at = row.attempts + 1, at + _LEASE
            row.save(update_fields=["attempts", "next_at"])
    return [_letter(row, at=at) for row in claimed]


@transaction.atomic
def note_taken(*, letter: Letter, by: Actor, at: datetime) -> None:
    """They have it. What the letter left of the delivery goes next."""
    row = _held(letter)
    if row is None:
        return
    row.events = row.events[letter.events :]
    row.subscription.notified_at = at
    row.subscription.save(update_fields=["notified_at"])
    if not row.events:
        row.delete()
        return
    row.attempts, row.next_at, row.because = 0, at, ""
    row.save(update_fields=["events", "attempts", "next_at", "because"])


@transaction.atomic
def note_failed(*, letter: Letter, error: NotTaken, by: Actor, at: datetime) -> None:
    """They have it not: fewer events at a time where they say that it was too large, else again ever later.

    After the attempts of a setting, or where they say that nobody is there any more, the subscription stops.
    """
    row = _held(letter)
    if row is None:
        return
    of = row.subscription
    if error.why == Why.TOO_LARGE and letter.events > 1:
        of.batch = letter.events // 2
        of.save(update_fields=["batch"])
        row.attempts, row.next_at = 0, at
    elif error.why == Why.GONE or row.attempts >= settings.TRACE_WEBHOOK_ATTEMPTS:
        stop(subscription=of, why=error.why, status=error.status, by=by, at=at)
        return
    else:
        row.next_at = at + min(_FIRST_WAIT * 2 ** min(row.attempts - 1, 20), _LONGEST_WAIT)
    row.because = f"{error.why} {error.status}"
    row.save(update_fields=["attempts", "next_at", "because"])


def _letter(row: Delivery, *, at: datetime) -> Letter:
    of = row.subscription
    if row.problem is not None:
        body, some = orjson.dumps(row.problem), []
    else:
        some = row.events[: of.batch]
        found = Event.objects.filter(pk__in=some).order_by("pk").values_list("content", "recorded")
        events = [(json.loads(text, parse_float=Decimal), recorded) for text, recorded in found]
        wanted = EpcFormat(of.epc_format)
        body = document(events, name=of.query.name, wanted=wanted, at=at, subscription=str(of.uuid))
    return Letter(row.pk, len(some), of.dest, body, signature(body, of.secret) if of.secret else "")


def _held(letter: Letter) -> Delivery | None:
    """The delivery, held; None where the subscription has ended meanwhile."""
    rows = Delivery.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("subscription__query__party__programme").filter(pk=letter.key).first()
