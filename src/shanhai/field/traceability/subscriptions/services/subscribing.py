# SPDX-License-Identifier: Apache-2.0
"""Subscriptions begin and end."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.field.traceability.models import NamedQuery, Subscription
from shanhai.field.traceability.query.rules.formats import EpcFormat
from shanhai.field.traceability.query.selectors.named import parsed
from shanhai.field.traceability.query.selectors.narrowing import newest
from shanhai.field.traceability.query.services.named import require_acting
from shanhai.field.traceability.store.values import instant_of
from shanhai.field.traceability.subscriptions.rules.schedule import next_time, read_schedule
from shanhai.field.traceability.subscriptions.rules.wishes import Wish, require_open_end
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import Refused
from shanhai.kernel.messages import gettext_noop


@transaction.atomic
def subscribe(*, query: NamedQuery, wish: Wish, epc_format: EpcFormat, by: Actor, at: datetime) -> Subscription:
    """Tell somebody of what answers the query from now on, or of what was recorded since ``wish.initial``.

    It looks at events as the credential does with which it is made. Raises BadInput, Refused beyond the setting,
    NotAllowed.
    """
    require_acting(party=query.party, by=by, at=at)
    require_open_end(parsed(query))
    if Subscription.objects.filter(query__party=query.party).count() >= settings.TRACE_SUBSCRIPTIONS_MOST:
        text = gettext_noop("一家最多有 %(most)s 个订阅。请先删去不用的。")
        raise Refused(text, "traceability.epcis_too_many_subscriptions", most=settings.TRACE_SUBSCRIPTIONS_MOST)
    past = wish.initial is not None and wish.initial < at
    made = Subscription.objects.create(
        query=query,
        dest=wish.dest,
        secret=wish.secret,
        stream=wish.stream,
        schedule=dict(wish.schedule),
        report_if_empty=wish.report_if_empty,
        epc_format=epc_format.value,
        initial=wish.initial,
        since=instant_of(wish.initial) if wish.initial else 0,
        cursor=0 if past else newest(),
        due_at=(at if past else None) if wish.stream else next_time(read_schedule(wish.schedule), at),
        batch=settings.TRACE_WEBHOOK_BATCH,
        made_at=at,
        made_by=by.ref,
    )
    audit.record(by=by, at=at, action="traceability.subscription.began", on=made.subject())
    return made


@transaction.atomic
def unsubscribe(*, subscription: Subscription, by: Actor, at: datetime) -> None:
    """Tell them no more. Raises NotAllowed."""
    require_acting(party=subscription.query.party, by=by, at=at)
    subject = subscription.subject()
    subscription.delete()
    audit.record(by=by, at=at, action="traceability.subscription.ended", on=subject)
