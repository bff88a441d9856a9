# SPDX-License-Identifier: Apache-2.0
"""What several pages of sites show alike."""

from __future__ import annotations

from django.urls import reverse

from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb, Status
from shanhai.operations.hazards.labels import LACKS, LEVELS
from shanhai.operations.hazards.models import HazardSite
from shanhai.operations.hazards.values import Lack, Level

SITES = gettext_noop("隐患点")


def crumbs(*more: Crumb) -> tuple[Crumb, ...]:
    """The way from today over the list of sites."""
    return TODAY, Crumb(message(SITES), reverse("hazards:sites")), *more


def crumb_of(site: HazardSite) -> Crumb:
    """A site on the way."""
    return Crumb(site.name, reverse("hazards:site", args=[site.code]))


def standing_of(site: HazardSite) -> tuple[Status, str]:
    """What the engine says of a site whose track was read with it."""
    track = getattr(site, "track", None)
    if track is None:
        return LACKS[Lack.WARM_UP]
    return LACKS[Lack(track.lack)] if track.level is None else LEVELS[Level(track.level)]


def no_page() -> NotVisible:
    """What somebody is told to whom hazards are not there."""
    return NotVisible(gettext_noop("没有找到这一页。"))
