# SPDX-License-Identifier: Apache-2.0
"""What this app offers to the registries: its line of the menu, and what it owes for the personal data it holds."""

from __future__ import annotations

from datetime import datetime

from shanhai.base.accounts.models import User
from shanhai.base.accounts.permissions import Permission
from shanhai.base.accounts.services import sessions, users
from shanhai.base.database.selectors import Things
from shanhai.kernel.actors import Actor
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import MenuItem, PersonalData

THINGS = Things("accounts.user", lambda _viewer: User.objects.all(), lambda user: user.name)
MENU = (
    MenuItem(
        key="accounts.users",
        label=message(gettext_noop("账号")),
        url_name="accounts:user-list",
        permission=Permission.USER_MANAGE,
        order=900,
    ),
)


class Users(PersonalData):
    """What a user owes."""

    key = "accounts.User"
    fields = ("username", "display_name", "email", "last_login")
    purpose = message(gettext_noop("让工作人员登录，并说明每件事是谁做的。"))
    keep_until = message(gettext_noop("账号停用满两年。"))

    def erase(self, *, by: Actor, at: datetime) -> int:
        """Erase users who have been inactive for two years."""
        return users.erase_due_users(by=by, at=at)


class OpenSessions(PersonalData):
    """What an open session owes."""

    key = "accounts.OpenSession"
    fields = ("browser", "signed_in_at")
    purpose = message(gettext_noop("让本人看到自己在哪些浏览器上登录着，并能退出。"))
    keep_until = message(gettext_noop("登录结束时。"))

    def erase(self, *, by: Actor, at: datetime) -> int:
        """Erase sessions that have ended."""
        return sessions.erase_ended(by=by, at=at)
