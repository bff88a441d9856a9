# SPDX-License-Identifier: Apache-2.0
"""The line of the menu."""

from __future__ import annotations

from shanhai.base.accounts.permissions import Permission
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import MenuItem

MENU = MenuItem("seasons", message(gettext_noop("施工季")), "seasons:page", Permission.PROGRAMME_VIEW.value, order=36)
