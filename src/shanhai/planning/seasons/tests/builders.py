# SPDX-License-Identifier: Apache-2.0
"""Builders of seasons: keywords, sensible defaults, nothing random."""

from __future__ import annotations

from typing import Any

from shanhai.planning.seasons.services import record_version
from shanhai.planning.seasons.values import Season
from tests.cast import AT, OFFICE


def a_season(**kw: Any) -> Season:
    """The heights above 4,000 m: from 20 May to 31 October, by an order."""
    facts: dict[str, Any] = {"from_m": 4000, "opens": "05-20", "closes": "10-31", "source": "一份文件", **kw}
    return Season(**facts)


def two_bands(**kw: Any) -> list[Season]:
    """All year below 4,000 m, and the season of the heights."""
    return [a_season(from_m=0, to_m=4000, opens="", closes=""), a_season(**kw)]


def a_version(version: str = "2026", **kw: Any) -> tuple[Season, ...]:
    """Two bands recorded for all programmes."""
    return record_version(**{"by": OFFICE, "at": AT, "version": version, "bands": two_bands(), **kw})
