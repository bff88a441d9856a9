# SPDX-License-Identifier: Apache-2.0
"""Which tasks a report speaks of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shanhai.kernel.actors import Actor
from shanhai.planning.programmes.campaigns.selectors import board
from shanhai.planning.rounds.models import GroupReport

if TYPE_CHECKING:
    from shanhai.planning.programmes.models import Task


def tasks_to_report(*, viewer: Actor, report: GroupReport) -> list[Task]:
    """The group's open tasks up to the round's year, and those the report already speaks of, in the plan's order."""
    spoken_of = report.lines.values_list("task", flat=True)
    return board.list_tasks_of_group(
        viewer=viewer, group=report.group.uuid, until_year=report.round.year, also=spoken_of
    )
