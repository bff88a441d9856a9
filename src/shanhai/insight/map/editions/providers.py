# SPDX-License-Identifier: Apache-2.0
"""What editions offer the registries: the work of the worker."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from shanhai.insight.map.editions.services import JOB, clear, make_edition, start_making
from shanhai.kernel.actors import Actor
from shanhai.kernel.beats import Beat, Daily
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import JobKind, JobOutcome, Progress, registries


class Start(Beat):
    """Jobs for large layers."""

    key = "map.editions"

    def run(self, *, by: Actor, at: datetime) -> int:
        """Start those that somebody asked for."""
        return start_making(by=by, at=at)


class Making(JobKind):
    """An edition of a large layer."""

    key = JOB
    label = message(gettext_noop("生成地图图层"))

    def run(
        self, *, arguments: Mapping[str, Any], job: UUID, by: Actor, at: datetime, progress: Progress
    ) -> JobOutcome:
        """Make it, whoever started it: a readership sees it, and nobody else."""
        layer = registries.layers.get(arguments["layer"])
        made = 0
        if layer is not None:
            made = make_edition(layer=layer, readership=arguments["readership"], by=by, at=at).features
        return JobOutcome("/map/access/", {"features": made})


class Clear(Daily):
    """Editions of yesterday."""

    key = "map.clear"
    label = message(gettext_noop("清理地图图层文件"))
    after = "03:40"

    def run(self, *, by: Actor, at: datetime) -> str:
        """Delete what nobody asks for."""
        return str(clear(by=by, at=at))
