# SPDX-License-Identifier: Apache-2.0
"""Who is told of new answers to a query."""

from __future__ import annotations

from uuid import UUID

from shanhai.field.traceability.capture.selectors.credentials import actor_of_ref
from shanhai.field.traceability.models import NamedQuery, Subscription
from shanhai.kernel.actors import NOBODY, Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop

_MISSING = gettext_noop("这个查询没有这个订阅。请从 /queries/%(name)s/subscriptions 看有哪些。")


def subscription_of(*, query: NamedQuery, uuid: str) -> Subscription:
    """A subscription of a query that is seen. Raises NotVisible."""
    try:
        found = query.subscriptions.filter(uuid=UUID(uuid)).first()
    except ValueError:
        found = None
    if found is None:
        raise NotVisible(_MISSING, "traceability.epcis_no_such_subscription", name=query.name)
    return found


def list_subscriptions(*, query: NamedQuery, after: int, size: int) -> list[Subscription]:
    """Those of a query that is seen, in their order, beyond ``after``; one more than ``size``. One query."""
    return list(query.subscriptions.filter(pk__gt=after).order_by("pk")[: size + 1])


def viewer_of(subscription: Subscription) -> Actor:
    """In whose view of the events it is looked; NOBODY where the credential, or the party, is no more. One query."""
    return actor_of_ref(subscription.made_by) if subscription.query.party.ended_on is None else NOBODY
