# SPDX-License-Identifier: Apache-2.0
"""What the portal adds to the menu, to the shared pages, and to the work of every day: the letters with what waits."""

from __future__ import annotations

from datetime import datetime

from shanhai.base.accounts.permissions import Permission
from shanhai.kernel import proofs
from shanhai.kernel.actors import Actor
from shanhai.kernel.beats import Daily
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import Asked, Filled, MenuItem, Panel
from shanhai.portal.services import send_digests
from shanhai.registers.ledger.permissions import FundPermission


def headlines(asked: Asked) -> Filled:
    """The figures that families put first on the page."""
    figures = proofs.headlines(asked.viewer, asked.scope, asked.page)
    return Filled("portal/panels/headlines.html", {"figures": figures}, 8 if asked.page == "today" else 7)


def waiting(asked: Asked) -> Filled:
    """Where what waits for the viewer will stand; the page does not wait for it."""
    return Filled("portal/panels/waiting.html", {}, columns=4)


PANELS = (
    # On a phone they stand one below the other: what waits comes before the figures.
    Panel("portal.waiting", "today", 10, waiting),
    Panel("portal.headlines", "today", 20, headlines, FundPermission.VIEW.value),
    Panel("portal.headlines.funds", "funds", 20, headlines),
)


MENU = (
    MenuItem("today", message(gettext_noop("今日")), "home", Permission.PROGRAMME_VIEW.value, order=10),
    MenuItem("inbox", message(gettext_noop("待办")), "inbox", Permission.PROGRAMME_VIEW.value, order=12),
    MenuItem("audit", message(gettext_noop("操作记录")), "audit-trail", Permission.AUDIT_VIEW.value, order=800),
)


class Digests(Daily):
    """The letters with what waits."""

    key = "portal.digests"
    label = message(gettext_noop("发送待办摘要邮件"))
    after = "08:00"

    def run(self, *, by: Actor, at: datetime) -> str:
        """Send them, and say how many."""
        return str(send_digests(by=by, at=at))
