# SPDX-License-Identifier: Apache-2.0
"""What screens offer the registries: names for the trail."""

from __future__ import annotations

from shanhai.base.database.selectors import Things
from shanhai.insight.map.models import Screen

SCREENS = Things(
    "map.screen",
    lambda viewer: Screen.objects.visible_to(viewer).select_related("programme"),
    lambda one: one.name,
    lambda one: f"/map/screens/?programme={one.programme.code}",
    ("name",),
)
