# SPDX-License-Identifier: Apache-2.0
"""What several pages of sites show alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse

from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb, Status
from shanhai.operations.hazards.criteria.labels import numbers_of, said_of
from shanhai.operations.hazards.criteria.rules.running import read
from shanhai.operations.hazards.labels import LACKS, LEVELS
from shanhai.operations.hazards.models import HazardSite, MonitoringPoint
from shanhai.operations.hazards.sites.rules.facts import FACTORS
from shanhai.operations.hazards.values import Lack, Level, Quantity

SITES = gettext_noop("隐患点")
MOST_REASONS = 5
# What a criterion counts with in the unit of the point.
_IN_UNIT = frozenset({"value", "rate", "critical", "reference", "acceleration", "change", "offset"})


def over_desk(*more: Crumb) -> tuple[Crumb, ...]:
    """The way from today over the desk."""
    return TODAY, Crumb(message(gettext_noop("防灾")), reverse("hazards:desk")), *more


def crumbs(*more: Crumb) -> tuple[Crumb, ...]:
    """The way over the desk and the list of sites."""
    return over_desk(Crumb(message(SITES), reverse("hazards:sites") if more else ""), *more)


def crumb_of(site: HazardSite) -> Crumb:
    """A site on the way."""
    return Crumb(site.name, reverse("hazards:site", args=[site.code]))


def standing_of(site: HazardSite) -> tuple[Status, str]:
    """What the engine says of a site whose track was read with it."""
    track = getattr(site, "track", None)
    if track is None:
        return LACKS[Lack.WARM_UP]
    return LACKS[Lack(track.lack)] if track.level is None else LEVELS[Level(track.level)]


def told_of(
    reasons: Sequence[Mapping[str, Any]], points: Sequence[MonitoringPoint]
) -> list[tuple[str, Message, list[tuple[Message, str | datetime]]]]:
    """Why the engine says what it says, what raises first: at which point, which rule, with which numbers."""
    known = {str(one.uuid): one for one in points}
    raising = [one for one in reasons if one.get("level")] or list(reasons)
    ranked = sorted(raising, key=lambda one: -(one.get("level") or 0))[:MOST_REASONS]
    return [_told(one, known.get(one.get("point", ""))) for one in ranked]


def _told(
    reason: Mapping[str, Any], point: MonitoringPoint | None
) -> tuple[str, Message, list[tuple[Message, str | datetime]]]:
    numbers = reason.get("numbers", {})
    # Ours is the unit that is named first.
    unit = next(iter(FACTORS[Quantity(point.quantity)])) if point else ""
    shown = [
        (words, f"{value} {unit}" if unit and name in _IN_UNIT else value)
        for name, (words, value) in zip(numbers, numbers_of(numbers), strict=True)
    ]
    return point.name if point else "", said_of(reason), shown


def standing_of_point(point: MonitoringPoint) -> tuple[Status, str]:
    """What its criteria last said of a point whose track was read with it."""
    if point.apart_at is not None:
        return "rest", gettext_noop("已隔离")
    said = read(point.track.conclusions) if hasattr(point, "track") else ()
    levels = [one.level for one in said if one.level is not None]
    lacks = [one.lack for one in said if one.lack in (Lack.NO_DATA, Lack.INVALID)]
    if lacks and not any(levels):
        return LACKS[Lack(lacks[0])]
    return LEVELS[max(levels)] if levels else LACKS[Lack.WARM_UP]


def no_page() -> NotVisible:
    """What somebody is told to whom hazards are not there."""
    return NotVisible(gettext_noop("没有找到这一页。"))
