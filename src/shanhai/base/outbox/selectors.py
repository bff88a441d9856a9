# SPDX-License-Identifier: Apache-2.0
"""What waits to be delivered. Operators ask this; it holds no personal data and has no viewer."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Min

from shanhai.base.outbox.models import Delivery


def count_open() -> int:
    """How many deliveries have neither been made nor given up."""
    return Delivery.objects.filter(delivered_at=None, given_up_at=None).count()


def count_given_up() -> int:
    """How many deliveries failed too often; their errors are kept."""
    return Delivery.objects.exclude(given_up_at=None).count()


def oldest_open_at() -> datetime | None:
    """When the oldest open delivery's event happened; None when nothing waits."""
    waiting = Delivery.objects.filter(delivered_at=None, given_up_at=None)
    oldest: datetime | None = waiting.aggregate(oldest=Min("event__happened_at"))["oldest"]
    return oldest
