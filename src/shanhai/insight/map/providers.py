# SPDX-License-Identifier: Apache-2.0
"""What the map offers the registries: names for the trail, a line of the menu."""

from __future__ import annotations

from shanhai.base.accounts.permissions import Permission
from shanhai.base.database.selectors import Things
from shanhai.insight.map.models import MapToken
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import MenuItem

MENU = MenuItem("map", message(gettext_noop("地图")), "map:desk", Permission.PROGRAMME_VIEW.value, order=80)
TOKENS = Things("map.maptoken", MapToken.objects.visible_to, lambda one: one.name, texts=("name",))
