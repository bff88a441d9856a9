# SPDX-License-Identifier: Apache-2.0
"""Who may report on the tasks of a group."""

from __future__ import annotations

from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotAllowed
from shanhai.kernel.messages import gettext_noop
from shanhai.planning.programmes.models import WorkGroup
from shanhai.planning.programmes.permissions import ProgrammePermission


def may_report_for(viewer: Actor, group: WorkGroup, programme: str) -> bool:
    """Whether the viewer is one of the group's members who may report, or manages the programme. One query."""
    if viewer.may(ProgrammePermission.MANAGE, programme=programme):
        return True
    return (
        viewer.may(ProgrammePermission.REPORT_TASK, programme=programme)
        and group.members.filter(ref=viewer.ref).exists()
    )


def require_reporter(viewer: Actor, group: WorkGroup, programme: str) -> None:
    """Raise NotAllowed unless the viewer may report for the group."""
    if not may_report_for(viewer, group, programme):
        raise NotAllowed(
            gettext_noop("这是“%(group)s”的任务，由本组成员填报。需要时请指挥部办公室把您加入这个组。"),
            group=group.name,
        )
