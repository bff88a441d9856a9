# SPDX-License-Identifier: Apache-2.0
"""How far campaigns and their actions have come, under "campaign:<uuid>" and "action:<uuid>", with the tasks behind.

On 今日 stand the actions of the newest one.
"""

from __future__ import annotations

from decimal import Decimal

from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.families import FigureFamily
from shanhai.kernel.figures import EvidencePage, EvidenceRow, Figure, FigureScope, Source, Strength
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.proofs import NOT_FOUND
from shanhai.kernel.registry import Asked, Filled, Panel
from shanhai.kernel.units import ITEM, PERCENT, Quantity
from shanhai.planning.programmes.campaigns.selectors import list_campaign_summaries
from shanhai.planning.programmes.values import CampaignSummary, Summary, TaskStanding

FORMULA = message(gettext_noop("各项任务进展之和 ÷ 任务数；不再做和已结转的任务不计"))
NO_TASKS = message(gettext_noop("还没有任务。"))
NOT_PRINTED = message(gettext_noop("文中未列进展"))
PROGRESS = message(gettext_noop("各项任务，按进展折算"))
COUNTED = message(gettext_noop("计入的任务"))


class Campaigns(FigureFamily):
    """How far each campaign, and each of its actions, has come."""

    key = "campaigns"
    keys = ("campaign:", "action:")
    order = 55

    def list_figures(self, *, viewer: Actor, scope: FigureScope) -> tuple[Figure, ...]:
        """Each campaign and action as of the day; none for a place. Two queries. Raises NotVisible."""
        return tuple(_figure(key, campaign, one, scope) for key, (campaign, one) in _asked(viewer, scope).items())

    def list_evidence(
        self, *, viewer: Actor, scope: FigureScope, key: str, part: str, offset: int, limit: int
    ) -> EvidencePage:
        """The tasks, by how far each has come for the part, each as one for the whole. Raises NotVisible."""
        _campaign, one = _asked(viewer, scope).get(key, (None, None))
        if one is None:
            raise NotVisible(NOT_FOUND)
        rows = tuple(_row(task, part) for task in one.standing[offset:][:limit])
        title, total = (COUNTED, one.share.whole) if part == "whole" else (PROGRESS, one.share.part)
        return EvidencePage(title, rows, one.tasks, total)


def _asked(viewer: Actor, scope: FigureScope) -> dict[str, tuple[CampaignSummary, Summary]]:
    if scope.place is not None:
        return {}
    found: dict[str, tuple[CampaignSummary, Summary]] = {}
    for campaign in list_campaign_summaries(viewer=viewer, programme=scope.programme, on=scope.as_of):
        if scope.year in (None, campaign.year):
            found[f"campaign:{campaign.uuid}"] = (campaign, campaign)
            found |= {f"action:{action.uuid}": (campaign, action) for action in campaign.actions}
    return found


def _figure(key: str, campaign: CampaignSummary, one: Summary, scope: FigureScope) -> Figure:
    gap = None if one.tasks else NO_TASKS
    # What a publication lists without saying how far it has come has not come to nothing.
    if one.tasks and campaign.provenance == "public" and not one.progress_percent:
        gap = NOT_PRINTED
    return Figure(
        key=key,
        label=message(one.name),
        value=None if gap else one.share,
        unit=PERCENT,
        formula=FORMULA,
        as_of=scope.as_of,
        strength=Strength.NONE if gap else Strength.FORM,
        gap=gap,
        provenance="demo" if campaign.provenance == "demo" else "",
    )


def _row(task: TaskStanding, part: str) -> EvidenceRow:
    counted = Decimal(1) if part == "whole" else Decimal(task.progress_percent) / 100
    return EvidenceRow(
        label=task.name,
        measure=Quantity(counted, ITEM),
        strength=Strength.FORM,
        source=Source(label=f"{task.progress_percent} %", url=f"/programmes/tasks/{task.uuid}/"),
    )


def newest(asked: Asked) -> Filled:
    """The actions of the newest campaign with tasks, each with its progress."""
    scope = asked.scope
    found = list_campaign_summaries(viewer=asked.viewer, programme=scope.programme, on=scope.as_of)
    context = {"board": next((one for one in found if one.tasks), None)}
    return Filled("programmes/panels/campaign.html", context, columns=3)


PANELS = (Panel("campaigns.newest", "today", 40, newest),)
