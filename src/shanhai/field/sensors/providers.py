# SPDX-License-Identifier: Apache-2.0
"""What sensors offer the registries: the names of what the trail tells of."""

from __future__ import annotations

from shanhai.base.database.selectors import Things
from shanhai.field.sensors.models import ApiToken
from shanhai.field.sensors.values import TOKEN

TOKENS = Things(TOKEN, ApiToken.objects.visible_to, lambda one: one.name, texts=("name",))
