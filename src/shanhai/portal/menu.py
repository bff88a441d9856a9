# SPDX-License-Identifier: Apache-2.0
"""The lines of the menu that lead to pages shared by all apps."""

from shanhai.base.accounts.permissions import Permission
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import MenuItem

LINES = (
    MenuItem("today", message(gettext_noop("今日")), "home", Permission.PROGRAMME_VIEW.value, order=10),
    MenuItem("inbox", message(gettext_noop("待办")), "inbox", Permission.PROGRAMME_VIEW.value, order=12),
    MenuItem("audit", message(gettext_noop("操作记录")), "audit-trail", Permission.AUDIT_VIEW.value, order=800),
)
