# SPDX-License-Identifier: Apache-2.0
"""What the portal has the worker do every day: the letters with what waits."""

from __future__ import annotations

from datetime import datetime

from shanhai.kernel.actors import Actor
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import Daily
from shanhai.portal.services import send_digests


class Digests(Daily):
    """The letters with what waits."""

    key = "portal.digests"
    label = message(gettext_noop("发送待办摘要邮件"))
    after = "08:00"

    def run(self, *, by: Actor, at: datetime) -> str:
        """Send them, and say how many."""
        return str(send_digests(by=by, at=at))
