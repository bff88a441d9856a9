# SPDX-License-Identifier: Apache-2.0
"""What the portal has the worker do every day: the letters with what waits."""

from __future__ import annotations

from datetime import datetime

from shanhai.kernel.actors import Actor
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import Daily
from shanhai.portal.services import send_digests


def digests(by: Actor, at: datetime) -> str:
    """Send the letters, and say how many."""
    return str(send_digests(by=by, at=at))


DIGESTS = Daily("portal.digests", message(gettext_noop("发送待办摘要邮件")), "08:00", digests)
