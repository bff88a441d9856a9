# SPDX-License-Identifier: Apache-2.0
"""What the map offers the registries: names for the trail."""

from __future__ import annotations

from shanhai.base.database.selectors import Things
from shanhai.insight.map.models import MapToken

TOKENS = Things("map.maptoken", MapToken.objects.visible_to, lambda one: one.name, texts=("name",))
