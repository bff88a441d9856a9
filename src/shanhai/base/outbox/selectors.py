# SPDX-License-Identifier: Apache-2.0
"""What waits to be delivered. Operators ask this; it holds no personal data and has no viewer."""

from __future__ import annotations

from shanhai.base.outbox.models import Delivery


def count_open() -> int:
    """How many deliveries have neither been made nor given up."""
    return Delivery.objects.filter(delivered_at=None, given_up_at=None).count()
