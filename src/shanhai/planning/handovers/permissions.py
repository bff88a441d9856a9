# SPDX-License-Identifier: Apache-2.0
"""The permissions of the app, and who keeps its lists."""

from __future__ import annotations

from enum import StrEnum

from shanhai.base.accounts.permissions import Permission
from shanhai.kernel.actors import system


class HandoverPermission(StrEnum):
    """What one may do here, within a scope; roles (``accounts.roles``) say who holds which."""

    MANAGE = "handover.manage"
    WAIVE = "handover.waive"


# Who keeps the lists up to date, whoever looks at them.
KEEPER = system("handovers", (Permission.PROGRAMME_VIEW.value, HandoverPermission.MANAGE.value))
