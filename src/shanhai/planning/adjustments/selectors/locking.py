# SPDX-License-Identifier: Apache-2.0
"""Holding an adjustment and its projects for a step, and comparing them with what was seen and what was asked."""

from __future__ import annotations

from uuid import UUID

from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import Conflict
from shanhai.kernel.messages import gettext_noop
from shanhai.planning.adjustments.models import Adjustment
from shanhai.planning.adjustments.selectors.adjustments import get_adjustment
from shanhai.planning.adjustments.selectors.current import READER, changes_of, first_approved, is_stale
from shanhai.planning.adjustments.states import State
from shanhai.planning.adjustments.values import Change
from shanhai.planning.projects.core.selectors.projects import get_project


def locked(*, viewer: Actor, adjustment: UUID, seen: State | None) -> Adjustment:
    """The adjustment with its row locked. Raises NotVisible, Conflict when it is not as ``seen``."""
    found = get_adjustment(viewer=viewer, uuid=adjustment, lock=True)
    if seen is not None and found.state != seen.value:
        raise Conflict(
            gettext_noop("您看过以后，别人已经处理了这份调整。请刷新后再看能做什么。"), "adjustments.moved_meanwhile"
        )
    return found


def still_true(*, adjustment: Adjustment) -> tuple[Change, ...]:
    """The changes, with the projects locked and everything still as it was. Raises Conflict."""
    projects = [one for one in (adjustment.project, adjustment.other_project) if one is not None]
    for project in sorted(one.uuid for one in projects):
        found = get_project(viewer=READER, uuid=project, lock=True)
        if project == adjustment.its_project.uuid:
            adjustment.project = found
        else:
            adjustment.other_project = found
    changes = changes_of(adjustment)
    if is_stale(adjustment, changes, first_approved(adjustment)):
        raise Conflict(
            gettext_noop("项目或计划在提出调整以后变过了，原来的依据已经不对。请退回提出的人，按现在的情况重新填写。"),
            "adjustments.project_moved_meanwhile",
        )
    return changes
