# SPDX-License-Identifier: Apache-2.0
"""What the campaigns have on 今日: how far the actions of the newest one are."""

from __future__ import annotations

from shanhai.kernel.registry import Asked, Filled, Panel
from shanhai.planning.programmes.campaigns import selectors as campaigns


def newest(asked: Asked) -> Filled:
    """The actions of the newest campaign with tasks, each with its progress."""
    scope = asked.scope
    found = campaigns.list_campaign_summaries(viewer=asked.viewer, programme=scope.programme, on=scope.as_of)
    context = {"board": next((one for one in found if one.tasks), None)}
    return Filled("programmes/panels/campaign.html", context, columns=3)


PANELS = (Panel("campaigns.newest", "today", 40, newest),)
