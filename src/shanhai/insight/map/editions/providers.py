# SPDX-License-Identifier: Apache-2.0
"""What editions offer the registries: the work of the worker."""

from __future__ import annotations

from datetime import datetime

from shanhai.insight.map.editions.services import clear, rebuild
from shanhai.kernel.actors import Actor
from shanhai.kernel.beats import Beat, Daily
from shanhai.kernel.messages import gettext_noop, message


class Rebuild(Beat):
    """Editions of large layers."""

    key = "map.editions"

    def run(self, *, by: Actor, at: datetime) -> int:
        """Make those that somebody asked for."""
        return rebuild(by=by, at=at)


class Clear(Daily):
    """Editions of yesterday."""

    key = "map.clear"
    label = message(gettext_noop("清理地图图层文件"))
    after = "03:40"

    def run(self, *, by: Actor, at: datetime) -> str:
        """Delete what nobody asks for."""
        return f"{clear(by=by, at=at)}"
